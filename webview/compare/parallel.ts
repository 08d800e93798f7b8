import { type Axis, distinctOf, placeOf } from './axis.js';

/** Of the drawing of parallel coordinates, in CSS pixels. */
export interface Frame {
  width: number;
  height: number;
  top: number;
  bottom: number;
  side: number;
}

/** x of each axis, from left to right. */
export function columnsOf(count: number, { width, side }: Frame): number[] {
  const gap = count > 1 ? (width - 2 * side) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => (count === 1 ? width / 2 : side + i * gap));
}

/** y of a place on an axis; where there is no value, below its end. */
export function heightOf(place: number, { height, top, bottom }: Frame): number {
  return Number.isNaN(place) ? height - bottom / 3 : top + (1 - place) * (height - top - bottom);
}

export function placeAt(y: number, { height, top, bottom }: Frame): number {
  return Math.max(0, Math.min(1, 1 - (y - top) / (height - top - bottom)));
}

/** Values shared by so few runs need no spreading. */
const CROWD = 20;
/** More different values than these are spread by themselves. */
const MOST_KNOTS = 12;
const MOST_SPREAD = 9;

/**
 * y of each run on each axis: run by run, `axes.length` numbers each. Where many runs share a few values, their lines are
 * spread a little around each, the better ones above, so that one sees how many there are and what became of them.
 *
 * @param shades by run: 0 to 1, or NaN
 */
export function linesOf(shades: Float64Array, axes: readonly Axis[], frame: Frame): Float32Array {
  const count = shades.length;
  const lines = new Float32Array(count * axes.length);
  for (const [a, axis] of axes.entries()) {
    const spread = count > CROWD ? spreadOf(axis, frame) : 0;
    for (let i = 0; i < count; i++) {
      const shade = shades[i]!;
      const by = Number.isNaN(shade) ? 0 : (0.5 - shade) * 2 * spread;
      lines[i * axes.length + a] = heightOf(placeOf(axis, axis.variable.values[i]!), frame) + by;
    }
  }
  return lines;
}

/** Pixels up and down; neighbours stay apart. */
function spreadOf(axis: Axis, frame: Frame): number {
  const knots = distinctOf(axis.variable, MOST_KNOTS);
  if (!knots) return 0;
  const heights = knots.map((value) => heightOf(placeOf(axis, value), frame));
  const gaps = heights.slice(1).map((y, i) => heights[i]! - y);
  return Math.min(MOST_SPREAD, ...gaps.map((gap) => gap / 3));
}

/**
 * The run whose line passes nearest to a point, of those that count; undefined when none is within `reach` pixels.
 *
 * @param columns x of the axes
 * @param lines see linesOf
 */
export function nearestLine(
  { x, y }: { x: number; y: number },
  columns: readonly number[],
  lines: Float32Array,
  counts: Uint8Array,
  reach: number,
): number | undefined {
  const n = columns.length;
  if (n === 0) return undefined;
  const right = columns.findIndex((at) => at >= x);
  const b = right < 0 ? n - 1 : right;
  const a = Math.max(0, b - 1);
  const span = columns[b]! - columns[a]!;
  const part = span > 0 ? Math.max(0, Math.min(1, (x - columns[a]!) / span)) : 0;
  let best: number | undefined;
  let least = reach;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    const [from, to] = [lines[i * n + a]!, lines[i * n + b]!];
    // Across the line, not straight down: a steep one is as easy to hit as a flat one.
    const slope = span > 0 ? (to - from) / span : 0;
    const distance = Math.abs(from + (to - from) * part - y) / Math.hypot(1, slope);
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

/** Takes one of the axes to another place among them. */
export function moved<T>(all: readonly T[], from: number, to: number): T[] {
  const rest = all.filter((_, i) => i !== from);
  const place = Math.max(0, Math.min(rest.length, to));
  return [...rest.slice(0, place), all[from]!, ...rest.slice(place)];
}
