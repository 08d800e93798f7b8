import type { Goal } from '../shared/goal.js';
import type { NumberData } from './store.js';

/** The best value of the rows; undefined without a goal, with fewer than two values, or if all are the same. */
export function bestOf(
  { values, isSet }: NumberData,
  rows: Iterable<number>,
  goal: Goal,
): number | undefined {
  if (goal === 'unknown') return undefined;
  let least = Infinity;
  let greatest = -Infinity;
  for (const row of rows) {
    const value = values[row]!;
    if (isSet[row] === 0 || !Number.isFinite(value)) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  if (least >= greatest) return undefined;
  return goal === 'lower' ? least : greatest;
}
