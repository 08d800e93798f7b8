import { ranksOf } from './association.js';
import { type Column, growForest, MOST_BINS } from './forest.js';
import type { Variable } from './variables.js';

export interface Importance {
  /** By param, in the order given: its part in what the forest knows; they add up to 1, or are all 0. */
  shares: Float64Array;
  /** How much of the order of runs it had not seen the forest can tell: 1 is all of it, 0 and less nothing. */
  r2: number;
}

/** With fewer runs the result is not reliable. */
export const LEAST_RUNS = 10;
/** Work is done in slices of this many ms, so that the page stays responsive. */
const PIECE_MS = 8;

/**
 * How much each param matters to a metric, alone and together with the others. The forest learns the ranks of the metric:
 * which run is better is asked, and a run that diverged must not decide.
 *
 * @returns undefined when too few runs have the metric, or the work was aborted
 */
export async function importanceOf(
  params: readonly Variable[],
  target: Variable,
  signal: AbortSignal,
): Promise<Importance | undefined> {
  const rows: number[] = [];
  for (let i = 0; i < target.values.length; i++) if (!Number.isNaN(target.values[i]!)) rows.push(i);
  if (rows.length < LEAST_RUNS || params.length === 0) return undefined;
  const ranks = ranksOf(rows.map((i) => target.values[i]!));
  const forest = growForest(
    params.map((param) => columnOf(param, rows)),
    ranks,
  );
  for (let since = performance.now(); ;) {
    const { done, value } = forest.next();
    if (done) {
      const sum = value.importance.reduce((total, each) => total + each, 0);
      return { shares: value.importance.map((each) => (sum > 0 ? each / sum : 0)), r2: value.r2 };
    }
    if (performance.now() - since < PIECE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) return undefined;
    since = performance.now();
  }
}

/** Bin 0 is for runs without a value. Numbers share bins with as many others; the rarest words share the last one. */
export function columnOf({ values, words }: Variable, rows: readonly number[]): Column {
  const given = rows.map((i) => values[i]!);
  const counts = new Map<number, number>();
  for (const value of given) if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const distinct = [...counts].sort(words ? ([, a], [, b]) => b - a : ([a], [b]) => a - b);
  const most = MOST_BINS - 1;
  const places = new Map<number, number>();
  let before = 0;
  for (const [i, [value, count]] of distinct.entries()) {
    const share = (before + count / 2) / given.length;
    places.set(value, words || distinct.length <= most ? Math.min(i, most - 1) : Math.floor(share * most));
    before += count;
  }
  return {
    bins: Uint8Array.from(given, (value) => (Number.isNaN(value) ? 0 : places.get(value)! + 1)),
    count: MOST_BINS,
    isOrdered: words === undefined,
  };
}
