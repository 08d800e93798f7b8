import assert from 'node:assert/strict';
import type { CurveCell } from '../../../../src/panels/table-messages.js';
import { Curves } from '../../../../webview/table/curves.js';
import { pass, standStill } from '../../../support/clock.js';

const cells = (from: number, count: number): CurveCell[] =>
  Array.from({ length: count }, (_, i) => ({ runId: `run-${from + i}`, metric: 'loss' }));
const answer = (wanted: readonly CurveCell[]) =>
  wanted.map((cell) => ({ ...cell, steps: Float64Array.of(0, 1), values: Float64Array.of(1, 2) }));
const REST = 90;

describe('the curves of the table', () => {
  standStill();
  let asked: string[][];
  let curves: Curves;
  beforeEach(() => {
    asked = [];
    curves = new Curves((wanted) => asked.push(wanted.map(({ runId }) => runId)));
  });

  it('are asked for once, for the cells that a scroll comes to rest at', async () => {
    curves.want(cells(0, 2));
    curves.want(cells(10, 2));
    await pass(REST);
    curves.want(cells(10, 2));
    await pass(REST);
    assert.deepEqual(asked, [['run-10', 'run-11']]);
  });

  it('are kept, and only the missing ones are asked for', async () => {
    curves.put(answer(cells(0, 2)));
    curves.want(cells(0, 1));
    await pass(REST);
    curves.put(answer(cells(0, 1)));
    curves.want(cells(0, 2));
    await pass(REST);
    assert.deepEqual([...curves.get({ runId: 'run-0', metric: 'loss' })!.values], [1, 2]);
    assert.deepEqual(asked, [['run-0'], ['run-1']]);
  });

  it('are given up when they are out of sight', async () => {
    curves.want(cells(0, 2));
    await pass(REST);
    curves.want([]);
    await pass(REST);
    assert.deepEqual(asked, [['run-0', 'run-1'], []]);
  });

  it('stay drawn when a run changes, and are asked for again, also while they are on their way', async () => {
    curves.want(cells(0, 2));
    await pass(REST);
    curves.changed(new Set(['run-1']));
    curves.put(answer(cells(0, 2)));
    curves.want(cells(0, 2));
    await pass(REST);
    assert.ok(curves.get({ runId: 'run-1', metric: 'loss' }));
    assert.deepEqual(asked, [['run-0', 'run-1'], ['run-1']]);
  });

  it('are no more than a bounded number, the longest unused go first', async () => {
    const all = cells(0, 4500);
    curves.want(all);
    await pass(REST);
    curves.put(answer(all.slice(0, 3000)));
    curves.want(all.slice(0, 1));
    curves.put(answer(all.slice(3000)));
    const kept = all.filter((cell) => curves.get(cell));
    assert.equal(kept.length, 4000);
    assert.ok(curves.get(all[0]!) && !curves.get(all[1]!));
  });
});
