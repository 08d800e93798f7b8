import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import { ChartsFeed } from '../../../src/extension/panels/charts-feed.js';
import { DEFAULT_LAYOUT } from '../../../src/panels/charts-layout.js';
import type { FromCharts, ToCharts } from '../../../src/panels/messages.js';
import type { Run } from '../../../src/workspace/types.js';
import { pass, standStill } from '../../support/clock.js';
import { MemoryWorkspace } from '../../support/memory-workspace.js';
import { WorkspaceList } from '../../support/panel-workspaces.js';

function workspaceOf(runs: Record<string, Partial<Run>>): MemoryWorkspace {
  const workspace = new MemoryWorkspace({ id: 'local' });
  for (const [id, run] of Object.entries(runs)) workspace.put(id, run);
  return workspace;
}

const FETCH: Extract<FromCharts, { type: 'fetch' }> = {
  type: 'fetch',
  id: 1,
  series: [{ runId: 'local/a', key: 'loss', from: 0 }],
  maxPoints: 10,
};
const keys = (...ids: string[]) => ids.map((id) => `local/${id}`);

describe('ChartsFeed', () => {
  standStill();
  let feed: ChartsFeed;
  let posted: ToCharts[];
  let warnings: string[];

  async function start(workspace: MemoryWorkspace, ...runIds: string[]): Promise<void> {
    posted = [];
    warnings = [];
    feed = new ChartsFeed(keys(...runIds), {
      workspaces: new WorkspaceList(workspace),
      post: (message) => posted.push(message),
      layout: (experimentId) => Promise.resolve({ experimentId, layout: DEFAULT_LAYOUT }),
      warn: (message) => warnings.push(message),
    });
    await pass(0);
  }
  afterEach(() => feed.dispose());

  const types = () => posted.map(({ type }) => type);

  it('begins with the runs in the order of the panel, and says which are gone', async () => {
    const workspace = workspaceOf({ a: {}, b: {}, deleted: { lifecycle: 'deleted' } });
    await start(workspace, 'b', 'lost', 'a', 'deleted');
    const [init] = posted;
    assert.ok(init?.type === 'init');
    assert.deepEqual(
      init.runs.map(({ id }) => id),
      keys('b', 'a'),
    );
    assert.deepEqual(init.missing, keys('lost', 'deleted'));
    assert.deepEqual(init.layout, { experimentId: 'local/0', layout: DEFAULT_LAYOUT });
  });

  it('follows the log of a run of the panel while it is wanted, and says which lines have numbers', async () => {
    const workspace = workspaceOf({ a: { state: 'running' }, b: { state: 'running' } });
    await start(workspace, 'a');
    const isFollowed = () => workspace.listeners.size > listening;
    const listening = workspace.listeners.size;
    await feed.log('local/b');
    assert.ok(!isFollowed());
    const following = feed.log('local/a');
    workspace.print('a', 'start\n\u001b[32mloss=0.5\u001b[0m\nend');
    await pass(200);
    assert.deepEqual(posted.at(-1), {
      type: 'log',
      runId: 'local/a',
      log: { text: 'start\nloss=0.5\nend', isCut: false, first: 0, numbered: [1] },
    });
    await feed.log(null);
    await following;
    assert.ok(!isFollowed());
    const again = feed.log('local/a');
    await pass(1);
    assert.ok(isFollowed());
    feed.dispose();
    await again;
    assert.equal(workspace.listeners.size, 0);
    assert.deepEqual(warnings, []);
  });

  it('reads hundreds of runs in a few questions', async () => {
    const ids = Array.from({ length: 250 }, (_, i) => `run-${i}`);
    const workspace = workspaceOf(Object.fromEntries(ids.map((id) => [id, {}])));
    await start(workspace, ...ids.toReversed());
    const [init] = posted;
    assert.ok(init?.type === 'init');
    assert.deepEqual(
      init.runs.map(({ id }) => id),
      keys(...ids.toReversed()),
    );
    assert.equal(workspace.queries.length, 3);
  });

  it('tells by what the runs can be grouped, and when that changes', async () => {
    const workspace = workspaceOf({ a: { params: { lr: '0.1' } }, b: {} });
    await start(workspace, 'a', 'b');
    const [init] = posted;
    assert.ok(init?.type === 'init');
    assert.deepEqual(init.labels, [{ id: 'param:lr', values: ['0.1'], codes: [1, 0] }]);
    workspace.put('b', { params: { lr: '0.2' } });
    workspace.changed('b', 'params');
    await pass(20);
    const last = posted.at(-1);
    assert.ok(last?.type === 'runs');
    assert.deepEqual(last.labels, [{ id: 'param:lr', values: ['0.1', '0.2'], codes: [1, 2] }]);
  });

  it('says so when the workspace cannot be reached', async () => {
    const workspace = workspaceOf({});
    workspace.failure = new TrainyardError('SERVER_UNREACHABLE', 'Gone.', { hint: 'Retry.' });
    await start(workspace, 'a');
    assert.deepEqual(JSON.parse(JSON.stringify(posted)), [
      { type: 'error', error: { code: 'SERVER_UNREACHABLE', message: 'Gone.', hint: 'Retry.' } },
    ]);
  });

  it('tells of new points of several runs in one message, and of no other runs', async () => {
    const workspace = workspaceOf({ a: {}, b: {}, other: {} });
    await start(workspace, 'a', 'b');
    for (let i = 0; i < 5; i++) ['a', 'b', 'other'].forEach((id) => workspace.changed(id, 'metrics'));
    await pass(120);
    assert.deepEqual(posted.slice(1), [{ type: 'changed', runIds: keys('a', 'b') }]);
  });

  it('tells of a first metric at once, and reads a busy run about once a second', async () => {
    const workspace = workspaceOf({ a: {} });
    await start(workspace, 'a');
    for (let step = 0; step < 10; step++) {
      workspace.logMetric('a', 'loss', [1], step);
      await pass(20);
    }
    const runs = posted.filter((message) => message.type === 'runs');
    assert.equal(runs.length, 1);
    assert.deepEqual(runs[0]?.runs[0]?.metrics, ['loss']);
    assert.equal(workspace.queries.length, 2);
  });

  it('is silent about what does not show', async () => {
    const workspace = workspaceOf({ a: {} });
    await start(workspace, 'a');
    workspace.changed('a', 'log', 'files');
    workspace.changed('a', 'state');
    await pass(80);
    assert.deepEqual(types(), ['init']);
  });

  it('shows other runs and keeps what it knows', async () => {
    const workspace = workspaceOf({ a: {}, b: {} });
    await start(workspace, 'a');
    feed.show(keys('b', 'a'));
    await pass(0);
    const last = posted.at(-1);
    assert.ok(last?.type === 'runs');
    assert.deepEqual(
      last.runs.map(({ id }) => id),
      keys('b', 'a'),
    );
    assert.equal(workspace.queries.length, 2);
  });

  it('shows runs that were asked for while it began', async () => {
    const workspace = workspaceOf({ a: {}, b: {} });
    const starting = start(workspace, 'a');
    feed.show(keys('a', 'b'));
    await starting;
    await pass(0);
    assert.deepEqual(types(), ['init', 'runs']);
  });

  it('says so when added runs cannot be read', async () => {
    const workspace = workspaceOf({ a: {} });
    await start(workspace, 'a');
    workspace.failure = new Error('odd');
    feed.show(keys('a', 'b'));
    await pass(0);
    assert.deepEqual(types(), ['init', 'error']);
  });

  it('goes on with what it has when runs cannot be read again', async () => {
    const workspace = workspaceOf({ a: {} });
    await start(workspace, 'a');
    workspace.failure = new Error('odd');
    workspace.changed('a', 'state');
    await pass(20);
    assert.deepEqual(types(), ['init']);
    assert.match(warnings.join(), /odd/);
  });

  it('gives the page the layout of another experiment before its runs', async () => {
    const workspace = workspaceOf({ a: {}, b: { experimentId: '1' }, c: {} });
    await start(workspace, 'a');
    feed.show(keys('c'));
    await pass(0);
    feed.show(keys('b'));
    await pass(0);
    assert.deepEqual(types(), ['init', 'runs', 'layout', 'runs']);
    const layout = posted[2];
    assert.ok(layout?.type === 'layout');
    assert.equal(layout.layout.experimentId, 'local/1');
  });

  it('shows fewer runs without reading any', async () => {
    const workspace = workspaceOf({ a: {}, b: {} });
    await start(workspace, 'a', 'b');
    feed.show(keys('b'));
    await pass(0);
    const last = posted.at(-1);
    assert.ok(last?.type === 'runs');
    assert.deepEqual(
      last.runs.map(({ id }) => id),
      keys('b'),
    );
    assert.equal(workspace.queries.length, 1);
  });

  it('begins again after the connection was lost', async () => {
    const workspace = workspaceOf({ a: {}, b: {} });
    await start(workspace, 'a', 'b');
    workspace.tell({ type: 'reset' });
    await pass(0);
    assert.deepEqual(types(), ['init', 'init']);
  });

  it('answers a fetch that failed with its id', async () => {
    const workspace = workspaceOf({ a: {} });
    await start(workspace, 'a');
    workspace.failure = new Error('odd');
    await feed.fetch({ ...FETCH, id: 7 });
    assert.deepEqual(posted.at(-1), { type: 'error', id: 7, error: { code: 'INTERNAL', message: 'odd' } });
  });

  it('costs nothing and says nothing once it is disposed', async () => {
    const workspace = workspaceOf({ a: {} });
    await start(workspace, 'a');
    workspace.changed('a', 'metrics', 'state');
    feed.dispose();
    await feed.fetch(FETCH);
    await pass(80);
    assert.deepEqual(types(), ['init']);
    assert.equal(workspace.listeners.size, 0);
    assert.equal(workspace.queries.length, 1);
  });
});
