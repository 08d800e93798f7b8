import type { Theme } from '../shared/theme.js';
import { type BandTrace, bandPath } from './band.js';
import type { Trace } from './m4.js';
import { colourOf, DASHES, type RunLook } from './palette.js';
import type { Range } from './range.js';

/** One run or group in a chart. */
export interface Line {
  /** Of its entry in the legend. */
  id: string;
  look: RunLook;
  trace: Trace;
  /** Drawn in front, with the original faint behind it. */
  smooth?: Trace;
  /** Around the mean of a group. */
  band?: BandTrace;
}

/** Where the axes lie on the canvas, in its own pixels. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Canvas pixels in a CSS pixel. */
  ratio: number;
  x: Range;
  y: Range;
  logY: boolean;
}

/** Below this many points to a column each point is shown as a dot, so that a few epochs read as such. */
const DOT_DISTANCE_PX = 14;
const FAINT = 0.22;
const DIMMED = 0.25;
const BAND = 0.16;

/** Paths of the traces of one frame; highlighting strokes the same ones again. */
export type PathCache = Map<Trace, Path2D>;

export function drawLines(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  lines: readonly Line[],
  highlighted: string | undefined,
  theme: Theme,
  paths: PathCache,
): void {
  ctx.save();
  ctx.beginPath();
  // Half a line beyond the axes: a value on the edge is not cut in two.
  const air = 2 * frame.ratio;
  ctx.rect(frame.left - 2 * air, frame.top - air, frame.width + 4 * air, frame.height + 2 * air);
  ctx.clip();
  ctx.lineJoin = 'round';
  ctx.lineCap = 'butt';
  const isDimming = highlighted !== undefined && lines.some((line) => line.id === highlighted);
  const ordered = isDimming
    ? [...lines].sort((a, b) => Number(a.id === highlighted) - Number(b.id === highlighted))
    : lines;
  const isDimmed = (line: Line) => isDimming && line.id !== highlighted;
  for (const line of ordered) {
    if (!line.band) continue;
    ctx.globalAlpha = BAND * (isDimmed(line) ? DIMMED : 1);
    ctx.fillStyle = colourOf(line.look, theme);
    ctx.fill(bandPath(line.band, frame));
  }
  for (const line of ordered) {
    const width = isDimming && !isDimmed(line) ? 2.5 : line.look.isBaseline ? 2 : 1.5;
    drawLine(ctx, frame, line, isDimmed(line) ? DIMMED : 1, width, theme, paths);
  }
  ctx.restore();
}

function drawLine(
  ctx: CanvasRenderingContext2D,
  frame: Frame,
  { look, trace, smooth }: Line,
  alpha: number,
  width: number,
  theme: Theme,
  paths: PathCache,
): void {
  const colour = colourOf(look, theme);
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  if (smooth) {
    ctx.globalAlpha = alpha * FAINT;
    ctx.lineWidth = 1 * frame.ratio;
    ctx.setLineDash([]);
    ctx.stroke(pathOf(trace, frame, paths));
  }
  const front = smooth ?? trace;
  ctx.globalAlpha = alpha;
  ctx.lineWidth = width * frame.ratio;
  ctx.setLineDash(DASHES[look.dash]!.map((length) => length * frame.ratio));
  ctx.stroke(pathOf(front, frame, paths));
  ctx.setLineDash([]);
  drawDots(ctx, frame, front);
  drawMarks(ctx, frame, trace);
}

/** Places on the canvas of x and y of the axes. */
export function project(frame: Frame): { px: (x: number) => number; py: (y: number) => number } {
  const { left, top, width, height, x, y, logY } = frame;
  const perX = width / (x.max - x.min);
  const scale = logY ? Math.log10 : (value: number) => value;
  const high = scale(y.max);
  const perY = height / (high - scale(y.min));
  return { px: (at) => left + (at - x.min) * perX, py: (at) => top + (high - scale(at)) * perY };
}

function pathOf(trace: Trace, frame: Frame, paths: PathCache): Path2D {
  const known = paths.get(trace);
  if (known) return known;
  const { px, py } = project(frame);
  const path = new Path2D();
  let isPenUp = true;
  for (let i = 0; i < trace.length; i++) {
    const value = trace.y[i]!;
    if (Number.isNaN(value)) {
      isPenUp = true;
      continue;
    }
    if (isPenUp) path.moveTo(px(trace.x[i]!), py(value));
    else path.lineTo(px(trace.x[i]!), py(value));
    isPenUp = false;
  }
  paths.set(trace, path);
  return path;
}

/** Every point where they are few, and points that no line reaches. */
function drawDots(ctx: CanvasRenderingContext2D, frame: Frame, trace: Trace): void {
  const areFew = trace.points * DOT_DISTANCE_PX * frame.ratio <= frame.width;
  const { px, py } = project(frame);
  const isBreak = (i: number) => i < 0 || i >= trace.length || Number.isNaN(trace.y[i]!);
  const radius = (trace.points === 1 ? 3.5 : 2.5) * frame.ratio;
  ctx.beginPath();
  for (let i = 0; i < trace.length; i++) {
    if (isBreak(i) || !(areFew || (isBreak(i - 1) && isBreak(i + 1)))) continue;
    const x = px(trace.x[i]!);
    const y = py(trace.y[i]!);
    ctx.moveTo(x + radius, y);
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
  }
  ctx.fill();
}

/** NaN: a cross on the x axis. Beyond the axis: a triangle that points there. */
function drawMarks(ctx: CanvasRenderingContext2D, frame: Frame, trace: Trace): void {
  const { px } = project(frame);
  const size = 3.5 * frame.ratio;
  const bottom = frame.top + frame.height;
  ctx.lineWidth = 1.5 * frame.ratio;
  for (const { x, kind } of trace.marks) {
    const at = px(x);
    ctx.beginPath();
    if (kind === 'nan') {
      const middle = bottom - size - frame.ratio;
      ctx.moveTo(at - size, middle - size);
      ctx.lineTo(at + size, middle + size);
      ctx.moveTo(at - size, middle + size);
      ctx.lineTo(at + size, middle - size);
      ctx.stroke();
      continue;
    }
    const [tip, base] = kind === 'above' ? [frame.top, frame.top + 2 * size] : [bottom, bottom - 2 * size];
    ctx.moveTo(at, tip);
    ctx.lineTo(at - size, base);
    ctx.lineTo(at + size, base);
    ctx.closePath();
    ctx.fill();
  }
}
