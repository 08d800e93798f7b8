import { nearestIndex, xAt } from './curve.js';
import type { ChartLine } from './lines.js';

/** What a line has at the cursor. */
export interface Row {
  line: ChartLine;
  index: number;
  x: number;
  value: number;
  smooth?: number;
  /** Above (+) or below (−) the baseline's line of the same metric; absent for the baseline, and where it has no value. */
  difference?: number;
  /** Of a group: the ends of its band and how many runs are in it here. */
  group?: { low: number; high: number; count: number };
}

/**
 * The point of each line nearest to x, if the line reaches there. Highest value first, like the lines on the screen;
 * values that the axis cannot show last.
 *
 * @param reach how far from x a line may end, in units of the axis
 */
export function rowsAt(lines: Iterable<ChartLine>, x: number, reach: number): Row[] {
  const rows: Row[] = [];
  for (const line of lines) {
    const { curve, group } = line;
    const index = nearestIndex(curve, x);
    if (index < 0) continue;
    const isInside = x >= xAt(curve, 0) - reach && x <= xAt(curve, curve.length - 1) + reach;
    if (!isInside) continue;
    const row: Row = {
      line,
      index,
      x: xAt(curve, index),
      value: curve.y[index]!,
      smooth: curve.smooth?.[index],
    };
    if (group) row.group = { low: group.low[index]!, high: group.high[index]!, count: group.counts[index]! };
    rows.push(row);
  }
  return withDifferences(rows).sort((a, b) => place(shown(b)) - place(shown(a)));
}

function withDifferences(rows: Row[]): Row[] {
  for (const base of rows.filter(({ line }) => line.look.isBaseline))
    for (const row of rows) {
      const difference = shown(row) - shown(base);
      if (row !== base && row.line.metric === base.line.metric && Number.isFinite(difference))
        row.difference = difference;
    }
  return rows;
}

/** The value that the line shows. */
export function shown(row: Row): number {
  return row.smooth ?? row.value;
}

function place(value: number): number {
  return Number.isNaN(value) ? -Infinity : value;
}

/** The row whose point is nearest on the screen, within `reach` pixels. */
export function nearestRow(
  rows: readonly Row[],
  distance: (row: Row) => number,
  reach: number,
): Row | undefined {
  let best: Row | undefined;
  let least = reach;
  for (const row of rows) {
    const pixels = distance(row);
    if (pixels <= least) {
      least = pixels;
      best = row;
    }
  }
  return best;
}

/** At most `limit` consecutive rows, including that of the highlighted entry. */
export function windowOf(
  rows: readonly Row[],
  highlighted: string | undefined,
  limit: number,
): { rows: Row[]; above: number; below: number } {
  if (rows.length <= limit) return { rows: [...rows], above: 0, below: 0 };
  const at = Math.max(
    0,
    rows.findIndex(({ line }) => line.entry.id === highlighted),
  );
  const start = Math.max(0, Math.min(rows.length - limit, at - Math.floor(limit / 2)));
  return { rows: rows.slice(start, start + limit), above: start, below: rows.length - start - limit };
}
