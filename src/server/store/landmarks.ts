import { type Columns, joined } from './columns.js';

/** Some points of a series, with where in it they are, in logging order. */
export interface Sample extends Columns {
  positions: Float64Array;
}

/**
 * Of each bucket of `size` neighbours the first, the least, the greatest and the last (M4, Jugel et al. 2014), so that
 * no spike is lost, and one NaN or infinity as what it is. Buckets begin at multiples of `size`; so the landmarks of
 * landmarks are those of the points, when the larger size is a multiple of the smaller: that is what overviews rest on.
 */
export function landmarks(sample: Sample, size: number): Sample {
  const { positions, values } = sample;
  const kept = new Uint32Array(positions.length);
  let count = 0;
  const keep = (i: number) => {
    if (count === 0 || i > (kept[count - 1] as number)) kept[count++] = i;
  };
  for (let from = 0; from < positions.length;) {
    const end = (Math.floor((positions[from] as number) / size) + 1) * size;
    let to = from;
    let [least, greatest, odd] = [-1, -1, -1];
    for (; to < positions.length && (positions[to] as number) < end; to++) {
      const value = values[to] as number;
      if (value - value !== 0) odd = to;
      else {
        if (least < 0 || value < (values[least] as number)) least = to;
        if (greatest < 0 || value > (values[greatest] as number)) greatest = to;
      }
    }
    keep(from);
    // Most buckets have nothing odd; not to sort two numbers is what makes this quick.
    if (odd >= 0) [least, greatest, odd].sort((a, b) => a - b).forEach(keep);
    else {
      keep(Math.min(least, greatest));
      keep(Math.max(least, greatest));
    }
    keep(to - 1);
    from = to;
  }
  return count === positions.length ? sample : pick(sample, kept.subarray(0, count));
}

function pick({ positions, steps, times, values }: Sample, indices: Uint32Array): Sample {
  const column = (from: Float64Array) => {
    const picked = new Float64Array(indices.length);
    for (let i = 0; i < picked.length; i++) picked[i] = from[indices[i] as number] as number;
    return picked;
  };
  return {
    positions: column(positions),
    steps: column(steps),
    times: column(times),
    values: column(values),
  };
}

/** `columns` stand in the series from position `first`. */
export function sampleOf(first: number, { steps, times, values }: Columns): Sample {
  const positions = new Float64Array(steps.length);
  for (let i = 0; i < positions.length; i++) positions[i] = first + i;
  return { positions, steps, times, values };
}

export function joinSamples(parts: readonly Sample[]): Sample {
  return {
    positions: joined(parts.map(({ positions }) => positions)),
    steps: joined(parts.map(({ steps }) => steps)),
    times: joined(parts.map(({ times }) => times)),
    values: joined(parts.map(({ values }) => values)),
  };
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
  return count === positions.length ? sample : pick(sample, kept.subarray(0, count));
}
