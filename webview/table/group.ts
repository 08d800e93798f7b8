import type { ColumnId, SortKey } from '../../src/panels/table-messages.js';
import { sortRows } from './sort.js';
import type { ColumnData, NumberData, TextData } from './store.js';

/** Runs that have one value in common. Pure. */
export interface Group {
  /** undefined: they have none. */
  value: string | undefined;
  /** In the order of the table. */
  rows: Uint32Array;
}

/** Each group keeps the order of the rows. */
export function groupRows(rows: Uint32Array, column: TextData | undefined): Group[] {
  if (rows.length === 0) return [];
  if (!column) return [{ value: undefined, rows }];
  const { codes, words } = column;
  const counts = new Uint32Array(words.length + 1);
  const order: number[] = [];
  for (const row of rows) {
    const code = codes[row]!;
    if (counts[code]!++ === 0) order.push(code);
  }
  const all = new Uint32Array(rows.length);
  const ends = new Uint32Array(counts.length);
  let from = 0;
  const groups = order.map((code) => {
    ends[code] = from;
    from += counts[code]!;
    return {
      value: code === 0 ? undefined : words[code - 1]!,
      rows: all.subarray(from - counts[code]!, from),
    };
  });
  for (const row of rows) all[ends[codes[row]!]!++] = row;
  return groups;
}

/** What a column of numbers comes to in each group; of finite values. */
export interface Summary {
  mean: NumberData;
  /** Sample standard deviation; NaN where there is but one value. */
  deviation: Float64Array;
  least: Float64Array;
  greatest: Float64Array;
  count: Uint32Array;
}

export function summarise({ values, isSet }: NumberData, groups: readonly Group[]): Summary {
  const size = groups.length;
  const mean: NumberData = { kind: 'number', values: new Float64Array(size), isSet: new Uint8Array(size) };
  const deviation = new Float64Array(size).fill(NaN);
  const least = new Float64Array(size).fill(Infinity);
  const greatest = new Float64Array(size).fill(-Infinity);
  const count = new Uint32Array(size);
  for (const [i, { rows }] of groups.entries()) {
    // Welford's way: exact for values that lie close together far from zero.
    let average = 0;
    let squares = 0;
    let n = 0;
    for (const row of rows) {
      const value = values[row]!;
      if (isSet[row] === 0 || !Number.isFinite(value)) continue;
      const before = value - average;
      average += before / ++n;
      squares += before * (value - average);
      if (value < least[i]!) least[i] = value;
      if (value > greatest[i]!) greatest[i] = value;
    }
    count[i] = n;
    if (n === 0) continue;
    mean.values[i] = average;
    mean.isSet[i] = 1;
    if (n > 1) deviation[i] = Math.sqrt(squares / (n - 1));
  }
  return { mean, deviation, least, greatest, count };
}

interface GroupOrder {
  by: ColumnId;
  sort: readonly SortKey[];
  columnOf: (id: ColumnId) => ColumnData | undefined;
  /** undefined for a column whose groups stand where their first run does. */
  summaryOf: (id: ColumnId) => Summary | undefined;
}

/**
 * Puts groups into the order of the sort: by the mean of a column that has one, else by the run that stands first. Without
 * a sort, and among equals, they follow their value.
 */
export function orderGroups(
  groups: readonly Group[],
  { by, sort, columnOf, summaryOf }: GroupOrder,
): Group[] {
  const firstOf = (data: ColumnData): ColumnData =>
    data.kind === 'text'
      ? { ...data, codes: Uint32Array.from(groups, ({ rows }) => data.codes[rows[0]!]!) }
      : {
          kind: 'number',
          values: Float64Array.from(groups, ({ rows }) => data.values[rows[0]!]!),
          isSet: Uint8Array.from(groups, ({ rows }) => data.isSet[rows[0]!]!),
        };
  const order = sortRows(Uint32Array.from(groups.keys()), [...sort, { id: by, descending: false }], (id) => {
    const summary = summaryOf(id);
    const data = columnOf(id);
    return summary ? summary.mean : data && firstOf(data);
  });
  return Array.from(order, (i) => groups[i]!);
}

/** What the table shows from top to bottom: a row of the store, or `~i` for the head of the group `i`. */
export function linesOf(groups: readonly Group[], isCollapsed: (group: Group) => boolean): Int32Array {
  const open = groups.map((group) => !isCollapsed(group));
  const length = groups.reduce((sum, { rows }, i) => sum + 1 + (open[i] ? rows.length : 0), 0);
  const lines = new Int32Array(length);
  let at = 0;
  for (const [i, { rows }] of groups.entries()) {
    lines[at++] = ~i;
    if (!open[i]) continue;
    lines.set(rows, at);
    at += rows.length;
  }
  return lines;
}

/** The line of the head of each group. */
export function headsOf(groups: readonly Group[], isCollapsed: (group: Group) => boolean): Uint32Array {
  const heads = new Uint32Array(groups.length);
  let line = 0;
  for (const [i, group] of groups.entries()) {
    heads[i] = line;
    line += 1 + (isCollapsed(group) ? 0 : group.rows.length);
  }
  return heads;
}
