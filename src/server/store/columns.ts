/** Points as columns of one length; times are ms since the epoch. */
export interface Columns {
  steps: Float64Array;
  times: Float64Array;
  values: Float64Array;
}

/** Float64, little-endian as on every machine that Node runs on. */
export function toBlob(column: Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

export function fromBlobs(steps: Uint8Array, times: Uint8Array, values: Uint8Array): Columns {
  return { steps: fromBlob(steps), times: fromBlob(times), values: fromBlob(values) };
}

function fromBlob(blob: Uint8Array): Float64Array {
  // A Float64Array must begin at a multiple of 8; a blob may not.
  const bytes = blob.byteOffset % 8 === 0 ? blob : blob.slice();
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
}

export function concatenate(parts: readonly Columns[]): Columns {
  const length = parts.reduce((sum, { steps }) => sum + steps.length, 0);
  const whole = {
    steps: new Float64Array(length),
    times: new Float64Array(length),
    values: new Float64Array(length),
  };
  let at = 0;
  for (const { steps, times, values } of parts) {
    whole.steps.set(steps, at);
    whole.times.set(times, at);
    whole.values.set(values, at);
    at += steps.length;
  }
  return whole;
}

/** Indices of the points by timestamp, then step, then value (NaN as 0). */
export function order({ steps, times, values }: Columns): Uint32Array {
  const number = (i: number) => (Number.isNaN(values[i]) ? 0 : (values[i] as number));
  const compare = (a: number, b: number) =>
    (times[a] as number) - (times[b] as number) ||
    (steps[a] as number) - (steps[b] as number) ||
    number(a) - number(b);
  const indices = Uint32Array.from(steps, (_, i) => i);
  // Nearly always they are in order already.
  if (indices.every((i) => i === 0 || compare(i - 1, i) <= 0)) return indices;
  return indices.sort(compare);
}

export function take({ steps, times, values }: Columns, indices: Uint32Array): Columns {
  const column = (from: Float64Array) => Float64Array.from(indices, (i) => from[i] as number);
  return { steps: column(steps), times: column(times), values: column(values) };
}
