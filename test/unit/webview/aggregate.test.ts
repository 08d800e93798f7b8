import assert from 'node:assert/strict';
import { aggregate } from '../../../webview/charts/aggregate.js';
import type { Curve } from '../../../webview/charts/curve.js';

function curve(x: number[], y: number[], smooth?: number[]): Curve {
  return {
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    ...(smooth && { smooth: Float64Array.from(smooth) }),
    length: x.length,
    origin: 0,
    unit: 1,
  };
}

const rows = ({ curve, low, high, counts }: ReturnType<typeof aggregate>) =>
  Array.from({ length: curve.length }, (_, i) => [curve.x[i], curve.y[i], low[i], high[i], counts[i]]);

describe('aggregate', () => {
  it('is exact where runs log at the same places', () => {
    const made = aggregate(
      [curve([0, 1, 2], [1, 2, 3]), curve([0, 1, 2], [3, 2, 7])],
      { min: 0, max: 2 },
      100,
      'range',
    );
    assert.deepEqual(rows(made), [
      [0, 2, 1, 3, 2],
      [1, 2, 2, 2, 2],
      [2, 5, 3, 7, 2],
    ]);
  });

  it('takes the value of the line of a run that has no point there', () => {
    const made = aggregate(
      [curve([0, 10], [0, 10]), curve([0, 5, 10], [4, 4, 4])],
      { min: 0, max: 10 },
      50,
      'range',
    );
    assert.deepEqual(rows(made)[1], [5, 4.5, 4, 5, 2]);
  });

  it('stops counting a run after its last point, and starts with its first', () => {
    const made = aggregate(
      [curve([0, 1, 2, 3], [1, 1, 1, 1]), curve([0, 1], [3, 3]), curve([2, 3], [9, 9])],
      { min: 0, max: 3 },
      30,
      'range',
    );
    assert.deepEqual(rows(made), [
      [0, 2, 1, 3, 2],
      [1, 2, 1, 3, 2],
      [2, 5, 1, 9, 2],
      [3, 5, 1, 9, 2],
    ]);
  });

  it('keeps what is not finite out of the mean, marks it, and does not draw the line over it', () => {
    const made = aggregate(
      [curve([0, 1, 2, 3], [1, NaN, 1, 1]), curve([0, 1, 2, 3], [3, 3, 3, Infinity]), curve([0, 3], [5, 5])],
      { min: 0, max: 3 },
      30,
      'none',
    );
    assert.deepEqual(rows(made), [
      [0, 3, 3, 3, 3],
      [1, 4, 4, 4, 2],
      [2, 3, 3, 3, 3],
      [3, 3, 3, 3, 2],
    ]);
    assert.deepEqual(made.marks, [
      { x: 1, kind: 'nan' },
      { x: 3, kind: 'above' },
    ]);
  });

  it('breaks where no run has a number', () => {
    const made = aggregate([curve([0, 1, 2], [1, -Infinity, 1])], { min: 0, max: 2 }, 30, 'range');
    assert.deepEqual([...made.curve.y], [1, -Infinity, 1]);
    assert.deepEqual(made.marks, []);
  });

  it('has the standard deviation of the runs, which a large mean does not swallow', () => {
    const made = aggregate(
      [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16].map((value) => curve([0, 1], [value, value])),
      { min: 0, max: 1 },
      10,
      'deviation',
    );
    assert.ok(Math.abs(made.high[0]! - (1e9 + 10 + Math.sqrt(30))) < 1e-6);
    assert.equal(aggregate([curve([0], [5])], { min: 0, max: 1 }, 10, 'deviation').low[0], 5);
  });

  it('takes many points of a column together, its extremes into the band', () => {
    const x = Array.from({ length: 1000 }, (_, i) => i);
    const made = aggregate(
      [
        curve(
          x,
          x.map((i) => (i === 555 ? 1e6 : 1)),
        ),
      ],
      { min: 0, max: 999 },
      10,
      'range',
    );
    assert.equal(made.curve.length, 10);
    assert.equal(Math.max(...made.high), 1e6);
    assert.equal(made.curve.y[0], 1);
  });

  it('runs on to the edges of a view that has no point at all', () => {
    const made = aggregate(
      [curve([0, 10], [0, 10]), curve([0, 10], [2, 2])],
      { min: 4, max: 6 },
      30,
      'range',
    );
    assert.deepEqual(rows(made), [
      [4, 3, 2, 4, 2],
      [6, 4, 2, 6, 2],
    ]);
  });

  it('draws the mean of the smoothed lines, and that of the originals behind', () => {
    const made = aggregate(
      [curve([0, 1], [0, 10], [1, 5]), curve([0, 1], [4, 20], [3, 7])],
      { min: 0, max: 1 },
      10,
      'range',
    );
    assert.deepEqual([...made.curve.y], [2, 15]);
    assert.deepEqual([...made.curve.smooth!], [2, 6]);
    assert.deepEqual([...made.high], [3, 7]);
  });

  it('takes time as it is on an axis that begins with the run', () => {
    const timed: Curve = { ...curve([5000, 6000], [1, 3]), origin: 4000, unit: 1e-3 };
    assert.deepEqual([...aggregate([timed], { min: 1, max: 2 }, 10, 'none').curve.x], [1, 2]);
  });
});
