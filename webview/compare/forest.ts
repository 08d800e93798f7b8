/**
 * A random forest for regression, small enough to read, and what it says of its columns: by permutation, on the rows that
 * a tree was not grown from. The decrease of impurity, which is cheaper, favours columns of many values (Strobl 2007), and
 * among params these are the seeds. Values are put into 32 bins at most, so that a split is looked for in sums over bins,
 * and is one number: the bins that go left, a bit each.
 */

/** Bins of one column: each row's place in it. */
export interface Column {
  bins: Uint8Array;
  /** At most MOST_BINS. */
  count: number;
  /** Neighbouring bins stay together in a split. */
  isOrdered: boolean;
}

export interface Forest {
  /** By column: how much its shuffling adds to the squared error, as a part of the target's variance; not below 0. */
  importance: Float64Array;
  /** Part of the variance that is foretold of rows that were not seen; below 0 where a guess would do better. */
  r2: number;
}

export const MOST_BINS = 32;
const TREES = 64;
const DEPTH = 12;

/** The nodes of one tree. A leaf has column −1. */
interface Tree {
  column: Int16Array;
  /** Bit b: rows of bin b go to the left. */
  mask: Uint32Array;
  left: Int32Array;
  right: Int32Array;
  value: Float64Array;
}

/** Grows a forest and yields after each tree, so that the caller can do something else. */
export function* growForest(
  columns: readonly Column[],
  target: Float64Array,
  seed = 1,
): Generator<void, Forest> {
  const n = target.length;
  const next = generator(seed);
  const importance = new Float64Array(columns.length);
  const sums = new Float64Array(n);
  const votes = new Uint32Array(n);
  for (let t = 0; t < TREES; t++) {
    const seen = new Uint8Array(n);
    const sample = Uint32Array.from({ length: n }, () => Math.floor(next() * n));
    for (const row of sample) seen[row] = 1;
    const tree = growTree(columns, target, sample, next);
    const unseen = Uint32Array.from([...target.keys()].filter((row) => seen[row] === 0));
    if (unseen.length > 1) {
      let error = 0;
      for (const row of unseen) {
        const said = predict(tree, columns, row, -1, row);
        sums[row]! += said;
        votes[row]!++;
        error += (said - target[row]!) ** 2;
      }
      for (const c of new Set(tree.column)) {
        if (c < 0) continue;
        const shuffled = shuffle(unseen, next);
        let worse = 0;
        for (let i = 0; i < unseen.length; i++)
          worse += (predict(tree, columns, unseen[i]!, c, shuffled[i]!) - target[unseen[i]!]!) ** 2;
        importance[c]! += (worse - error) / unseen.length / TREES;
      }
    }
    yield;
  }
  const mean = target.reduce((sum, value) => sum + value, 0) / n;
  const variance = target.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
  let error = 0;
  let told = 0;
  for (let row = 0; row < n; row++) {
    if (votes[row] === 0) continue;
    error += (sums[row]! / votes[row]! - target[row]!) ** 2;
    told++;
  }
  return {
    importance: importance.map((value) => (variance > 0 ? Math.max(0, value / variance) : 0)),
    r2: variance > 0 && told > 0 ? 1 - error / told / variance : NaN,
  };
}

