import type { Columns, Floats } from './columns.js';

/** Some points of a series with their positions, in logging order. */
export interface Sample extends Columns {
  positions: Float64Array;
}

/**
 * The first, lowest, highest and last point of each bucket of `size` neighbours (M4, Jugel et al. 2014), so that no
 * spike is lost, and one NaN or infinity of each kind. Buckets start at multiples of `size`. So the landmarks of
 * landmarks are those of the points if the larger size is a multiple of the smaller one; overviews rely on this.
 * @param parts neighbours, from left to right
 * @param room for as many numbers as there are points; the result is a part of it
 * @returns their positions in all parts together, ascending
 */
export function landmarks(
  parts: readonly Sample[],
  size: number,
  room: Uint32Array = new Uint32Array(lengthOf(parts)),
): Uint32Array {
  const marks = new Marks(room);
  // The end of the current bucket, and the positions of its landmarks in all parts together.
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
        // One by one, since spreading would allocate a list for each bucket.
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
  marks.add(first, least, greatest, odd, offset - 1);
  return marks.all();
}

export function lengthOf(parts: readonly Sample[]): number {
  return parts.reduce((sum, { positions }) => sum + positions.length, 0);
}

/** Indices, ascending, each once. */
class Marks {
  private readonly indices: Uint32Array;
  private count = 0;

  constructor(indices: Uint32Array) {
    this.indices = indices;
  }

  /** The landmarks of a bucket, if it has points; -1 is none. */
  add(first: number, least: number, greatest: number, odd: number, last: number): void {
    if (last < first) return;
    this.keep(first);
    // Most buckets have no special values. Not sorting two numbers is what makes this fast.
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
    new Float64Array(indices.length),
  );
  return { positions, ...pickColumns(parts, indices) };
}

export function pickColumns(
  parts: readonly Columns[],
  indices: Uint32Array,
  floats: Floats = (length) => new Float64Array(length),
): Columns {
  const column = (of: (part: Columns) => Float64Array) =>
    pick(parts.map(of), indices, floats(indices.length));
  return {
    steps: column(({ steps }) => steps),
    times: column(({ times }) => times),
    values: column(({ values }) => values),
  };
}

function pick(parts: readonly Float64Array[], indices: Uint32Array, picked: Float64Array): Float64Array {
  let [n, offset] = [0, 0];
  for (const part of parts) {
    const end = offset + part.length;
    for (; n < indices.length && (indices[n] as number) < end; n++)
      picked[n] = part[(indices[n] as number) - offset] as number;
    offset = end;
  }
  return picked;
}

/** `columns` start at position `first` of the series. */
export function sampleOf(first: number, { steps, times, values }: Columns): Sample {
  const positions = new Float64Array(steps.length);
  for (let i = 0; i < positions.length; i++) positions[i] = first + i;
  return { positions, steps, times, values };
}

/** A range of positions, `to` excluded, and a range of steps, both ends included. */
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
  // Most samples need no cut.
  return count === positions.length ? sample : pickSample([sample], kept.subarray(0, count));
}
