import assert from 'node:assert/strict';
import { curveOf, nearestIndex, xAt, xExtent } from '../../../webview/charts/curve.js';
import { type Smoothing } from '../../../webview/charts/smooth.js';
import { Series } from '../../../webview/charts/series-store.js';

const START = 1_700_000_000_000;

const BY_STEP = { axis: 'step', startTime: START } as const;
const smooth = (amount: number): Smoothing => ({ kind: 'exponential', amount });

function series(steps: number[], values = steps): Series {
  const made = new Series();
  made.append({
    steps: Float64Array.from(steps),
    times: Float64Array.from(steps, (step) => START + step * 1000),
    values: Float64Array.from(values),
    total: steps.length,
    reduced: false,
  });
  return made;
}

describe('curveOf', () => {
  it('places points by step, time of day and seconds since the start of the run', () => {
    const points = series([0, 10, 20]);
    const places = (axis: 'step' | 'time' | 'relative') =>
      xAt(curveOf(points, { axis, startTime: START - 5000 }, smooth(0)), 1);
    assert.equal(places('step'), 10);
    assert.equal(places('time'), START + 10_000);
    assert.equal(places('relative'), 15);
  });

  it('does not copy an ordered series', () => {
    const points = series([0, 1, 1, 2]);
    assert.equal(curveOf(points, BY_STEP, smooth(0)).x, points.steps);
  });

  it('orders steps that go back, and keeps the order of equal ones', () => {
    const points = series([0, 5, 3, 5, 1], [10, 11, 12, 13, 14]);
    const curve = curveOf(points, BY_STEP, smooth(0));
    assert.deepEqual([...curve.x.subarray(0, 5)], [0, 1, 3, 5, 5]);
    assert.deepEqual([...curve.y.subarray(0, 5)], [10, 14, 12, 11, 13]);
  });

  it('takes in points that were appended, in order or not', () => {
    const points = series([0, 1], [4, 4]);
    curveOf(points, BY_STEP, smooth(0.5));
    points.append({ ...columns([2, 1.5], [8, 6]), total: 4, reduced: false });
    const curve = curveOf(points, BY_STEP, smooth(0.5));
    assert.deepEqual([...curve.x.subarray(0, curve.length)], [0, 1, 1.5, 2]);
    assert.equal(curve.smooth?.[1], 4);
    assert.ok(curve.smooth![3]! > curve.smooth![2]!);
  });

  it('forgets what it derived when the series starts anew', () => {
    const points = series([0, 1], [1, 1]);
    curveOf(points, BY_STEP, smooth(0.9));
    points.clear();
    points.append({ ...columns([0, 1], [5, 5]), total: 2, reduced: false });
    assert.ok(Math.abs(curveOf(points, BY_STEP, smooth(0.9)).smooth![1]! - 5) < 1e-12);
  });
});

describe('curveOf by another metric', () => {
  const by = (points: Series, axis: Series) =>
    curveOf(points, { axis: 'metric:epoch', startTime: START, by: axis }, smooth(0));
  const pairs = ({ x, y, length }: ReturnType<typeof curveOf>) =>
    Array.from({ length }, (_, i) => [x[i], y[i]]);

  it('gives each point the last value at or before its step, and leaves out those before the first', () => {
    const loss = series([0, 10, 20, 30, 40], [5, 4, 3, 2, 1]);
    assert.deepEqual(pairs(by(loss, series([10, 25, 40], [0, 1, 2]))), [
      [0, 4],
      [0, 3],
      [1, 2],
      [2, 1],
    ]);
  });

  it('passes over values of the axis that are no place', () => {
    const axis = series([0, 1, 2], [7, NaN, Infinity]);
    assert.deepEqual(pairs(by(series([0, 1, 2], [1, 2, 3]), axis)), [
      [7, 1],
      [7, 2],
      [7, 3],
    ]);
  });

  it('draws in the order of the axis, also where it goes back', () => {
    const loss = series([0, 1, 2, 3], [10, 20, 30, 40]);
    assert.deepEqual(pairs(by(loss, series([0, 1, 2, 3], [3, 1, 2, 1]))), [
      [1, 20],
      [1, 40],
      [2, 30],
      [3, 10],
    ]);
  });

  it('joins by step, whatever order the points were logged in', () => {
    assert.deepEqual(
      pairs(by(series([2, 0, 1], [30, 10, 20]), series([1, 0], [5, 4]))),
      [
        [4, 10],
        [5, 30],
        [5, 20],
      ].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!),
    );
  });

  it('takes in what either series has beyond the last time', () => {
    const loss = series([0, 1], [1, 2]);
    const epoch = series([0], [0]);
    assert.equal(by(loss, epoch).length, 2);
    loss.append({ ...columns([2, 3], [3, 4]), total: 4, reduced: false });
    epoch.append({ ...columns([3], [1]), total: 2, reduced: false });
    assert.deepEqual(pairs(by(loss, epoch)).slice(2), [
      [0, 3],
      [1, 4],
    ]);
  });

  it('has no points without the axis', () => {
    const curve = curveOf(series([0, 1]), { axis: 'metric:epoch', startTime: START }, smooth(0));
    assert.equal(curve.length, 0);
  });
});

describe('nearestIndex', () => {
  const curve = curveOf(series([0, 10, 20]), BY_STEP, smooth(0));
  for (const [x, index] of [
    [-5, 0],
    [4, 0],
    [6, 1],
    [15, 1],
    [99, 2],
  ] as const)
    it(`finds point ${index} at ${x}`, () => assert.equal(nearestIndex(curve, x), index));

  it('finds none in an empty curve', () => {
    assert.equal(nearestIndex(curveOf(new Series(), BY_STEP, smooth(0)), 1), -1);
  });
});

describe('xExtent', () => {
  it('spans all curves that have points', () => {
    const curves = [series([3, 9]), new Series(), series([5, 12])].map((s) => curveOf(s, BY_STEP, smooth(0)));
    assert.deepEqual(xExtent(curves), { min: 3, max: 12 });
    assert.equal(xExtent([]), undefined);
  });
});

describe('Series', () => {
  it('grows by appending and knows its finite extremes', () => {
    const points = series([0], [NaN]);
    assert.ok(Number.isNaN(points.min));
    for (let i = 1; i < 1000; i++) points.append({ ...columns([i], [i % 50]), total: i + 1, reduced: false });
    assert.equal(points.length, 1000);
    assert.equal(points.total, 1000);
    assert.deepEqual([points.min, points.max], [0, 49]);
    assert.equal(points.values[999], 49);
    assert.deepEqual(points.sorted, { steps: true, times: true });
  });
});

function columns(steps: number[], values: number[]) {
  return {
    steps: Float64Array.from(steps),
    times: Float64Array.from(steps, (step) => START + step * 1000),
    values: Float64Array.from(values),
  };
}
