/** Points as columns of equal length; times in ms since the epoch. */
export interface Columns {
  steps: Float64Array;
  times: Float64Array;
  values: Float64Array;
}

/** Returns an array to be filled; its initial content does not matter. */
export type Floats = (length: number) => Float64Array;

export function concatenate(parts: readonly Columns[]): Columns {
  return {
    steps: joined(parts.map(({ steps }) => steps)),
    times: joined(parts.map(({ times }) => times)),
    values: joined(parts.map(({ values }) => values)),
  };
}

export function joined(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0] as Float64Array;
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Views, not copies. */
export function slice({ steps, times, values }: Columns, from: number, to?: number): Columns {
  return {
    steps: steps.subarray(from, to),
    times: times.subarray(from, to),
    values: values.subarray(from, to),
  };
}

/** Indices of the points by timestamp, then step, then value (NaN as 0). */
export function order({ steps, times, values }: Columns): Uint32Array {
  const number = (i: number) => (Number.isNaN(values[i]) ? 0 : (values[i] as number));
  const compare = (a: number, b: number) =>
    (times[a] as number) - (times[b] as number) ||
    (steps[a] as number) - (steps[b] as number) ||
    number(a) - number(b);
  const indices = Uint32Array.from(steps, (_, i) => i);
  // They are nearly always in order already.
  if (indices.every((i) => i === 0 || compare(i - 1, i) <= 0)) return indices;
  return indices.sort(compare);
}

export function take({ steps, times, values }: Columns, indices: Uint32Array): Columns {
  const column = (from: Float64Array) => Float64Array.from(indices, (i) => from[i] as number);
  return { steps: column(steps), times: column(times), values: column(values) };
}

export function range(column: Float64Array): { min: number; max: number } {
  let [min, max] = [Infinity, -Infinity];
  for (const value of column) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}
