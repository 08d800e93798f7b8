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
  const kept: number[] = [];
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
    // Most buckets have nothing odd; sorting two numbers by hand is what makes this quick.
    const middle = least < greatest ? [least, greatest] : [greatest, least];
    if (odd >= 0) {
      middle.push(odd);
      middle.sort((a, b) => a - b);
    }
    kept.push(from);
    for (const i of middle) if (i > (kept.at(-1) as number)) kept.push(i);
    if (to - 1 > (kept.at(-1) as number)) kept.push(to - 1);
    from = to;
  }
  return kept.length === positions.length ? sample : pick(sample, kept);
}

function pick({ positions, steps, times, values }: Sample, indices: readonly number[]): Sample {
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
  const isInside = (i: number) => {
    const [position, step] = [positions[i] as number, steps[i] as number];
    return position >= from && position < to && step >= fromStep && step <= toStep;
  };
  let inside = 0;
  while (inside < positions.length && isInside(inside)) inside++;
  // Most samples are not cut.
  if (inside === positions.length) return sample;
  const kept: number[] = [];
  for (let i = 0; i < positions.length; i++) if (isInside(i)) kept.push(i);
  return pick(sample, kept);
}
