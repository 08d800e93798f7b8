import { type Columns, take } from './columns.js';

/**
 * At most about `maxPoints` of the points: of each stretch of neighbours the first, the least, the greatest and the
 * last (M4, Jugel et al. 2014), so that no spike is lost, and one NaN or infinity as what it is. Returns `columns`
 * itself when nothing has to go.
 */
export function thin(columns: Columns, maxPoints: number): Columns {
  const { length } = columns.values;
  if (length <= maxPoints) return columns;
  const buckets = Math.max(1, Math.floor(maxPoints / 4));
  const kept = new Set<number>();
  for (let b = 0; b < buckets; b++) {
    const from = Math.floor((b * length) / buckets);
    const to = Math.floor(((b + 1) * length) / buckets);
    for (const i of landmarks(columns.values, from, to)) kept.add(i);
  }
  return take(columns, Uint32Array.from(kept).sort());
}

function landmarks(values: Float64Array, from: number, to: number): number[] {
  let [least, greatest, odd] = [-1, -1, -1];
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) odd = i;
    else {
      if (least < 0 || value < (values[least] as number)) least = i;
      if (greatest < 0 || value > (values[greatest] as number)) greatest = i;
    }
  }
  return [from, least, greatest, odd, to - 1].filter((i) => i >= 0);
}
