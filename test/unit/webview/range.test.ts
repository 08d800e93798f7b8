import assert from 'node:assert/strict';
import type { Trace } from '../../../webview/charts/m4.js';
import {
  growingRange,
  isBeyond,
  limited,
  panRange,
  symlogThreshold,
  xRange,
  yRange,
  zoomRange,
} from '../../../webview/charts/range.js';
import { LINEAR, LOG, symlog } from '../../../webview/charts/scale.js';

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
    const { min, max } = yRange([trace(10, 20)], all, LINEAR);
    assert.ok(min < 10 && min > 9 && max > 20 && max < 21);
  });

  it('does not go below zero for values that do not', () => {
    assert.equal(yRange([trace(0.01, 2)], all, LINEAR).min, 0);
    assert.equal(yRange([trace(-2, -0.01)], all, LINEAR).max, 0);
  });

  it('puts a constant into the middle', () => {
    assert.deepEqual(yRange([trace(5, 5)], all, LINEAR), { min: 4.5, max: 5.5 });
    assert.deepEqual(yRange([trace(0)], all, LINEAR), { min: -1, max: 1 });
    const log = yRange([trace(4)], all, LOG);
    assert.ok(Math.abs(log.min - 2) < 1e-9 && Math.abs(log.max - 8) < 1e-9);
  });

  it('looks at the values inside of the x range only', () => {
    const { max } = yRange([trace(1, 2, 1000)], { min: 0, max: 1 }, LINEAR);
    assert.ok(max < 3);
  });

  it('leaves out the few values that are far from all others, when asked to', () => {
    const curve = Array.from({ length: 200 }, (_, i) => 1 + Math.sin(i / 10));
    const wide = { min: 0, max: 300 };
    const spiked = [...curve, 1e6, -1e6];
    assert.ok(yRange([trace(...spiked)], wide, LINEAR).max > 1e5);
    const { min, max } = yRange([trace(...spiked)], wide, LINEAR, true);
    assert.ok(min > -1 && max < 3, `${min} to ${max}`);
    // A loss that starts high is no outlier; without far values nothing changes.
    assert.deepEqual(yRange([trace(...curve)], wide, LINEAR, true), yRange([trace(...curve)], wide, LINEAR));
    assert.deepEqual(yRange([trace()], wide, LINEAR, true), yRange([trace()], wide, LINEAR));
  });

  it('ignores breaks, and has an answer for nothing', () => {
    assert.ok(yRange([trace(1, NaN, 2)], all, LINEAR).max < 3);
    assert.deepEqual(yRange([], all, LINEAR), { min: 0, max: 1 });
    assert.ok(yRange([], all, LOG).min > 0);
  });
});

describe('an axis without a value', () => {
  const beyond = (y: number[], min: number, max: number) => isBeyond([trace(...y)], all, { min, max });

  it('is one whose values are all above it, or all below', () => {
    assert.ok(beyond([5, 9], 10, 20));
    assert.ok(beyond([25, 90], 10, 20));
    assert.ok(!beyond([5, 12], 10, 20));
  });

  it('is not one that a line crosses, nor one of a chart without values', () => {
    assert.ok(!beyond([5, 90], 10, 20));
    assert.ok(!beyond([], 10, 20));
    assert.ok(!beyond([NaN], 10, 20));
  });

  it('goes by what is in sight', () => {
    assert.ok(isBeyond([trace(15, 90, 90)], { min: 1, max: 2 }, { min: 10, max: 20 }));
  });
});

describe('limits by hand', () => {
  const range = { min: 1, max: 5 };

  it('take the place of one end or both', () => {
    assert.deepEqual(limited(range, {}, LINEAR), range);
    assert.deepEqual(limited(range, { min: 0 }, LINEAR), { min: 0, max: 5 });
    assert.deepEqual(limited(range, { min: -2, max: 2 }, LINEAR), { min: -2, max: 2 });
  });

  it('leave a stretch to be drawn when all values lie beyond', () => {
    assert.deepEqual(limited(range, { min: 7 }, LINEAR), { min: 7, max: 8 });
    assert.deepEqual(limited(range, { max: 1 }, LINEAR), { min: 0, max: 1 });
    assert.deepEqual(limited(range, { min: 10 }, LOG), { min: 10, max: 100 });
  });

  it('do not count where the scale has no place for them', () => {
    assert.deepEqual(limited(range, { min: 0, max: 100 }, LOG), { min: 1, max: 100 });
    assert.deepEqual(limited(range, { min: -1 }, LOG), range);
    assert.deepEqual(limited(range, { min: -1 }, symlog(1)), { min: -1, max: 5 });
  });
});

describe('a symmetric logarithmic axis', () => {
  const scale = symlog(1);

  it('begins its logarithms at the power of ten below most values', () => {
    assert.equal(symlogThreshold([trace(...Array.from({ length: 20 }, () => 30), 5, -2000)], all), 10);
    assert.equal(symlogThreshold([trace(0, 0, -0.02, 0.05, 7)], all), 0.01);
    assert.equal(symlogThreshold([trace(0, NaN)], all), 1);
    assert.equal(symlogThreshold([trace(1e-12, 1e6)], all), 1, 'six powers of ten at most');
    assert.equal(symlogThreshold([trace(1e-12, 1e6)], { min: 0, max: 0 }), 1e-12, 'of what is in sight');
  });

  it('has air on both sides, as the axis shows it', () => {
    const { min, max } = yRange([trace(-99, 9)], all, scale);
    assert.ok(Math.abs(scale.height(min) - -2.18) < 1e-9 && Math.abs(scale.height(max) - 1.18) < 1e-9);
    const constant = yRange([trace(0, 0)], all, scale);
    assert.ok(Math.abs(constant.min + 1) < 1e-9 && Math.abs(constant.max - 1) < 1e-9);
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

describe('panRange', () => {
  it('moves the range as it is, and no further than there is something to see', () => {
    assert.deepEqual(panRange({ min: 10, max: 20 }, 5, { min: 0, max: 100 }), { min: 15, max: 25 });
    assert.deepEqual(panRange({ min: 10, max: 20 }, -50, { min: 0, max: 100 }), { min: 0, max: 10 });
    assert.deepEqual(panRange({ min: 10, max: 20 }, 500, { min: 0, max: 100 }), { min: 90, max: 100 });
  });
});

describe('growingRange', () => {
  it('goes on a little beyond the last point, and stays until that is reached', () => {
    const range = growingRange({ min: 0, max: 9_999 });
    assert.deepEqual(range, { min: 0, max: 10_048 });
    assert.deepEqual(growingRange({ min: 0, max: 10_040 }), range);
  });

  it('ends at the last of a few whole steps', () => {
    assert.deepEqual(growingRange({ min: 0, max: 29 }), { min: 0, max: 29 });
    assert.deepEqual(growingRange({ min: 1, max: 100 }), { min: 1, max: 100 });
  });

  it('has room around a single place', () => {
    assert.deepEqual(growingRange({ min: 5, max: 5 }), { min: 4, max: 6 });
  });
});
