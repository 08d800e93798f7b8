import type { Variable } from './variables.js';

/** How strongly a param and a metric are related. */
export interface Association {
  /** `rank`: Spearman's ρ, −1 to 1. `ratio`: the correlation ratio of words, 0 to 1. */
  kind: 'rank' | 'ratio';
  /** NaN when there are too few runs to tell, or nothing differs. */
  value: number;
  /** Runs that have both. */
  runs: number;
}

/**
 * Of numbers Spearman's correlation: that of their ranks. A learning rate acts by its magnitude, and one run that diverged
 * must not decide; ranks do not care for either. Of words the correlation ratio of the ranks: how much of their spread lies
 * between the words, less what as many words would get by chance (ε², as its root).
 */
export function associationOf(variable: Variable, target: Variable): Association {
  const rows: number[] = [];
  for (let i = 0; i < target.values.length; i++)
    if (!Number.isNaN(variable.values[i]!) && !Number.isNaN(target.values[i]!)) rows.push(i);
  const x = rows.map((i) => variable.values[i]!);
  const y = ranksOf(rows.map((i) => target.values[i]!));
  return variable.words
    ? { kind: 'ratio', value: correlationRatio(x, y), runs: rows.length }
    : { kind: 'rank', value: correlation(ranksOf(x), y), runs: rows.length };
}

/** 1 for the least; those that are equal share the mean of their places. */
export function ranksOf(values: readonly number[]): Float64Array {
  const sorted = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < sorted.length;) {
    let to = from + 1;
    while (to < sorted.length && values[sorted[to]!] === values[sorted[from]!]) to++;
    for (let i = from; i < to; i++) ranks[sorted[i]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranks;
}

/** Pearson's; NaN below three pairs, or when one side is constant. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const n = x.length;
  if (n < 3) return NaN;
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [x[i]! - meanX, y[i]! - meanY];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? NaN : xy / Math.sqrt(xx * yy);
}

/** @param groups to which group each value belongs */
export function correlationRatio(groups: readonly number[], values: ArrayLike<number>): number {
  const n = groups.length;
  const sums = new Map<number, { count: number; sum: number }>();
  for (let i = 0; i < n; i++) {
    const group = sums.get(groups[i]!) ?? { count: 0, sum: 0 };
    group.count++;
    group.sum += values[i]!;
    sums.set(groups[i]!, group);
  }
  if (n < 3 || sums.size < 2 || n <= sums.size) return NaN;
  const mean = meanOf(values);
  let total = 0;
  for (let i = 0; i < n; i++) total += (values[i]! - mean) ** 2;
  if (total === 0) return NaN;
  let between = 0;
  for (const { count, sum } of sums.values()) between += count * (sum / count - mean) ** 2;
  const left = (1 - between / total) * ((n - 1) / (n - sums.size));
  return Math.sqrt(Math.max(0, 1 - left));
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
