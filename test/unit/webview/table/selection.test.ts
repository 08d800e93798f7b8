import assert from 'node:assert/strict';
import { gridKey } from '../../../../webview/table/grid-keys.js';
import { NOTHING, retain, select } from '../../../../webview/table/selection.js';

const ORDER = ['a', 'b', 'c', 'd', 'e'];
const ids = ({ ids: set }: { ids: ReadonlySet<string> }) => [...set].sort();

describe('selecting runs', () => {
  it('takes one, adds and takes away one', () => {
    const one = select(NOTHING, ['b'], 'only', ORDER);
    const two = select(one, ['d'], 'toggle', ORDER);
    assert.deepEqual(ids(two), ['b', 'd']);
    assert.deepEqual(ids(select(two, ['b'], 'toggle', ORDER)), ['d']);
  });

  it('takes a range from where it began, in both directions', () => {
    const from = select(NOTHING, ['c'], 'only', ORDER);
    const down = select(from, ['e'], 'range', ORDER);
    assert.deepEqual(ids(down), ['c', 'd', 'e']);
    assert.deepEqual(ids(select(down, ['a'], 'range', ORDER)), ['a', 'b', 'c']);
  });

  it('takes one when the range began nowhere, or at a run that has gone', () => {
    assert.deepEqual(ids(select(NOTHING, ['c'], 'range', ORDER)), ['c']);
    assert.deepEqual(ids(select({ ids: new Set(), anchor: 'z' }, ['c'], 'range', ORDER)), ['c']);
  });

  it('takes the runs of a group, takes them away when all are selected, and extends over them', () => {
    const group = ['b', 'c'];
    assert.deepEqual(ids(select(NOTHING, group, 'only', ORDER)), group);
    const partly = select(NOTHING, ['c'], 'only', ORDER);
    const all = select(partly, group, 'toggle', ORDER);
    assert.deepEqual(ids(all), group);
    assert.deepEqual(ids(select(all, group, 'toggle', ORDER)), []);
    assert.deepEqual(ids(select(select(NOTHING, ['a'], 'only', ORDER), group, 'range', ORDER)), [
      'a',
      'b',
      'c',
    ]);
    assert.deepEqual(ids(select(select(NOTHING, ['e'], 'only', ORDER), group, 'range', ORDER)), [
      'b',
      'c',
      'd',
      'e',
    ]);
  });

  it('loses the runs that are gone', () => {
    const left = retain({ ids: new Set(['a', 'b']), anchor: 'a' }, (id) => id === 'b');
    assert.deepEqual(left, { ids: new Set(['b']), anchor: undefined });
  });
});

describe('keys of the table', () => {
  const NONE = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };

  it('move, and extend with Shift', () => {
    assert.deepEqual(gridKey({ ...NONE, key: 'ArrowDown', shiftKey: true }, false), {
      do: 'move',
      rows: 1,
      columns: 0,
      extends: true,
    });
    assert.deepEqual(gridKey({ ...NONE, key: 'End' }, false), {
      do: 'move',
      rows: 0,
      columns: Infinity,
      extends: false,
    });
  });

  it('sort in the head, select and open in the rows', () => {
    assert.deepEqual(gridKey({ ...NONE, key: 'Enter', shiftKey: true }, true), { do: 'sort', adds: true });
    assert.deepEqual(gridKey({ ...NONE, key: 'Enter' }, false), { do: 'open' });
    assert.deepEqual(gridKey({ ...NONE, key: ' ' }, false), { do: 'toggle' });
    assert.deepEqual(gridKey({ ...NONE, key: 'a', metaKey: true }, false), { do: 'all' });
  });

  it('are the editor’s own otherwise', () => {
    assert.equal(gridKey({ ...NONE, key: 'p', ctrlKey: true }, false), undefined);
    assert.equal(gridKey({ ...NONE, key: 'ArrowDown', altKey: true }, false), undefined);
    assert.equal(gridKey({ ...NONE, key: 'x' }, false), undefined);
  });
});
