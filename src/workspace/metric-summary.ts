import type { MetricSummary } from './types.js';

/** Points logged; where the workspace does not tell, as many as it takes to be a curve, or not. */
export function pointsOf({ count, step }: Pick<MetricSummary, 'count' | 'step'>): number {
  return count ?? (step > 0 ? 2 : 1);
}
