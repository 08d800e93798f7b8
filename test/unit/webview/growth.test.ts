import assert from 'node:assert/strict';
import { bandOf } from '../../../webview/charts/band.js';
import type { Line } from '../../../webview/charts/draw.js';
import { changedFrom, endOf } from '../../../webview/charts/growth.js';
import type { Mark, Trace } from '../../../webview/charts/m4.js';

function trace(values: readonly number[], marks: Mark[] = []): Trace {
  const y = Float64Array.from(values);
  return { x: y.map((_, i) => i), y, length: y.length, marks, points: y.length };
}

const line = (values: readonly number[], more: Partial<Line> = {}): Line => ({
  id: 'run-1',
  look: { colour: 1, dash: 0 },
  trace: trace(values),
  ...more,
});

describe('changedFrom', () => {
  it('is the last place that both have when points were added', () => {
    assert.equal(changedFrom([line([3, 2, 1])], [line([3, 2, 1, 0])]), 2);
    assert.equal(changedFrom([line([3, 2, 1]), line([1])], [line([3, 2, 1, 0]), line([1, 2])]), 0);
  });

  it('is the place before the first value that is another', () => {
    assert.equal(changedFrom([line([3, 2, 1, 0])], [line([3, 2, 5, 0])]), 1);
    assert.equal(changedFrom([line([3])], [line([4])]), 0);
  });

  it('is nowhere when all is as it was, breaks too', () => {
    assert.equal(changedFrom([line([3, NaN, 1])], [line([3, NaN, 1])]), Infinity);
  });

  it('counts the smoothed line, which may change further back', () => {
    const [before, after] = [
      [3, 2, 1],
      [3, 2, 1, 0],
    ] as const;
    const smooth = [trace([3, 2.5, 2]), trace([3, 2.4, 1.9, 1])] as const;
    assert.equal(changedFrom([line(before, { smooth: smooth[0] })], [line(after, { smooth: smooth[1] })]), 0);
  });

  it('counts the marks of values that have no place', () => {
    const marked = (...marks: Mark[]) => [line([3, 2, 1], { trace: trace([3, 2, 1], marks) })];
    assert.equal(changedFrom(marked(), marked({ x: 1, kind: 'nan' })), 1);
    assert.equal(changedFrom(marked({ x: 0.5, kind: 'above' }), marked({ x: 0.5, kind: 'below' })), 0.5);
  });

  it('is what a trace says that went on from the one that was drawn', () => {
    const old = { ...trace([3, 2, 1]), version: 7 };
    const grown = { ...trace([3, 2, 1, 0]), x: old.x, version: 8, wentOn: { version: 7, at: 1 } };
    assert.equal(changedFrom([line([], { trace: old })], [line([], { trace: grown })]), 1);
  });

  it('is not known of a trace that took the place of one that was not drawn', () => {
    const old = { ...trace([3, 2, 1]), version: 7 };
    const grown = { ...trace([3, 2, 1, 0]), x: old.x, version: 9, wentOn: { version: 8, at: 1 } };
    assert.equal(changedFrom([line([], { trace: old })], [line([], { trace: grown })]), undefined);
  });

  it('is not known of other lines, other looks and groups', () => {
    const before = [line([1, 2])];
    assert.equal(changedFrom(before, []), undefined);
    assert.equal(changedFrom(before, [line([1, 2, 3], { id: 'run-2' })]), undefined);
    assert.equal(changedFrom(before, [line([1, 2, 3], { look: { colour: 1, dash: 1 } })]), undefined);
    assert.equal(changedFrom(before, [line([1, 2, 3], { smooth: trace([1]) })]), undefined);
    const x = Float64Array.of(0, 1);
    const curve = { x, offset: 0, scale: 1, y: x, length: 2 };
    const band = bandOf({ curve, low: x, high: x, counts: x } as never);
    assert.equal(changedFrom([line([1, 2], { band })], [line([1, 2, 3], { band })]), undefined);
  });
});

describe('endOf', () => {
  it('begins with the last vertex before the place, in both lines', () => {
    const end = endOf(line([3, 2, 1, 0], { smooth: trace([3, 2.5, 2, 1]) }), 2);
    assert.deepEqual([...end.trace.x], [1, 2, 3]);
    assert.deepEqual([...end.trace.y], [2, 1, 0]);
    assert.equal(end.trace.length, 3);
    assert.deepEqual([...end.smooth!.y], [2.5, 2, 1]);
  });

  it('is all of a line that begins there, and its last vertex when it ends before', () => {
    assert.deepEqual([...endOf(line([3, 2]), -1).trace.y], [3, 2]);
    assert.deepEqual([...endOf(line([3, 2]), 9).trace.y], [2]);
    assert.equal(endOf(line([]), 0).trace.length, 0);
  });

  it('has the vertices of the trace, not the room behind them', () => {
    const roomy = { ...trace([3, 2, 1, 7]), length: 3 };
    assert.deepEqual([...endOf(line([], { trace: roomy }), 1.5).trace.y], [2, 1]);
  });

  it('leaves out the marks before it', () => {
    const marks: Mark[] = [
      { x: 0, kind: 'nan' },
      { x: 2, kind: 'above' },
    ];
    assert.deepEqual(endOf(line([3, 2, 1], { trace: trace([3, 2, 1], marks) }), 1).trace.marks, [marks[1]]);
  });
});
