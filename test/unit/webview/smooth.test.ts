import assert from 'node:assert/strict';
import { smootherOf } from '../../../webview/charts/smooth.js';

/** TensorBoard's resmoothDataset, written down from its source as it is there, as the known value. */
function tensorboard(values: number[], weight: number): number[] {
  let last = values.length > 0 ? 0 : NaN;
  let count = 0;
  return values.map((next) => {
    if (!Number.isFinite(next)) return next;
    last = last * weight + (1 - weight) * next;
    count++;
    return last / (weight === 1 ? 1 : 1 - Math.pow(weight, count));
  });
}

function close(actual: Float64Array, expected: number[]): void {
  for (const [i, value] of expected.entries()) {
    if (Number.isFinite(value))
      assert.ok(Math.abs(actual[i]! - value) <= 1e-12 * Math.abs(value), `${i}: ${actual[i]}`);
    else assert.equal(actual[i], value);
  }
}

describe('the exponential average', () => {
  it('starts at the first value and weighs as TensorBoard does', () => {
    // 0.6: (0.4·1·0.6 + 0.4·2) / (1 − 0.36) = 1.625
    const out = smootherOf({ kind: 'exponential', amount: 0.6 }).extend(Float64Array.of(1, 2), 2);
    assert.deepEqual([...out], [1, 1.625]);
  });

  it('agrees with TensorBoard on a long series', () => {
    const values = Array.from({ length: 500 }, (_, i) => Math.sin(i / 7) * 3 + ((i * 7919) % 13) / 13);
    for (const weight of [0.1, 0.6, 0.9, 0.99])
      close(
        smootherOf({ kind: 'exponential', amount: weight }).extend(Float64Array.from(values), 500),
        tensorboard(values, weight),
      );
  });

  it('passes values that are not finite on, without counting them', () => {
    const values = [1, NaN, 3, Infinity, 2];
    close(
      smootherOf({ kind: 'exponential', amount: 0.5 }).extend(Float64Array.from(values), 5),
      tensorboard(values, 0.5),
    );
  });

  it('goes on where it stopped when the series grows', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i * 31) % 17);
    const smoother = smootherOf({ kind: 'exponential', amount: 0.8 });
    for (const length of [1, 2, 500, 999, 1000]) smoother.extend(values, length);
    assert.deepEqual(
      smoother.extend(values, 1000).subarray(0, 1000),
      smootherOf({ kind: 'exponential', amount: 0.8 }).extend(values, 1000).subarray(0, 1000),
    );
  });

  it('leaves a constant constant', () => {
    const out = smootherOf({ kind: 'exponential', amount: 0.9 }).extend(new Float64Array(50).fill(0.1), 50);
    for (const value of out) assert.ok(Math.abs(value - 0.1) < 1e-15);
  });
});
