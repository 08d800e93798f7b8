import assert from 'node:assert/strict';
import { chunkOf } from '../../../../src/extension/panels/run-chunk.js';
import type { Run } from '../../../../src/workspace/types.js';
import { differs } from '../../../../webview/table/differ.js';
import { clickedSort, sortRows } from '../../../../webview/table/sort.js';
import { numberAt, RunStore, textAt } from '../../../../webview/table/store.js';
import { tintsOf } from '../../../../webview/table/tint.js';
import { tableRun } from '../../../ui/webview/table-host.js';

const at = (value: number) => ({ value, step: 0, timestamp: 0, count: 1, min: value, max: value });
const chunk = (...runs: Run[]) => chunkOf(runs, () => 'digits');

function stored(...runs: Run[]): RunStore {
  const store = new RunStore();
  store.put(chunk(...runs));
  return store;
}

function sorted(store: RunStore, id: string, descending: boolean): string[] {
  const rows = sortRows(store.rows(), [{ id, descending }], (key) => store.columns.get(key));
  return Array.from(rows, (row) => store.ids[row]!);
}

describe('the runs of the table', () => {
  it('keep their values through columns', () => {
    const store = stored(tableRun(1, { name: 'a', params: { lr: '0.1' }, metrics: { loss: at(NaN) } }));
    assert.equal(textAt(store.columns.get('name'), 0), 'a');
    assert.equal(textAt(store.columns.get('param:lr'), 0), '0.1');
    assert.ok(Number.isNaN(numberAt(store.columns.get('metric:loss'), 0)));
    assert.equal(numberAt(store.columns.get('metric:accuracy'), 0), undefined);
    assert.equal(textAt(store.columns.get('experiment'), 0), 'digits');
  });

  it('leave out the tags that MLflow and Trainyard keep for themselves', () => {
    const store = stored(tableRun(1, { tags: { stage: 'x', 'mlflow.user': 'ada', 'trainyard.note': 'y' } }));
    assert.deepEqual(
      [...store.columns.keys()].filter((id) => id.startsWith('tag:')),
      ['tag:stage'],
    );
  });

  it('are replaced whole: what a run no longer has is gone', () => {
    const store = stored(tableRun(1, { tags: { stage: 'x' } }), tableRun(2, { tags: { stage: 'y' } }));
    store.put(chunk(tableRun(1, { tags: {}, name: 'renamed' })));
    assert.equal(store.size, 2);
    assert.equal(textAt(store.columns.get('tag:stage'), 0), undefined);
    assert.equal(textAt(store.columns.get('tag:stage'), 1), 'y');
    assert.equal(textAt(store.columns.get('name'), 0), 'renamed');
  });

  it('may be more than there was room for', () => {
    const store = new RunStore();
    for (let page = 0; page < 3; page++)
      store.put(chunk(...Array.from({ length: 1000 }, (_, i) => tableRun(page * 1000 + i))));
    assert.equal(store.size, 3000);
    assert.equal(numberAt(store.columns.get('number'), 2999), 2999);
    assert.equal(numberAt(store.columns.get('number'), 0), 0);
  });

  it('are gone when they are removed, and get a place again when they are back', () => {
    const store = stored(tableRun(1), tableRun(2));
    store.remove(['local/run-1']);
    assert.deepEqual(
      Array.from(store.rows(), (row) => store.ids[row]),
      ['local/run-2'],
    );
    store.put(chunk(tableRun(1)));
    assert.equal(store.size, 2);
  });
});

