import assert from 'node:assert/strict';
import { byCurrentKey, currentKey } from '../../../src/panels/keys.js';
import { currentState as chartsState } from '../../../webview/charts/model.js';
import { currentState as compareState } from '../../../webview/compare/model.js';
import { currentState as runState } from '../../../webview/run/model.js';
import { currentState as tableState } from '../../../webview/table/model.js';

describe('what panels kept before there were several workspaces', () => {
  it('is of the first one, and is not changed twice', () => {
    assert.equal(currentKey('a1'), 'local/a1');
    assert.equal(currentKey('local/a1'), 'local/a1');
    assert.equal(currentKey('lab/a%2Fb'), 'lab/a%2Fb');
  });

  it('gives way to what was kept since, and leaves what is of no experiment', () => {
    const kept = { 'local/1': 'new', 1: 'old', 2: 'two', 'lab/1': 'lab', '*': 'all' };
    assert.deepEqual(byCurrentKey(kept, ['*']), {
      'local/1': 'new',
      'local/2': 'two',
      'lab/1': 'lab',
      '*': 'all',
    });
  });

  it('comes back in each page', () => {
    const charts = {
      version: 1,
      runIds: ['a'],
      hidden: ['a', 'group:=0.1'],
      baseline: 'b',
      zoom: null,
      search: 'x',
    } as const;
    assert.deepEqual(chartsState({ ...charts, runIds: ['a'], hidden: [...charts.hidden] }), {
      ...charts,
      runIds: ['local/a'],
      hidden: ['local/a', 'group:=0.1'],
      baseline: 'local/b',
    });
    assert.deepEqual(compareState({ version: 1, runIds: ['a', 'lab/b'], showAll: true }), {
      version: 1,
      runIds: ['local/a', 'lab/b'],
      showAll: true,
    });
    const draft = { text: 'not saved', base: '' };
    assert.deepEqual(runState({ version: 1, runId: 'a', drafts: { a: draft } }), {
      version: 1,
      runId: 'local/a',
      drafts: { 'local/a': draft },
    });
    const table = {
      version: 1,
      experimentId: '1',
      filter: 'f',
      selected: ['a'],
      scrollTop: 1,
      scrollLeft: 2,
    } as const;
    assert.deepEqual(tableState({ ...table, selected: ['a'] }), {
      ...table,
      experimentId: 'local/1',
      selected: ['local/a'],
    });
  });
});