function growTree(
  columns: readonly Column[],
  target: Float64Array,
  sample: Uint32Array,
  next: () => number,
): Tree {
  const most = 2 * sample.length;
  // As usual for regression; with few rows, smaller leaves say more.
  const least = Math.max(2, Math.min(5, Math.round(sample.length / 40)));
  const tree: Tree = {
    column: new Int16Array(most).fill(-1),
    mask: new Uint32Array(most),
    left: new Int32Array(most),
    right: new Int32Array(most),
    value: new Float64Array(most),
  };
  let nodes = 1;
  const open = [{ node: 0, from: 0, to: sample.length, depth: 0 }];
  const tried = Math.ceil(columns.length / 2);
  const order = Uint16Array.from(columns.keys());
  for (let work = open.pop(); work; work = open.pop()) {
    const { node, from, to, depth } = work;
    let sum = 0;
    for (let i = from; i < to; i++) sum += target[sample[i]!]!;
    tree.value[node] = sum / (to - from);
    if (depth === DEPTH || to - from < 2 * least) continue;
    let best: Split | undefined;
    for (let k = 0; k < tried; k++) {
      // The first of a shuffle that goes only as far as it is needed.
      const at = k + Math.floor(next() * (order.length - k));
      const c = order[at]!;
      order[at] = order[k]!;
      order[k] = c;
      const split = bestSplit(columns[c]!, target, sample.subarray(from, to), sum, least);
      if (split && (!best || split.gain > best.gain)) best = { ...split, column: c };
    }
    if (!best) continue;
    const { bins } = columns[best.column]!;
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = sample[i]!;
      if (((best.mask >>> bins[row]!) & 1) === 0) continue;
      sample[i] = sample[middle]!;
      sample[middle++] = row;
    }
    tree.column[node] = best.column;
    tree.mask[node] = best.mask;
    tree.left[node] = nodes++;
    tree.right[node] = nodes++;
    open.push(
      { node: tree.left[node]!, from, to: middle, depth: depth + 1 },
      { node: tree.right[node]!, from: middle, to, depth: depth + 1 },
    );
  }
  return { ...tree, column: tree.column.subarray(0, nodes) };
}

interface Split {
  column: number;
  mask: number;
  gain: number;
}

const counts = new Float64Array(MOST_BINS);
const totals = new Float64Array(MOST_BINS);
const used = new Uint8Array(MOST_BINS);

/** The split of the rows that leaves the least squares; undefined when there is none. */
function bestSplit(
  { bins, count, isOrdered }: Column,
  target: Float64Array,
  rows: Uint32Array,
  sum: number,
  least: number,
): Split | undefined {
  counts.fill(0, 0, count);
  totals.fill(0, 0, count);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const bin = bins[row]!;
    counts[bin]!++;
    totals[bin]! += target[row]!;
  }
  let binsUsed = 0;
  for (let bin = 0; bin < count; bin++) if (counts[bin]! > 0) used[binsUsed++] = bin;
  // In the order of their means, the best of all splits of unordered bins is one of neighbours (Breiman 1984).
  if (!isOrdered)
    used.subarray(0, binsUsed).sort((a, b) => totals[a]! / counts[a]! - totals[b]! / counts[b]!);
  const n = rows.length;
  let gain = 1e-12;
  let found = 0;
  let mask = 0;
  let left = 0;
  let leftSum = 0;
  for (let i = 0; i < binsUsed - 1; i++) {
    const bin = used[i]!;
    mask = (mask | (1 << bin)) >>> 0;
    left += counts[bin]!;
    leftSum += totals[bin]!;
    if (left < least || n - left < least) continue;
    const now = leftSum ** 2 / left + (sum - leftSum) ** 2 / (n - left) - sum ** 2 / n;
    if (now > gain) {
      gain = now;
      found = mask;
    }
  }
  return found === 0 ? undefined : { column: -1, mask: found, gain };
}

/** What the tree says of a row, when its value in one column is that of another row. */
function predict(
  tree: Tree,
  columns: readonly Column[],
  row: number,
  swapped: number,
  other: number,
): number {
  let node = 0;
  for (let c = tree.column[0]!; c >= 0; c = tree.column[node]!) {
    const bin = columns[c]!.bins[c === swapped ? other : row]!;
    node = (tree.mask[node]! >>> bin) & 1 ? tree.left[node]! : tree.right[node]!;
  }
  return tree.value[node]!;
}

function shuffle(values: Uint32Array, next: () => number): Uint32Array {
  const shuffled = values.slice();
  for (let i = shuffled.length - 1; i > 0; i--) {
    const at = Math.floor(next() * (i + 1));
    const value = shuffled[i]!;
    shuffled[i] = shuffled[at]!;
    shuffled[at] = value;
  }
  return shuffled;
}

/** Mulberry32: the same runs give the same answer each time. Numbers from 0 to below 1. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
