import assert from 'node:assert/strict';
import { chunkOf } from '../../../../src/extension/panels/run-chunk.js';
import type { TableLayout } from '../../../../src/panels/table-messages.js';
import type { MetricSummary, Run } from '../../../../src/workspace/types.js';
import { cellText, cellTitle, cellValue } from '../../../../webview/table/cell.js';
import { EMPTY_LAYOUT } from '../../../../webview/table/columns.js';
import { TableView } from '../../../../webview/table/view.js';
import { tableRun } from '../../../ui/webview/table-host.js';

const metric = (value: number, min = value, max = value): MetricSummary => ({
  ...{ value, min, max },
  ...{ step: 0, timestamp: 0, count: 1 },
});
function viewOf(runs: Run[], layout: Partial<TableLayout> = {}): TableView {
  const view = new TableView();
  view.put(chunkOf(runs, () => 'digits'));
  view.layout = { ...EMPTY_LAYOUT, ...layout };
  return view;
}
const rowOf = (view: TableView, number: number) => view.store.rowOf(`local/run-${number}`)!;

describe('the duration of a run', () => {
  const minute = 60_000;
  /** Begun when the test begins, not when its file is read: that may be minutes before. */
  const runs = (): Run[] => [
    tableRun(1, { state: 'running', startTime: Date.now() - 10 * minute, endTime: undefined }),
    tableRun(2, { startTime: 0, endTime: 5 * minute }),
    tableRun(3, { startTime: 0, endTime: 20 * minute }),
    // It ended nobody knows when.
    tableRun(4, { state: 'failed', startTime: 0, endTime: undefined }),
  ];
  const sorted = (descending: boolean) => viewOf(runs(), { sort: [{ id: 'duration', descending }] }).order;

  it('is the time so far while it goes on, in the order too; without one it comes last in both directions', () => {
    assert.deepEqual(sorted(false), ['local/run-2', 'local/run-1', 'local/run-3', 'local/run-4']);
    assert.deepEqual(sorted(true), ['local/run-3', 'local/run-1', 'local/run-2', 'local/run-4']);
    const view = viewOf(runs());
    assert.match(cellText(view.values, 'duration', rowOf(view, 1))!, /^10m/);
    assert.equal(cellText(view.values, 'duration', rowOf(view, 4)), undefined);
  });

  it('is a number where all runs go on', () => {
    assert.ok(viewOf([runs()[0]!]).isNumber('duration'));
  });
});

describe('the best of a metric', () => {
  const runs = [
    tableRun(1, { metrics: { loss: metric(3, 1, 5), acc: metric(0.5, 0.1, 0.9), size: metric(1) } }),
    tableRun(2, { metrics: { loss: metric(2, 2, 9), acc: metric(0.7, 0.1, 0.8), size: metric(2) } }),
    tableRun(3, { metrics: { loss: metric(NaN, NaN, NaN) } }),
  ];
  const ids = (view: TableView) => view.known.map(({ id }) => id);
  const best = (view: TableView, id: string) =>
    runs.filter((_, i) => view.isBest(id, rowOf(view, i + 1))).length;

  it('is its least or greatest value, by its name', () => {
    const view = viewOf(runs);
    const value = (id: string) => view.values.number(id, rowOf(view, 1));
    assert.deepEqual([value('best:loss'), value('best:acc'), value('best:size')], [1, 0.9, undefined]);
    assert.ok(ids(view).includes('best:loss') && !ids(view).includes('best:size'));
    assert.equal(ids(view).indexOf('best:loss'), ids(view).indexOf('metric:loss') + 1);
  });

  it('follows what a person says instead', () => {
    const view = viewOf(runs);
    assert.ok(view.isBest('metric:loss', rowOf(view, 2)));
    view.layout = {
      ...view.layout,
      goals: { 'metric:loss': 'higher', 'metric:acc': 'unknown', 'metric:size': 'lower' },
    };
    assert.ok(view.isBest('metric:loss', rowOf(view, 1)));
    assert.equal(view.values.number('best:loss', rowOf(view, 1)), 5);
    assert.equal(best(view, 'metric:acc'), 0);
    assert.ok(!ids(view).includes('best:acc') && ids(view).includes('best:size'));
  });

  it('is marked once a column, not in the extreme that nobody looks for, and not without a goal', () => {
    const view = viewOf(runs);
    const marked = ['metric:loss', 'best:loss', 'min:loss', 'max:loss', 'metric:size', 'param:lr'];
    assert.deepEqual(
      marked.map((id) => best(view, id)),
      [1, 1, 1, 0, 0, 0],
    );
  });

  it('says nothing of one run, or where all are alike', () => {
    const one = viewOf([runs[0]!]);
    assert.ok(!one.isBest('metric:loss', rowOf(one, 1)));
    const alike = viewOf([1, 2].map((number) => tableRun(number, { metrics: { loss: metric(1) } })));
    assert.ok(!alike.isBest('metric:loss', rowOf(alike, 1)));
  });

  it('is the strong end of the tint', () => {
    const view = viewOf(runs, { tinted: ['metric:loss', 'metric:acc', 'metric:size'] });
    const tints = (id: string) => [view.tint(id, rowOf(view, 1)), view.tint(id, rowOf(view, 2))];
    assert.deepEqual(
      [tints('metric:loss'), tints('metric:acc'), tints('metric:size')],
      [
        [0, 7],
        [0, 7],
        [0, 7],
      ],
    );
  });
});

describe('a tint', () => {
  it('tells runs apart also when one of them diverged', () => {
    const losses = [0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 900];
    const metrics = (value: number) => ({
      loss: { value, step: 1, timestamp: 0, count: 1, min: value, max: value },
    });
    const view = viewOf(
      losses.map((value, i) => tableRun(i + 1, { metrics: metrics(value) })),
      { tinted: ['metric:loss'] },
    );
    const tints = losses.map((_, i) => view.tint('metric:loss', rowOf(view, i + 1)));
    assert.deepEqual(tints, [7, 6, 4, 3, 1, 0, 0]);
  });
});

describe('the note of a run', () => {
  const note = '\n  **Baseline** of the paper\n\nmore below';
  const view = viewOf([tableRun(1, { tags: { 'mlflow.note.content': note } }), tableRun(2)]);

  it('shows its first line, and the whole when it is pointed at', () => {
    assert.equal(cellText(view.values, 'note', 0), '**Baseline** of the paper');
    assert.equal(cellTitle(view.values, 'note', 0), note);
    assert.equal(cellValue(view.values, 'note', 0), note);
    assert.equal(cellText(view.values, 'note', 1), undefined);
  });

  it('has a column before there is one, but is nothing to group by', () => {
    const without = viewOf([tableRun(2)]);
    assert.ok(without.allColumns.some(({ id }) => id === 'note'));
    assert.ok(!view.canGroupBy('note') && view.canGroupBy('branch') && !view.canGroupBy('metric:val_loss'));
  });
});
