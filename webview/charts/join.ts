import type { Series } from './series-store.js';

export interface Columns {
  x: Float64Array;
  y: Float64Array;
  length: number;
}

/** Whether the two cannot be joined by step: one has all of its points at one step. */
export function goesByTime(series: Series, by: Series | undefined): boolean {
  return by !== undefined && by.length > 1 && (series.isStepless || by.isStepless);
}

/**
 * The values of one series by those of another: each point gets the last finite value of `by` at or before its step (or
 * its time, if steps carry no information). Points without such a value are left out.
 *
 * The points come in the order of the axis, and among equal x in the order of their steps. So even a metric that goes
 * back (a falling learning rate) is drawn from left to right: crosshair, zoom and thinning need an axis with one value
 * per position.
 */
export function joined(series: Series, by: Series): Columns {
  const column = goesByTime(series, by) ? 'times' : 'steps';
  const points = orderBy(series, column);
  const marks = orderBy(by, column);
  const x = new Float64Array(series.length);
  const y = new Float64Array(series.length);
  let length = 0;
  let next = 0;
  let place = NaN;
  for (let i = 0; i < series.length; i++) {
    const point = points ? points[i]! : i;
    const at = series[column][point]!;
    for (; next < by.length; next++) {
      const mark = marks ? marks[next]! : next;
      if (by[column][mark]! > at) break;
      if (Number.isFinite(by.values[mark])) place = by.values[mark]!;
    }
    if (Number.isNaN(place)) continue;
    x[length] = place;
    y[length++] = series.values[point]!;
  }
  return orderedByX(x, y, length);
}

/** Places of the points by step or time; undefined when they are in that order already. */
function orderBy(series: Series, column: 'steps' | 'times'): Uint32Array | undefined {
  return series.sorted[column] ? undefined : orderOf(series[column], series.length);
}

/** Points in the order of x, equal ones as they are. */
export function orderedByX(x: Float64Array, y: Float64Array, length: number): Columns {
  let isSorted = true;
  for (let i = 1; i < length && isSorted; i++) isSorted = x[i]! >= x[i - 1]!;
  if (isSorted) return { x, y, length };
  const order = orderOf(x, length);
  return { x: Float64Array.from(order, (i) => x[i]!), y: Float64Array.from(order, (i) => y[i]!), length };
}

function orderOf(x: Float64Array, length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, i) => i).sort((a, b) => x[a]! - x[b]! || a - b);
}
