import type { Series } from './series-store.js';

export interface Columns {
  x: Float64Array;
  y: Float64Array;
  length: number;
}

/**
 * The values of one series by those of another: of `by`, each point gets the last finite value at or before its step. A
 * point with no such value has no place and is left out.
 *
 * The points come in the order of the axis, and among equal x in the order of their steps. So a metric that goes back
 * (a learning rate that falls) is drawn from left to right all the same: crosshair, zoom and thinning read an axis, and a
 * path that crosses itself has no value at a place.
 */
export function joinedByStep(series: Series, by: Series): Columns {
  const points = stepOrder(series);
  const marks = stepOrder(by);
  const x = new Float64Array(series.length);
  const y = new Float64Array(series.length);
  let length = 0;
  let at = 0;
  let place = NaN;
  for (let i = 0; i < series.length; i++) {
    const point = points ? points[i]! : i;
    const step = series.steps[point]!;
    for (; at < by.length; at++) {
      const mark = marks ? marks[at]! : at;
      if (by.steps[mark]! > step) break;
      if (Number.isFinite(by.values[mark])) place = by.values[mark]!;
    }
    if (Number.isNaN(place)) continue;
    x[length] = place;
    y[length++] = series.values[point]!;
  }
  return orderedByX(x, y, length);
}

/** Places of the points by step; undefined when they are in that order already. */
function stepOrder({ sorted, steps, length }: Series): Uint32Array | undefined {
  return sorted.steps ? undefined : orderOf(steps, length);
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
