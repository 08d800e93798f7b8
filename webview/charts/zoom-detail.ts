import { type Curve, lowerBound } from './curve.js';
import type { Range } from './range.js';
import type { Detail, Series } from './series-store.js';

/** A stretch of steps, both ends included. */
export interface Steps {
  from: number;
  to: number;
}

/**
 * The steps of the points of a series that lie inside of a range of its axis, and one more on either side, so that lines
 * run on to the edges. Undefined when its steps do not ascend, for then they name no stretch.
 */
export function stepsBetween(series: Series, curve: Curve, x: Range): Steps | undefined {
  if (!series.sorted.steps || curve.y !== series.values || series.length === 0) return undefined;
  const first = Math.max(0, lowerBound(curve, x.min) - 1);
  const last = Math.min(series.length - 1, lowerBound(curve, x.max) + 1);
  return { from: series.steps[Math.min(first, series.length - 1)]!, to: series.steps[last]! };
}

/** As much on either side, so that a small move of the view finds its points here. */
export function withMargins({ from, to }: Steps): Steps {
  const width = to - from;
  return { from: from - width, to: to + width };
}

/** Whether the stretch holds these steps. */
export function covers(
  { fromStep, toStep }: Pick<Detail, 'fromStep' | 'toStep'>,
  { from, to }: Steps,
): boolean {
  return fromStep <= from && toStep >= to;
}

/** How much wider than the view a thinned stretch may be: beyond it, more points of the view are to be had. */
const COARSE = 6;

/** Whether another stretch would show more of these steps than this one. */
export function isWorthFetching(detail: Detail | undefined, steps: Steps): boolean {
  if (steps.from >= steps.to) return false;
  if (!detail || !covers(detail, steps)) return true;
  return detail.series.reduced && detail.toStep - detail.fromStep > COARSE * (steps.to - steps.from);
}
