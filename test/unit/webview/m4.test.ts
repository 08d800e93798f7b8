import assert from 'node:assert/strict';
import type { Curve } from '../../../webview/charts/curve.js';
import { traceOf } from '../../../webview/charts/m4.js';

function curve(x: number[], y: number[]): Curve {
  return { x: Float64Array.from(x), y: Float64Array.from(y), length: x.length, origin: 0, unit: 1 };
}

function upTo<T extends { length: number; x: Float64Array; y: Float64Array }>(trace: T): [number, number][] {
  return Array.from({ length: trace.length }, (_, i) => [trace.x[i]!, trace.y[i]!]);
}

describe('traceOf', () => {
  const ramp = (count: number) => Array.from({ length: count }, (_, i) => i);

  it('gives few points as they are', () => {
    const points = curve([0, 1, 2], [5, 6, 4]);
    const trace = traceOf(points, points.y, { min: 0, max: 2 }, 100);
    assert.deepEqual(upTo(trace), [
      [0, 5],
      [1, 6],
      [2, 4],
    ]);
    assert.equal(trace.points, 3);
  });

  it('gives first, least, greatest and last of each column, in their order', () => {
    const x = ramp(200);
    const y = x.map((i) => (i % 100 === 20 ? -9 : i % 100 === 70 ? 9 : 1 + (i % 2) * 0.1));
    const points = curve(x, y);
    const trace = traceOf(points, points.y, { min: 0, max: 200 }, 2);
    assert.deepEqual(upTo(trace), [
      [0, 1],
      [20, -9],
      [70, 9],
      [99, 1.1],
      [100, 1],
      [120, -9],
      [170, 9],
      [199, 1.1],
    ]);
  });

  it('loses no spike of one point among a million', () => {
    const count = 1_000_000;
    const y = new Float64Array(count);
    for (let i = 0; i < 100; i++) y[i * 9973 + 17] = i % 2 ? 1000 + i : -1000 - i;
    const points: Curve = {
      x: Float64Array.from({ length: count }, (_, i) => i),
      y,
      length: count,
      origin: 0,
      unit: 1,
    };
    const trace = traceOf(points, y, { min: 0, max: count }, 1000);
    const drawn = new Set(trace.y.subarray(0, trace.length));
    for (let i = 0; i < 100; i++) assert.ok(drawn.has(i % 2 ? 1000 + i : -1000 - i), `spike ${i}`);
    assert.ok(trace.length <= 4 * 1001, `${trace.length} vertices`);
  });

  it('starts and ends with the neighbours of the range, so that the line goes on', () => {
    const points = curve(ramp(10), ramp(10));
    const trace = traceOf(points, points.y, { min: 3.5, max: 5.5 }, 100);
    assert.deepEqual(
      upTo(trace).map(([x]) => x),
      [3, 4, 5, 6],
    );
  });

  it('breaks the line at values that are not finite, and marks them', () => {
    const points = curve(ramp(5), [1, NaN, 2, Infinity, -Infinity]);
    const trace = traceOf(points, points.y, { min: 0, max: 4 }, 100);
    assert.deepEqual(upTo(trace), [
      [0, 1],
      [1, NaN],
      [2, 2],
      [3, NaN],
    ]);
    assert.deepEqual(trace.marks, [
      { x: 1, kind: 'nan' },
      { x: 3, kind: 'above' },
      { x: 4, kind: 'below' },
    ]);
  });

  it('marks a column of values without a place once for each kind, and breaks there', () => {
    const x = ramp(300);
    const points = curve(
      x,
      x.map((i) => (i >= 100 && i < 200 ? NaN : 1)),
    );
    const trace = traceOf(points, points.y, { min: 0, max: 300 }, 3);
    assert.deepEqual(trace.marks, [{ x: 100, kind: 'nan' }]);
    assert.deepEqual(
      upTo(trace).filter(([, y]) => Number.isNaN(y)),
      [[100, NaN]],
    );
  });

  it('has no place for zero and below on a logarithmic axis', () => {
    const points = curve(ramp(3), [1, 0, -1]);
    const trace = traceOf(points, points.y, { min: 0, max: 2 }, 100, true);
    assert.deepEqual(
      trace.marks.map(({ kind }) => kind),
      ['below', 'below'],
    );
  });

  it('draws many points at one place of the axis', () => {
    const points = curve(new Array(1000).fill(7), ramp(1000));
    const trace = traceOf(points, points.y, { min: 6, max: 8 }, 10);
    assert.deepEqual(upTo(trace), [
      [7, 0],
      [7, 999],
    ]);
  });
});
