import type { SortKey } from '../../src/panels/table-messages.js';
import type { ColumnData } from './store.js';

/** What a row is sorted by: a number that grows, or nothing. */
interface Term {
  values: ArrayLike<number>;
  isSet: ArrayLike<number>;
  sign: 1 | -1;
}

/**
 * Sorts rows by several columns, the first first. As the workspace sorts: NaN comes after the numbers and what is missing
 * last, in both directions; rows that are equal keep their order.
 */
export function sortRows(
  rows: Uint32Array,
  keys: readonly SortKey[],
  columnOf: (id: string) => ColumnData | undefined,
): Uint32Array {
  const terms = keys.flatMap(({ id, descending }) => {
    const column = columnOf(id);
    return column ? [termOf(column, descending ? -1 : 1)] : [];
  });
  if (terms.length === 0) return rows;
  return rows.toSorted((a, b) => {
    for (const term of terms) {
      const difference = compare(term, a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

function compare({ values, isSet, sign }: Term, a: number, b: number): number {
  if (isSet[a] === 0 || isSet[b] === 0) return Number(isSet[a] === 0) - Number(isSet[b] === 0);
  const [x, y] = [values[a]!, values[b]!];
  if (x < y) return -sign;
  if (x > y) return sign;
  return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
}

function termOf(column: ColumnData, sign: 1 | -1): Term {
  if (column.kind === 'number') return { values: column.values, isSet: column.isSet, sign };
  const { codes, ranks } = column;
  return {
    values: Float64Array.from(codes, (code) => (code === 0 ? 0 : ranks[code - 1]!)),
    isSet: codes,
    sign,
  };
}

/**
 * The sort after a click on a column: by it alone, or with Shift by it too. Once more turns the direction, and a third
 * time takes it away.
 */
export function clickedSort(
  sort: readonly SortKey[],
  id: string,
  { isNumber, adds }: { isNumber: boolean; adds: boolean },
): SortKey[] {
  const key = adds || sort.length === 1 ? sort.find((known) => known.id === id) : undefined;
  // Of numbers and times the greatest are looked for first, texts begin with A.
  const next = { id, descending: key ? !key.descending : isNumber };
  const isDone = key !== undefined && key.descending !== isNumber;
  if (!adds) return isDone ? [] : [next];
  if (!key) return [...sort, next];
  return sort.flatMap((known) => (known !== key ? known : isDone ? [] : next));
}
