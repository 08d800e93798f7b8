import type { Goal } from '../shared/goal.js';
import type { NumberData } from './store.js';

/** Steps of the tint; table.css has a class for each. */
export const TINTS = 8;

/**
 * The step of each row's value between the ends of the rows' values; −1 where there is none. The strongest tint is for the
 * good end, and without a goal for the greatest value.
 */
export function tintsOf(
  { values, isSet }: NumberData,
  rows: Uint32Array,
  goal: Goal = 'unknown',
): (row: number) => number {
  let min = Infinity;
  let max = -Infinity;
  for (const row of rows) {
    const value = values[row]!;
    if (isSet[row] === 0 || !Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return (row) => {
    const value = values[row]!;
    if (isSet[row] === 0 || !Number.isFinite(value)) return -1;
    if (max === min) return 0;
    const part = (goal === 'lower' ? max - value : value - min) / (max - min);
    return Math.min(TINTS - 1, Math.floor(part * TINTS));
  };
}
