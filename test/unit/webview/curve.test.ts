import assert from 'node:assert/strict';
import { curveOf, nearestIndex, xAt, xExtent } from '../../../webview/charts/curve.js';
import { Series } from '../../../webview/charts/series-store.js';

const START = 1_700_000_000_000;

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
    const places = (axis: 'step' | 'time' | 'relative') => xAt(curveOf(points, axis, START - 5000, 0), 1);
    assert.equal(places('step'), 10);
    assert.equal(places('time'), START + 10_000);
    assert.equal(places('relative'), 15);
  });

  it('does not copy an ordered series', () => {
    const points = series([0, 1, 1, 2]);
    assert.equal(curveOf(points, 'step', START, 0).x, points.steps);
  });

  it('orders steps that go back, and keeps the order of equal ones', () => {
    const points = series([0, 5, 3, 5, 1], [10, 11, 12, 13, 14]);
    const curve = curveOf(points, 'step', START, 0);
    assert.deepEqual([...curve.x.subarray(0, 5)], [0, 1, 3, 5, 5]);
    assert.deepEqual([...curve.y.subarray(0, 5)], [10, 14, 12, 11, 13]);
  });

  it('takes in points that were appended, in order or not', () => {
    const points = series([0, 1], [4, 4]);
    curveOf(points, 'step', START, 0.5);
    points.append({ ...columns([2, 1.5], [8, 6]), total: 4, reduced: false });
    const curve = curveOf(points, 'step', START, 0.5);
    assert.deepEqual([...curve.x.subarray(0, curve.length)], [0, 1, 1.5, 2]);
    assert.equal(curve.smooth?.[1], 4);
    assert.ok(curve.smooth![3]! > curve.smooth![2]!);
  });

  it('forgets what it derived when the series starts anew', () => {
    const points = series([0, 1], [1, 1]);
    curveOf(points, 'step', START, 0.9);
    points.clear();
    points.append({ ...columns([0, 1], [5, 5]), total: 2, reduced: false });
    assert.ok(Math.abs(curveOf(points, 'step', START, 0.9).smooth![1]! - 5) < 1e-12);
  });
});

describe('nearestIndex', () => {
  const curve = curveOf(series([0, 10, 20]), 'step', START, 0);
  for (const [x, index] of [
    [-5, 0],
    [4, 0],
    [6, 1],
    [15, 1],
    [99, 2],
  ] as const)
    it(`finds point ${index} at ${x}`, () => assert.equal(nearestIndex(curve, x), index));

  it('finds none in an empty curve', () => {
    assert.equal(nearestIndex(curveOf(new Series(), 'step', START, 0), 1), -1);
  });
});

describe('xExtent', () => {
  it('spans all curves that have points', () => {
    const curves = [series([3, 9]), new Series(), series([5, 12])].map((s) => curveOf(s, 'step', START, 0));
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
