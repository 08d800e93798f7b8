import assert from 'node:assert/strict';
import { asKind, type Smoothing, smootherOf } from '../../../webview/charts/smooth.js';

function smoothed(smoothing: Smoothing, values: number[]): number[] {
  return [
    ...smootherOf(smoothing).extend(Float64Array.from(values), values.length).subarray(0, values.length),
  ];
}

/** The definition, in as many steps as it takes. */
function average(values: number[], window: number): number[] {
  const before = Math.floor(window / 2);
  return values.map((value, i) => {
    if (!Number.isFinite(value)) return value;
    const around = values.slice(Math.max(0, i - before), i - before + window).filter(Number.isFinite);
    return around.reduce((a, b) => a + b, 0) / around.length;
  });
}

function near(actual: number[], expected: number[]): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of expected.entries()) {
    if (Number.isFinite(value))
      assert.ok(Math.abs(actual[i]! - value) < 1e-9, `${i}: ${actual[i]} for ${value}`);
    else assert.equal(actual[i], value);
  }
}

const wave = Array.from({ length: 300 }, (_, i) => Math.sin(i / 9) + ((i * 7919) % 13) / 13);

describe('the running average', () => {
  const over = (amount: number): Smoothing => ({ kind: 'average', amount });

  it('is the mean of the points around, of those that there are at the ends', () => {
    near(smoothed(over(3), [3, 6, 9, 0]), [4.5, 6, 5, 4.5]);
    // Two: the one before and this one.
    near(smoothed(over(2), [2, 4, 8]), [2, 3, 6]);
  });

  for (const window of [1, 2, 3, 4, 5, 10, 99, 299, 300, 301, 1000])
    it(`is right with a window of ${window}`, () =>
      near(smoothed(over(window), wave), average(wave, window)));

  it('lets what is not finite through, and counts it nowhere', () => {
    const values = [1, NaN, 3, Infinity, 5, -Infinity, NaN, 9];
    near(smoothed(over(3), values), [1, NaN, 3, Infinity, 5, -Infinity, NaN, 9]);
    near(smoothed(over(5), values), average(values, 5));
  });

  it('is not spoilt by a spike that has left the window', () => {
    const out = smoothed(over(3), [1, 1, 1e30, 1, 1, 1, 1]);
    assert.deepEqual(out.slice(4), [1, 1, 1]);
  });

  it('is the same whether points come at once or one by one', () => {
    for (const smoothing of [over(7), over(10), { kind: 'gaussian', amount: 2.5 } as const]) {
      const smoother = smootherOf(smoothing);
      const values = Float64Array.from(wave);
      for (const length of [1, 2, 3, 50, 299, 300]) smoother.extend(values, length);
      near([...smoother.extend(values, 300).subarray(0, 300)], smoothed(smoothing, wave));
    }
  });
});

describe('the Gaussian', () => {
  it('weighs by distance, and makes up for the ends', () => {
    // σ = 1: weights 1, e^-0.5, e^-2, e^-4.5
    const [a, b, c] = [1, Math.exp(-0.5), Math.exp(-2)];
    const out = smoothed({ kind: 'gaussian', amount: 1 }, [0, 0, 1]);
    near(out, [c / (a + b + c), b / (a + 2 * b), a / (a + b + c)]);
  });

  it('leaves a constant constant, around holes too', () => {
    near(smoothed({ kind: 'gaussian', amount: 4 }, [2, 2, NaN, 2, Infinity, 2]), [2, 2, NaN, 2, Infinity, 2]);
  });
});

describe('asKind', () => {
  it('keeps how much of the noise is left', () => {
    assert.deepEqual(asKind({ kind: 'exponential', amount: 0.9 }, 'average'), {
      kind: 'average',
      amount: 19,
    });
    assert.deepEqual(asKind({ kind: 'average', amount: 19 }, 'exponential'), {
      kind: 'exponential',
      amount: 0.9,
    });
    // 19 / (2 √π) = 5.36
    assert.deepEqual(asKind({ kind: 'average', amount: 19 }, 'gaussian'), { kind: 'gaussian', amount: 5.5 });
  });

  it('keeps off off', () => {
    assert.deepEqual(asKind({ kind: 'exponential', amount: 0 }, 'average'), { kind: 'average', amount: 1 });
    assert.deepEqual(asKind({ kind: 'average', amount: 1 }, 'gaussian'), { kind: 'gaussian', amount: 0 });
  });
});
