/**
 * Smoothing over a window around each point. At the ends of a series the window holds the points that there are. Values
 * that are not finite pass through and count in no window, so a NaN does not spread.
 */
import type { Smoothing } from './smooth.js';

/** Standard deviations on either side that a Gaussian's window spans: what lies beyond weighs less than 0.3 %. */
const SPAN = 3;

/** Points before one that it is made of, and so behind one that it changes. */
export function reachOf({ kind, amount }: Smoothing): number {
  return kind === 'average' ? Math.floor(amount / 2) : Math.ceil(SPAN * amount);
}

/**
 * The mean of `window` points around each point from `from` on; of an even number one more before it than behind.
 *
 * The time does not depend on the window, and nothing is subtracted, which after a value of 1e30 would leave nothing of
 * its neighbours: sums run forward and backward within blocks of the window's length, and a window is the end of one
 * block and the beginning of the next (van Herk's way for running maxima).
 */
export function runningAverage(
  values: Float64Array,
  from: number,
  length: number,
  window: number,
  out: Float64Array,
): void {
  const before = Math.floor(window / 2);
  const after = window - before - 1;
  // Padded by what windows at the ends miss; a place outside of the series is like one that is not finite.
  const start = from - before;
  const places = Math.ceil((length + after - start) / window) * window;
  const forward = new Float64Array(places);
  const backward = new Float64Array(places);
  const forwardCount = new Uint32Array(places);
  const backwardCount = new Uint32Array(places);
  for (let block = 0; block < places; block += window) {
    let sum = 0;
    let count = 0;
    for (let at = block; at < block + window; at++) {
      const value = valueAt(values, start + at, length);
      if (Number.isFinite(value)) {
        sum += value;
        count++;
      }
      forward[at] = sum;
      forwardCount[at] = count;
    }
    sum = 0;
    count = 0;
    for (let at = block + window - 1; at >= block; at--) {
      const value = valueAt(values, start + at, length);
      if (Number.isFinite(value)) {
        sum += value;
        count++;
      }
      backward[at] = sum;
      backwardCount[at] = count;
    }
  }
  for (let i = from; i < length; i++) {
    if (!Number.isFinite(values[i])) {
      out[i] = values[i]!;
      continue;
    }
    const first = i - before - start;
    const last = first + window - 1;
    // A window that is a block of its own is in both sums.
    out[i] =
      first % window === 0
        ? forward[last]! / forwardCount[last]!
        : (backward[first]! + forward[last]!) / (backwardCount[first]! + forwardCount[last]!);
    // A sum may be more than a double can be; a mean of finite values is not.
    if (!Number.isFinite(out[i]))
      out[i] = meanOf(values, Math.max(0, i - before), Math.min(length, i + after + 1));
  }
}

/** The mean of the points around each point from `from` on, weighed by a normal distribution of `sigma` points. */
export function gaussian(
  values: Float64Array,
  from: number,
  length: number,
  sigma: number,
  out: Float64Array,
): void {
  const reach = Math.ceil(SPAN * sigma);
  const weights = Float64Array.from({ length: reach + 1 }, (_, at) => Math.exp(-0.5 * (at / sigma) ** 2));
  for (let i = from; i < length; i++) {
    if (!Number.isFinite(values[i])) {
      out[i] = values[i]!;
      continue;
    }
    let sum = 0;
    let weight = 0;
    const end = Math.min(length - 1, i + reach);
    for (let at = Math.max(0, i - reach); at <= end; at++) {
      const value = values[at]!;
      if (!Number.isFinite(value)) continue;
      const share = weights[Math.abs(at - i)]!;
      sum += share * value;
      weight += share;
    }
    out[i] = sum / weight;
    if (!Number.isFinite(out[i])) out[i] = meanOf(values, Math.max(0, i - reach), end + 1);
  }
}

/** The mean of the finite values, without a sum of them. */
function meanOf(values: Float64Array, from: number, to: number): number {
  let mean = 0;
  let count = 0;
  for (let at = from; at < to; at++) {
    const value = values[at]!;
    if (!Number.isFinite(value)) continue;
    count++;
    mean += value / count - mean / count;
  }
  return mean;
}

function valueAt(values: Float64Array, index: number, length: number): number {
  return index >= 0 && index < length ? values[index]! : NaN;
}
