import type { Columns } from './columns.js';

/** Some points of a series, with where in it they are, in logging order. */
export interface Sample extends Columns {
  positions: Float64Array;
}

/**
 * Of each bucket of `size` neighbours the first, the least, the greatest and the last (M4, Jugel et al. 2014), so that
 * no spike is lost, and one NaN or infinity as what it is. Buckets begin at multiples of `size`; so the landmarks of
 * landmarks are those of the points, when the larger size is a multiple of the smaller: that is what overviews rest on.
 * @param parts  neighbours, from left to right
 * @returns where they are in all parts together, ascending
 */
export function landmarks(parts: readonly Sample[], size: number): Uint32Array {
  const length = parts.reduce((sum, { positions }) => sum + positions.length, 0);
  const marks = new Marks(length);
  // Of the bucket at hand: where it ends, and where its landmarks are in all parts together.
  let end = -Infinity;
  let [first, least, greatest, odd] = [0, -1, -1, -1];
  let [low, high] = [Infinity, -Infinity];
  let offset = 0;
  for (const { positions, values } of parts) {
    for (let i = 0; i < positions.length;) {
      if ((positions[i] as number) >= end) {
        marks.add(first, least, greatest, odd, offset + i - 1);
        end = (Math.floor((positions[i] as number) / size) + 1) * size;
        first = offset + i;
        // One by one: a list that is taken apart is made anew for each bucket.
        least = greatest = odd = -1;
        low = Infinity;
        high = -Infinity;
      }
      for (; i < positions.length && (positions[i] as number) < end; i++) {
        const value = values[i] as number;
        if (value - value !== 0) odd = offset + i;
        else {
          if (value < low) {
            low = value;
            least = offset + i;
          }
          if (value > high) {
            high = value;
            greatest = offset + i;
          }
        }
      }
    }
    offset += positions.length;
  }
  marks.add(first, least, greatest, odd, length - 1);
  return marks.all();
}

/** Indices, ascending, each once. */
class Marks {
  private readonly indices: Uint32Array;
  private count = 0;

  constructor(most: number) {
    this.indices = new Uint32Array(most);
  }

  /** The landmarks of a bucket, if it has points; -1 is none. */
  add(first: number, least: number, greatest: number, odd: number, last: number): void {
    if (last < first) return;
    this.keep(first);
    // Most buckets have nothing odd; not to sort two numbers is what makes this quick.
    if (odd >= 0) for (const i of [least, greatest, odd].sort((a, b) => a - b)) this.keep(i);
    else {
      this.keep(Math.min(least, greatest));
      this.keep(Math.max(least, greatest));
    }
    this.keep(last);
  }

  private keep(i: number): void {
    if (this.count === 0 || i > (this.indices[this.count - 1] as number)) this.indices[this.count++] = i;
  }

  all(): Uint32Array {
    return this.indices.subarray(0, this.count);
  }
}

/** The points at `indices` of all parts together, ascending. */
export function pickSample(parts: readonly Sample[], indices: Uint32Array): Sample {
  const positions = pick(
    parts.map((part) => part.positions),
    indices,
  );
  return { positions, ...pickColumns(parts, indices) };
}

export function pickColumns(parts: readonly Columns[], indices: Uint32Array): Columns {
  return {
    steps: pick(
      parts.map(({ steps }) => steps),
      indices,
    ),
    times: pick(
      parts.map(({ times }) => times),
      indices,
    ),
    values: pick(
      parts.map(({ values }) => values),
      indices,
    ),
  };
}

function pick(parts: readonly Float64Array[], indices: Uint32Array): Float64Array {
  const picked = new Float64Array(indices.length);
  let [n, offset] = [0, 0];
  for (const part of parts) {
    const end = offset + part.length;
    for (; n < indices.length && (indices[n] as number) < end; n++)
      picked[n] = part[(indices[n] as number) - offset] as number;
    offset = end;
  }
  return picked;
}

/** `columns` stand in the series from position `first`. */
export function sampleOf(first: number, { steps, times, values }: Columns): Sample {
  const positions = new Float64Array(steps.length);
  for (let i = 0; i < positions.length; i++) positions[i] = first + i;
  return { positions, steps, times, values };
}

/** A stretch of positions, `to` not included, and of steps, both included. */
export interface Window {
  from: number;
  to: number;
  fromStep: number;
  toStep: number;
}

export function within(sample: Sample, { from, to, fromStep, toStep }: Window): Sample {
  const { positions, steps } = sample;
  const kept = new Uint32Array(positions.length);
  let count = 0;
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i] as number;
    const step = steps[i] as number;
    if (position >= from && position < to && step >= fromStep && step <= toStep) kept[count++] = i;
  }
  // Most samples are not cut.
  return count === positions.length ? sample : pickSample([sample], kept.subarray(0, count));
}
