import type { Goal } from '../shared/goal.js';
import { shareOf } from '../shared/share.js';
import { whiskers } from '../shared/whiskers.js';
import type { NumberData } from './store.js';

/** Steps of the tint; table.css has a class for each. */
export const TINTS = 8;

/**
 * The step of each row's value between the ends of the rows' values; −1 where there is none. The strongest tint is for the
 * good end, and without a goal for the greatest value. Values far from all others have that of the end next to them.
 */
export function tintsOf(
  { values, isSet }: NumberData,
  rows: Uint32Array,
  goal: Goal = 'unknown',
): (row: number) => number {
  const has = (row: number) => isSet[row] === 1 && Number.isFinite(values[row]!);
  const { min, max } = whiskers(Array.from(rows.filter(has), (row) => values[row]!)) ?? { min: 0, max: 0 };
  return (row) => {
    if (!has(row)) return -1;
    if (max === min) return 0;
    const value = Math.min(max, Math.max(min, values[row]!));
    const part = goal === 'lower' ? shareOf(value, max, min) : shareOf(value, min, max);
    return Math.min(TINTS - 1, Math.floor(part * TINTS));
  };
}
