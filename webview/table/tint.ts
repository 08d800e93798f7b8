import type { NumberData } from './store.js';

/** Steps of the tint; table.css has a class for each. */
export const TINTS = 8;

/** The step of each row's value between the least and the greatest of the rows; −1 where there is none. */
export function tintsOf({ values, isSet }: NumberData, rows: Uint32Array): (row: number) => number {
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
    return max === min ? 0 : Math.min(TINTS - 1, Math.floor(((value - min) / (max - min)) * TINTS));
  };
}
