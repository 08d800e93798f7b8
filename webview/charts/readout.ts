import { type Curve, nearestIndex, xAt } from './curve.js';

/** What a run has at the cursor. */
export interface Row {
  runId: string;
  index: number;
  x: number;
  value: number;
  smooth?: number;
}

/**
 * Of each curve the point nearest to x, unless the curve does not reach there. Greatest value first, as the curves lie
 * on the screen; what has no place on the axis last.
 *
 * @param reach how far from x a curve may end, in units of the axis
 */
export function rowsAt(curves: Iterable<[runId: string, curve: Curve]>, x: number, reach: number): Row[] {
  const rows: Row[] = [];
  for (const [runId, curve] of curves) {
    const index = nearestIndex(curve, x);
    if (index < 0) continue;
    const isInside = x >= xAt(curve, 0) - reach && x <= xAt(curve, curve.length - 1) + reach;
    if (!isInside) continue;
    rows.push({ runId, index, x: xAt(curve, index), value: curve.y[index]!, smooth: curve.smooth?.[index] });
  }
  return rows.sort((a, b) => place(shown(b)) - place(shown(a)));
}

/** The value that the run's line shows. */
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

/** At most `limit` rows in a row, with the highlighted one among them. */
export function windowOf(
  rows: readonly Row[],
  highlighted: string | undefined,
  limit: number,
): { rows: Row[]; above: number; below: number } {
  if (rows.length <= limit) return { rows: [...rows], above: 0, below: 0 };
  const at = Math.max(
    0,
    rows.findIndex((row) => row.runId === highlighted),
  );
  const start = Math.max(0, Math.min(rows.length - limit, at - Math.floor(limit / 2)));
  return { rows: rows.slice(start, start + limit), above: start, below: rows.length - start - limit };
}
