import type { XAxis } from '../../src/panels/messages.js';
import { type Columns, goesByTime, joined, orderedByX } from './join.js';
import type { Series } from './series-store.js';
import { isSmoothing, type Smoother, type Smoothing, smootherOf } from './smooth.js';

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
  /** Its steps carry no information: it is placed by the order of logging, or by time if the axis is a metric. */
  isStepless?: boolean;
}

/** Where the points of a series lie. */
export interface Placement {
  axis: XAxis;
  /** Of the run, ms since the epoch: the origin of the relative axis. */
  startTime: number;
  /** The series of the metric that is the axis, if one is. */
  by?: Series;
}

interface Derived {
  placement: Placement;
  /** Of the series and of the one that it is placed by. */
  generations: string;
  smoother: Smoother;
  ordered?: Columns & { lengths: string };
}

/** What was derived from a series, to be continued when it grows. */
const derivedOf = new WeakMap<Series, Derived>();

export function curveOf(series: Series, placement: Placement, smoothing: Smoothing): Curve {
  const { axis, startTime, by } = placement;
  let derived = derivedOf.get(series);
  const generations = `${series.generation} ${by?.generation}`;
  if (
    derived?.placement.axis !== axis ||
    derived.placement.by !== by ||
    derived.generations !== generations ||
    derived.smoother.smoothing.kind !== smoothing.kind ||
    derived.smoother.smoothing.amount !== smoothing.amount
  ) {
    derived = { placement, generations, smoother: smootherOf(smoothing) };
    derivedOf.set(series, derived);
  }
  const { x, y, length } = columnsOf(series, placement, derived);
  const isStepless =
    axis === 'step' ? series.isStepless : axis.startsWith('metric:') && goesByTime(series, by);
  return {
    x,
    y,
    smooth: isSmoothing(smoothing) ? derived.smoother.extend(y, length) : undefined,
    length,
    origin: axis === 'relative' ? startTime : 0,
    unit: axis === 'relative' ? 1e-3 : 1,
    ...(isStepless && { isStepless }),
  };
}

function columnsOf(series: Series, { axis, by }: Placement, derived: Derived): Columns {
  const column = axis === 'step' ? 'steps' : 'times';
  const isMetric = axis.startsWith('metric:');
  if (axis === 'step' && series.isStepless)
    return { x: series.order, y: series.values, length: series.length };
  if (!isMetric && series.sorted[column])
    return { x: series[column], y: series.values, length: series.length };
  // Steps that go back (a resumed run, several processes) are drawn in the order of the axis, as in other tools.
  const lengths = `${series.length} ${by?.length}`;
  if (derived.ordered?.lengths !== lengths) {
    const columns = !isMetric
      ? orderedByX(series[column], series.values, series.length)
      : by
        ? joined(series, by)
        : { x: series.steps, y: series.values, length: 0 };
    derived.ordered = { ...columns, lengths };
    derived.smoother = smootherOf(derived.smoother.smoothing);
  }
  return derived.ordered;
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
