import type { XAxis } from '../../src/extension/panels/messages.js';
import type { Series } from './series-store.js';
import { Smoother } from './smooth.js';

/** A series on an x axis, ordered by x. The place of point i is `(x[i] - origin) * unit`. */
export interface Curve {
  x: Float64Array;
  y: Float64Array;
  /** Of y; absent when nothing is smoothed. */
  smooth?: Float64Array;
  length: number;
  /** What the axis calls zero, in the unit of the column. */
  origin: number;
  /** Steps: 1. Time: 1, in ms since the epoch. Relative: 0.001, so that the axis is in seconds. */
  unit: number;
}

interface Derived {
  axis: XAxis;
  generation: number;
  smoother: Smoother;
  ordered?: { length: number; x: Float64Array; y: Float64Array };
}

/** What was derived from a series, to be continued when it grows. */
const derivedOf = new WeakMap<Series, Derived>();

/**
 * @param startTime of the run, ms since the epoch: the origin of the relative axis
 * @param smoothing weight, 0 for none
 */
export function curveOf(series: Series, axis: XAxis, startTime: number, smoothing: number): Curve {
  let derived = derivedOf.get(series);
  if (
    derived?.axis !== axis ||
    derived.generation !== series.generation ||
    derived.smoother.weight !== smoothing
  ) {
    derived = { axis, generation: series.generation, smoother: new Smoother(smoothing) };
    derivedOf.set(series, derived);
  }
  const column = axis === 'step' ? 'steps' : 'times';
  let x: Float64Array = series[column];
  let y: Float64Array = series.values;
  if (!series.sorted[column]) {
    // Steps that go back (a resumed run, several processes) are drawn in the order of the axis, as everyone else does.
    if (derived.ordered?.length !== series.length) {
      derived.ordered = { length: series.length, ...orderedByX(x, y, series.length) };
      derived.smoother = new Smoother(smoothing);
    }
    ({ x, y } = derived.ordered);
  }
  return {
    x,
    y,
    smooth: smoothing > 0 ? derived.smoother.extend(y, series.length) : undefined,
    length: series.length,
    origin: axis === 'relative' ? startTime : 0,
    unit: axis === 'relative' ? 1e-3 : 1,
  };
}

function orderedByX(x: Float64Array, y: Float64Array, length: number): { x: Float64Array; y: Float64Array } {
  const order = Uint32Array.from({ length }, (_, i) => i).sort((a, b) => x[a]! - x[b]! || a - b);
  return { x: Float64Array.from(order, (i) => x[i]!), y: Float64Array.from(order, (i) => y[i]!) };
}

export function xAt(curve: Curve, index: number): number {
  return (curve.x[index]! - curve.origin) * curve.unit;
}

/** Index of the first point at or after x; the length when there is none. */
export function lowerBound(curve: Curve, x: number): number {
  const value = x / curve.unit + curve.origin;
  let low = 0;
  let high = curve.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (curve.x[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the point whose x is nearest; -1 when the curve is empty. */
export function nearestIndex(curve: Curve, x: number): number {
  const at = lowerBound(curve, x);
  if (at === curve.length) return at - 1;
  return at > 0 && x - xAt(curve, at - 1) <= xAt(curve, at) - x ? at - 1 : at;
}

/** Least and greatest x over the curves; undefined when there is no point at all. */
export function xExtent(curves: Iterable<Curve>): { min: number; max: number } | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const curve of curves) {
    if (curve.length === 0) continue;
    min = Math.min(min, xAt(curve, 0));
    max = Math.max(max, xAt(curve, curve.length - 1));
  }
  return min <= max ? { min, max } : undefined;
}