describe('sorting the table', () => {
  const store = stored(
    tableRun(1, { metrics: { loss: at(2) }, params: { lr: '0.01' } }),
    tableRun(2, { metrics: {}, params: { lr: '1e-4' } }),
    tableRun(3, { metrics: { loss: at(NaN) }, params: { lr: 'auto' } }),
    tableRun(4, { metrics: { loss: at(-Infinity) }, params: {} }),
    tableRun(5, { metrics: { loss: at(10) }, params: { lr: '0.1' } }),
  );

  it('puts NaN after the numbers and what is missing last, in both directions', () => {
    assert.deepEqual(sorted(store, 'metric:loss', false), [
      'local/run-4',
      'local/run-1',
      'local/run-5',
      'local/run-3',
      'local/run-2',
    ]);
    assert.deepEqual(sorted(store, 'metric:loss', true), [
      'local/run-5',
      'local/run-1',
      'local/run-4',
      'local/run-3',
      'local/run-2',
    ]);
  });

  it('sorts params that are numbers by value, and words after them', () => {
    assert.deepEqual(sorted(store, 'param:lr', false), [
      'local/run-2',
      'local/run-1',
      'local/run-5',
      'local/run-3',
      'local/run-4',
    ]);
  });

  it('sorts by the next column where the first is equal, and keeps the order where all are', () => {
    const equal = stored(
      tableRun(1, { params: { a: '1', b: '1' } }),
      tableRun(2, { params: { a: '1', b: '2' } }),
      tableRun(3, { params: { a: '0', b: '9' } }),
      tableRun(4, { params: { a: '1', b: '2' } }),
    );
    const keys = [
      { id: 'param:a', descending: false },
      { id: 'param:b', descending: true },
    ];
    const rows = sortRows(equal.rows(), keys, (id) => equal.columns.get(id));
    assert.deepEqual(
      Array.from(rows, (row) => equal.ids[row]),
      ['local/run-3', 'local/run-2', 'local/run-4', 'local/run-1'],
    );
  });

  it('ignores a column that is gone', () => {
    assert.equal(sorted(store, 'metric:nothing', true).length, 5);
  });

  it('goes around with each click: great numbers first, small first, none', () => {
    const click = (sort: ReturnType<typeof clickedSort>) =>
      clickedSort(sort, 'metric:loss', { isNumber: true, adds: false });
    const first = click([]);
    const second = click(first);
    assert.deepEqual(first, [{ id: 'metric:loss', descending: true }]);
    assert.deepEqual(second, [{ id: 'metric:loss', descending: false }]);
    assert.deepEqual(click(second), []);
  });

  it('adds with Shift, turns and takes away one of several, and starts anew without', () => {
    const text = { isNumber: false, adds: true };
    const two = clickedSort([{ id: 'name', descending: false }], 'branch', text);
    assert.deepEqual(
      two.map(({ id }) => id),
      ['name', 'branch'],
    );
    const turned = clickedSort(two, 'name', text);
    assert.deepEqual(turned[0], { id: 'name', descending: true });
    assert.deepEqual(
      clickedSort(turned, 'name', text).map(({ id }) => id),
      ['branch'],
    );
    assert.deepEqual(clickedSort(two, 'branch', { isNumber: false, adds: false }), [
      { id: 'branch', descending: false },
    ]);
  });
});

describe('columns that differ', () => {
  const store = stored(
    tableRun(1, { params: { lr: '0.1', seed: '1', only: 'x' }, metrics: { loss: at(NaN), acc: at(1) } }),
    tableRun(2, { params: { lr: '0.2', seed: '1' }, metrics: { loss: at(NaN), acc: at(0.5) } }),
  );
  const differ = (id: string) => differs(store.columns.get(id)!, store.rows());

  it('have more than one value, and to have none is one', () => {
    assert.deepEqual(['param:lr', 'param:seed', 'param:only', 'metric:loss', 'metric:acc'].map(differ), [
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it('are none without runs', () => {
    assert.equal(differs(store.columns.get('param:lr')!, new Uint32Array()), false);
  });
});

describe('the tint of a column', () => {
  it('goes from the least to the greatest finite value', () => {
    const store = stored(
      ...[0, 0.5, 1, NaN, Infinity].map((value, i) => tableRun(i, { metrics: { loss: at(value) } })),
      tableRun(9, { metrics: {} }),
    );
    const data = store.columns.get('metric:loss');
    assert.ok(data?.kind === 'number');
    assert.deepEqual([0, 1, 2, 3, 4, 5].map(tintsOf(data, store.rows())), [0, 4, 7, -1, -1, -1]);
  });
});
