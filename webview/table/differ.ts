import type { ColumnData } from './store.js';

/** Whether the rows have more than one value in a column; to have none is one. */
export function differs(column: ColumnData, rows: Uint32Array): boolean {
  const first = rows[0];
  if (first === undefined) return false;
  const { kind } = column;
  if (kind === 'text') {
    const { codes } = column;
    return rows.some((row) => codes[row] !== codes[first]);
  }
  const { values, isSet } = column;
  return rows.some(
    (row) => isSet[row] !== isSet[first] || (isSet[row] === 1 && !Object.is(values[row], values[first])),
  );
}
