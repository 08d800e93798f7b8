import assert from 'node:assert/strict';
import { chunkOf } from '../../../../src/extension/panels/run-chunk.js';
import type { TableLayout } from '../../../../src/panels/table-messages.js';
import type { Run } from '../../../../src/workspace/types.js';
import { EMPTY_LAYOUT } from '../../../../webview/table/columns.js';
import { summarise } from '../../../../webview/table/group.js';
import { meanText, spreadText } from '../../../../webview/table/mean.js';
import { TableView } from '../../../../webview/table/view.js';
import { tableRun } from '../../../ui/webview/table-host.js';

const at = (value: number) => ({ value, step: 0, timestamp: 0, count: 1, min: value, max: value });
const run = (number: number, lr: string | undefined, loss?: number, more: Partial<Run> = {}) =>
  tableRun(number, {
    params: lr === undefined ? {} : { lr },
    metrics: loss === undefined ? {} : { loss: at(loss) },
    ...more,
  });

function viewOf(runs: Run[], layout: Partial<TableLayout> = {}): TableView {
  const view = new TableView();
  view.put(chunkOf(runs, () => 'digits'));
  view.layout = { ...EMPTY_LAYOUT, group: 'param:lr', ...layout };
  return view;
}
const values = (view: TableView) => view.groups?.map(({ value }) => value);
/** As it is read from top to bottom. */
const read = (view: TableView) =>
  Array.from(view.lines, (line) => (line < 0 ? view.groups![~line]!.value : view.store.ids[line]));

describe('groups of runs', () => {
  const runs = [
    run(5, '0.1', 3),
    run(4, '1e-4', 2.5),
    run(3, undefined, 9),
    run(2, '0.01', NaN),
    run(1, '0.1', 1),
  ];

  it('stand by their value, those without one last, and keep the order of their runs', () => {
    const view = viewOf(runs);
    assert.deepEqual(read(view), [
      ...['1e-4', 'local/run-4'],
      ...['0.01', 'local/run-2'],
      ...['0.1', 'local/run-5', 'local/run-1'],
      ...[undefined, 'local/run-3'],
    ]);
    assert.deepEqual(view.order, ['local/run-4', 'local/run-2', 'local/run-5', 'local/run-1', 'local/run-3']);
  });

  it('know which of them a line belongs to', () => {
    const view = viewOf(runs, { collapsed: ['1e-4'] });
    assert.deepEqual(
      [0, 1, 2, 4, 5].map((line) => view.groupAbove(line)),
      [
        { head: 0, end: 1 },
        { head: 1, end: 3 },
        { head: 1, end: 3 },
        { head: 3, end: 6 },
        { head: 3, end: 6 },
      ],
    );
  });

  it('follow the sort by their mean, and so do the runs in them; no mean comes last in both directions', () => {
    const sort = (descending: boolean) => viewOf(runs, { sort: [{ id: 'metric:loss', descending }] });
    assert.deepEqual(values(sort(false)), ['0.1', '1e-4', undefined, '0.01']);
    assert.deepEqual(values(sort(true)), [undefined, '1e-4', '0.1', '0.01']);
    assert.deepEqual(read(sort(false)).slice(0, 3), ['0.1', 'local/run-1', 'local/run-5']);
    assert.deepEqual(values(viewOf(runs, { sort: [{ id: 'param:lr', descending: true }] })), [
      '0.1',
      '0.01',
      '1e-4',
      undefined,
    ]);
  });

  it('hide their runs when they are closed, and keep them in the order', () => {
    const view = viewOf(runs, { collapsed: ['0.1', null] });
    assert.deepEqual(read(view), ['1e-4', 'local/run-4', '0.01', 'local/run-2', '0.1', undefined]);
    assert.equal(view.order.length, 5);
    assert.equal(view.lineOf({ runId: 'local/run-1' }), 4, 'a hidden run is at the head of its group');
    assert.equal(view.lineOf({ runId: 'local/run-2' }), 3);
    assert.equal(view.lineOf({ group: undefined }), 5);
    assert.equal(view.lineOf({ group: 'gone' }), -1);
  });

  it('are one where no run has such a value any more', () => {
    const view = viewOf([run(1, '1')], { group: 'tag:gone' });
    assert.deepEqual(read(view), [undefined, 'local/run-1']);
  });

  it('follow the runs', () => {
    const view = viewOf(runs);
    assert.equal(view.groups?.length, 4);
    view.put(chunkOf([run(4, '0.1')], () => 'digits'));
    assert.deepEqual(values(view), ['0.01', '0.1', undefined]);
    view.remove(['local/run-3', 'local/run-2']);
    assert.deepEqual(values(view), ['0.1']);
  });

  it('say what all of their runs have in common', () => {
    const view = viewOf([
      run(1, '1', 0, { params: { lr: '1', seed: '7', optimizer: 'adam' } }),
      run(2, '1', 0, { params: { lr: '1', seed: '7', optimizer: 'sgd' } }),
    ]);
    assert.deepEqual([view.common('param:seed', 0), view.common('param:optimizer', 0)], ['7', undefined]);
  });

  it('leave a column in sight that names them', () => {
    const view = viewOf(runs, { pinned: [] });
    assert.deepEqual(
      view.columns.pinned.map(({ id }) => id),
      ['name'],
    );
  });
});

describe('what the numbers of a group come to', () => {
  it('is mean, deviation, least and greatest of the finite values', () => {
    const data = {
      kind: 'number' as const,
      values: Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9, NaN, Infinity, 3),
      isSet: Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0),
    };
    const rows = Uint32Array.from(data.values.keys());
    const summary = summarise(data, [
      { value: 'all', rows },
      { value: 'one', rows: rows.subarray(0, 1) },
      { value: 'none', rows: rows.subarray(8) },
    ]);
    assert.deepEqual([...summary.mean.values], [5, 2, 0]);
    assert.deepEqual([...summary.mean.isSet], [1, 1, 0]);
    // Squares of the differences add up to 32, among 8 values.
    assert.deepEqual([...summary.deviation], [Math.sqrt(32 / 7), NaN, NaN]);
    assert.deepEqual([summary.least[0], summary.greatest[0], summary.count[0]], [2, 9, 8]);
  });

  it('is exact for values that are close together and far from zero', () => {
    const data = {
      kind: 'number' as const,
      values: Float64Array.of(1e9 + 1, 1e9 + 2, 1e9 + 3),
      isSet: Uint8Array.of(1, 1, 1),
    };
    assert.equal(summarise(data, [{ value: 'a', rows: Uint32Array.of(0, 1, 2) }]).deviation[0], 1);
  });

  it('is read to the digits that make sense', () => {
    const text = (mean: number, deviation: number, id = 'metric:loss') =>
      [meanText(id, mean, deviation), spreadText(id, mean, deviation)].join(' ').trim();
    assert.equal(text(0.912345, 0.00417), '0.9123 ±0.0042');
    assert.equal(text(0.26512, 0.0801), '0.265 ±0.080');
    assert.equal(text(-3.14159, 1.5), '−3.1 ±1.5');
    assert.equal(text(0.912346, NaN), '0.91235');
    assert.equal(text(0.5, 0), '0.5');
    assert.equal(text(123456, 78.9), '123,456 ±79');
    assert.equal(text(0.00002, 0.000001), '2e−5 ±1e−6');
    assert.equal(text(90_000, 30_000, 'duration'), '1m 30s ±30s');
  });
});
