import assert from 'node:assert/strict';
import type { Trace } from '../../../webview/charts/m4.js';
import { logTicks, xRange, yRange, zoomRange } from '../../../webview/charts/range.js';

function trace(...y: number[]): Trace {
  return {
    x: Float64Array.from(y, (_, i) => i),
    y: Float64Array.from(y),
    length: y.length,
    marks: [],
    points: y.length,
  };
}
const all = { min: 0, max: 100 };

describe('yRange', () => {
  it('leaves air around the values', () => {
    const { min, max } = yRange([trace(10, 20)], all, false);
    assert.ok(min < 10 && min > 9 && max > 20 && max < 21);
  });

  it('does not go below zero for values that do not', () => {
    assert.equal(yRange([trace(0.01, 2)], all, false).min, 0);
    assert.equal(yRange([trace(-2, -0.01)], all, false).max, 0);
  });

  it('puts a constant into the middle', () => {
    assert.deepEqual(yRange([trace(5, 5)], all, false), { min: 4.5, max: 5.5 });
    assert.deepEqual(yRange([trace(0)], all, false), { min: -1, max: 1 });
    const log = yRange([trace(4)], all, true);
    assert.deepEqual([log.min, log.max], [2, 8]);
  });

  it('looks at the values inside of the x range only', () => {
    const { max } = yRange([trace(1, 2, 1000)], { min: 0, max: 1 }, false);
    assert.ok(max < 3);
  });

  it('leaves out the few values that are far from all others, when asked to', () => {
    const curve = Array.from({ length: 200 }, (_, i) => 1 + Math.sin(i / 10));
    const wide = { min: 0, max: 300 };
    const spiked = [...curve, 1e6, -1e6];
    assert.ok(yRange([trace(...spiked)], wide, false).max > 1e5);
    const { min, max } = yRange([trace(...spiked)], wide, false, true);
    assert.ok(min > -1 && max < 3, `${min} to ${max}`);
    // A loss that starts high is no outlier; without far values nothing changes.
    assert.deepEqual(yRange([trace(...curve)], wide, false, true), yRange([trace(...curve)], wide, false));
    assert.deepEqual(yRange([trace()], wide, false, true), yRange([trace()], wide, false));
  });

  it('ignores breaks, and has an answer for nothing', () => {
    assert.ok(yRange([trace(1, NaN, 2)], all, false).max < 3);
    assert.deepEqual(yRange([], all, false), { min: 0, max: 1 });
    assert.ok(yRange([], all, true).min > 0);
  });
});

describe('logTicks', () => {
  it('has all digits, or 1-2-5, or powers of ten, as there is room', () => {
    assert.deepEqual(logTicks({ min: 0.95, max: 5 }, 8), [1, 2, 3, 4, 5]);
    assert.deepEqual(logTicks({ min: 0.09, max: 3 }, 6), [0.1, 0.2, 0.5, 1, 2]);
    assert.deepEqual(logTicks({ min: 1e-5, max: 1 }, 6), [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]);
    assert.deepEqual(logTicks({ min: 1e-8, max: 1 }, 5), [1e-8, 1e-6, 1e-4, 0.01, 1]);
  });

  it('has labels for a short stretch too', () => {
    assert.deepEqual(logTicks({ min: 0.951, max: 0.989 }, 6), [0.96, 0.97, 0.98]);
  });
});

describe('xRange', () => {
  it('gives a single place room', () => {
    assert.deepEqual(xRange({ min: 5, max: 5 }), { min: 4, max: 6 });
    const at = 1_700_000_000_000;
    const range = xRange({ min: at, max: at });
    assert.ok(range.min < at && range.max > at);
  });
});

describe('zoomRange', () => {
  const limits = { min: 0, max: 100 };
  it('keeps the place in the middle of the zoom where it is', () => {
    assert.deepEqual(zoomRange(limits, 25, 0.5, limits), { min: 12.5, max: 62.5 });
  });
  it('ends at the whole', () => {
    assert.equal(zoomRange({ min: 40, max: 60 }, 50, 10, limits), undefined);
    assert.deepEqual(zoomRange({ min: 0, max: 20 }, 10, 2, limits), { min: 0, max: 30 });
  });
});
