import type { Theme } from '../shared/theme.js';
import { type BandTrace, traceBand } from './band.js';
import { type Frame, project } from './frame.js';
import type { Trace } from './m4.js';
import { colourOf, DASHES, type RunLook } from './palette.js';
import { circle, type Path, type Stroke, type Surface } from './surface.js';
import { tracePath } from './trace-path.js';

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

interface Drawn {
  path: Path;
  vertices: number;
}

/** State shared by drawings of the same lines in the same frame, e.g. when one is highlighted. */
export interface Drawings {
  paths: Map<Trace | BandTrace, Drawn>;
  /** Ids of the lines that are stroked as strands; decided by the first drawing. */
  strands?: ReadonlySet<string>;
}

/** Below this many points to a column each point is shown as a dot, so that a few epochs read as such. */
const DOT_DISTANCE_PX = 14;
const BAND = 0.16;
/** Number of vertices of a chart beyond which drawing them dominates the time. */
const DENSE = 4000;
const FEW = 100;
/** Of the original behind a smoothed line, and of lines beside a highlighted one. */
const FAINT = 0.22;
const DIMMED = 0.25;
/** High contrast themes do not fade lines that far. */
const HIGH_CONTRAST = { faint: 0.45, dimmed: 0.5, wider: 0.5 };

export function drawLines(
  surface: Surface,
  frame: Frame,
  lines: readonly Line[],
  highlighted: string | undefined,
  theme: Theme,
  drawings: Drawings,
): void {
  const isDimming = highlighted !== undefined && lines.some((line) => line.id === highlighted);
  const ordered = isDimming
    ? [...lines].sort((a, b) => Number(a.id === highlighted) - Number(b.id === highlighted))
    : lines;
  const dimmed = theme.highContrast ? HIGH_CONTRAST.dimmed : DIMMED;
  const alphaOf = (line: Line) => (isDimming && line.id !== highlighted ? dimmed : 1);
  const { paths } = drawings;
  const drawnOf = (trace: Trace) =>
    known(paths, trace, () => {
      const path = surface.newPath();
      return { path, vertices: tracePath(path, trace, frame) };
    });
  const strands = (drawings.strands ??= strandsOf(lines, (trace) => drawnOf(trace).vertices));
  const stroke = ({ id }: Line, trace: Trace, look: Stroke) =>
    surface.stroke(drawnOf(trace).path, { ...look, isDense: strands.has(id) });
  const { left, top, width, height } = frame;
  // Half a line beyond the axes: a value on the edge is not cut in two.
  surface.clipped({ left: left - 4, top: top - 2, width: width + 8, height: height + 4 }, () => {
    for (const line of ordered) {
      const { band, look } = line;
      if (!band) continue;
      const { path } = known(paths, band, () => ({
        path: traceBand(surface.newPath(), band, frame),
        vertices: 2 * band.length,
      }));
      surface.fill(path, colourOf(look, theme), BAND * alphaOf(line));
    }
    // All originals first, so that none lies over a smoothed line.
    for (const line of ordered) {
      const { look, trace, smooth } = line;
      if (!smooth) continue;
      const alpha = alphaOf(line) * (theme.highContrast ? HIGH_CONTRAST.faint : FAINT);
      stroke(line, trace, { colour: colourOf(look, theme), width: 1, alpha });
    }
    for (const line of ordered) {
      const { id, look, trace, smooth } = line;
      const colour = colourOf(look, theme);
      const alpha = alphaOf(line);
      const bold = isDimming && id === highlighted ? 1 : look.isBaseline ? 0.5 : 0;
      const width = 1.5 + bold + (theme.highContrast ? HIGH_CONTRAST.wider : 0);
      const front = smooth ?? trace;
      stroke(line, front, { colour, width, alpha, dash: DASHES[look.dash]! });
      drawDots(surface, frame, front, colour, alpha);
      drawMarks(surface, frame, trace, colour, alpha);
    }
  });
}

/** The lines of many vertices, in a chart that has so many that stroking them is what takes the time. */
function strandsOf(lines: readonly Line[], verticesOf: (trace: Trace) => number): ReadonlySet<string> {
  const counts = lines.map(({ id, trace, smooth }) => ({
    id,
    vertices: verticesOf(trace) + (smooth ? verticesOf(smooth) : 0),
  }));
  const isDense = counts.reduce((sum, { vertices }) => sum + vertices, 0) > DENSE;
  return new Set(isDense ? counts.filter(({ vertices }) => vertices > FEW).map(({ id }) => id) : []);
}

function known(paths: Drawings['paths'], of: Trace | BandTrace, make: () => Drawn): Drawn {
  let drawn = paths.get(of);
  if (!drawn) paths.set(of, (drawn = make()));
  return drawn;
}

/** Whether each point is shown. */
export function areFew({ points }: Trace, { width }: Frame): boolean {
  return points * DOT_DISTANCE_PX <= width;
}

/** Every point where they are few, and points that no line reaches. */
function drawDots(surface: Surface, frame: Frame, trace: Trace, colour: string, alpha: number): void {
  const few = areFew(trace, frame);
  const { px, py } = project(frame);
  const isBreak = (i: number) => i < 0 || i >= trace.length || Number.isNaN(trace.y[i]!);
  const radius = trace.points === 1 ? 3.5 : 2.5;
  const dots = surface.newPath();
  for (let i = 0; i < trace.length; i++)
    if (!isBreak(i) && (few || (isBreak(i - 1) && isBreak(i + 1))))
      circle(dots, px(trace.x[i]!), py(trace.y[i]!), radius);
  surface.fill(dots, colour, alpha);
}

const MARK = 3.5;

/** NaN: a cross on the x axis. Beyond the axis: a triangle that points there. */
function drawMarks(surface: Surface, frame: Frame, { marks }: Trace, colour: string, alpha: number): void {
  if (marks.length === 0) return;
  const { px } = project(frame);
  const bottom = frame.top + frame.height;
  const crosses = surface.newPath();
  const triangles = surface.newPath();
  for (const { x, kind } of marks) {
    const at = px(x);
    if (kind === 'nan') {
      const middle = bottom - MARK - 1;
      crosses.moveTo(at - MARK, middle - MARK);
      crosses.lineTo(at + MARK, middle + MARK);
      crosses.moveTo(at - MARK, middle + MARK);
      crosses.lineTo(at + MARK, middle - MARK);
      continue;
    }
    const [tip, base] = kind === 'above' ? [frame.top, frame.top + 2 * MARK] : [bottom, bottom - 2 * MARK];
    triangles.moveTo(at, tip);
    triangles.lineTo(at - MARK, base);
    triangles.lineTo(at + MARK, base);
    triangles.closePath();
  }
  surface.stroke(crosses, { colour, width: 1.5, alpha });
  surface.fill(triangles, colour, alpha);
}
