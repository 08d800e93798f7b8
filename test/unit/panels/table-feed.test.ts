import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import { TableFeed, type Shown } from '../../../src/extension/panels/table-feed.js';
import type { ToTable } from '../../../src/panels/table-messages.js';
import { tableRun } from '../../ui/webview/table-host.js';
import { pass, standStill } from '../../support/clock.js';
import { MemoryWorkspace } from '../../support/memory-workspace.js';
import { WorkspaceList } from '../../support/panel-workspaces.js';

function workspaceOf(count: number): MemoryWorkspace {
  const workspace = new MemoryWorkspace({ id: 'local' });
  workspace.experiment('1', { name: 'digits' });
  for (let number = 1; number <= count; number++) workspace.put(`run-${number}`, tableRun(number));
  return workspace;
}

describe('TableFeed', () => {
  standStill();
  let feed: TableFeed;
  let posted: ToTable[];
  let filters: string[];

  async function start(workspace: MemoryWorkspace, shown: Partial<Shown> = {}): Promise<void> {
    posted = [];
    filters = [];
    feed = new TableFeed(
      { experimentId: 'local/1', filter: '', ...shown },
      {
        workspaces: new WorkspaceList(workspace),
        post: (message) => posted.push(message),
        layout: () => null,
        filters: () => filters,
        onFilter: (filter) => filters.push(filter),
        warn: (message) => assert.fail(message),
      },
    );
    await pass(10);
  }
  afterEach(() => feed.dispose());

  const types = () => posted.map(({ type }) => type);
  /** Runs of each request for points. */
  const asked = (workspace: MemoryWorkspace) =>
    workspace.asked
      .filter((question) => question.startsWith('points '))
      .map((question) => Array.from(question.matchAll(/run-\d+/g), ([id]) => id));
  const told = () => posted.flatMap((message) => (message.type === 'runs' ? message.chunk.ids : []));

  it('tells all runs page by page, in columns', async () => {
    await start(workspaceOf(2500));
    assert.deepEqual(types(), ['begin', 'runs', 'runs', 'runs', 'end']);
    assert.equal(told().length, 2500);
    const [, first] = posted;
    assert.ok(first?.type === 'runs');
    const names = first.chunk.texts.find(({ id }) => id === 'experiment');
    assert.deepEqual(names?.words, ['digits']);
  });

  it('asks for all experiments when none is named', async () => {
    const workspace = workspaceOf(1);
    await start(workspace, { experimentId: null });
    assert.equal(workspace.queries[0]?.experimentIds, undefined);
  });

  it('remembers a filter that was understood', async () => {
    await start(workspaceOf(3), { filter: "name = 'brave-finch-1'" });
    assert.deepEqual(told(), ['local/run-1']);
    assert.deepEqual(filters, ["name = 'brave-finch-1'"]);
  });

  it('says what is wrong with a filter, and leaves the table as it is', async () => {
    await start(workspaceOf(3), { filter: 'bad >> 3' });
    assert.deepEqual(posted, [
      { type: 'filterProblem', message: 'Expected a value after >, not >, at character 6.' },
    ]);
    assert.deepEqual(filters, []);
  });

  it('goes on with what the table has after a filter that was not understood', async () => {
    const workspace = workspaceOf(3);
    await start(workspace);
    feed.show({ experimentId: 'local/1', filter: 'bad >> 3' });
    await pass(10);
    posted.length = 0;
    workspace.changed('run-2', 'metrics');
    await pass(10);
    assert.deepEqual(told(), ['local/run-2']);
  });

  it('asks once for many changes, and for those runs only', async () => {
    const workspace = workspaceOf(5);
    await start(workspace);
    const before = workspace.queries.length;
    posted.length = 0;
    workspace.changed('run-2', 'metrics');
    workspace.changed('run-2', 'metrics');
    await pass(10);
    assert.equal(workspace.queries.length, before + 1);
    assert.deepEqual(told(), ['local/run-2']);
  });

  it('drops a run that is deleted, or that the filter no longer lets pass', async () => {
    const workspace = workspaceOf(2);
    await start(workspace, { filter: "name = 'brave-finch-1'" });
    posted.length = 0;
    await workspace.edit!.rename('run-1', 'renamed');
    await pass(10);
    assert.deepEqual(posted, [{ type: 'gone', ids: ['local/run-1'] }]);
    // In parentheses: it may be joined by OR.
    const { filter } = workspace.queries.at(-1) ?? {};
    assert.equal(filter, "(name = 'brave-finch-1') AND attributes.run_id IN ('run-1')");
  });

  it('does not ask for runs of another experiment, nor for lines of a log', async () => {
    const workspace = workspaceOf(2);
    await start(workspace);
    const before = workspace.queries.length;
    workspace.put('run-9', { experimentId: '2' });
    workspace.changed('run-9', 'metrics');
    workspace.changed('run-1', 'log');
    await pass(10);
    assert.equal(workspace.queries.length, before);
  });

  it('catches up after a load with what changed during it', async () => {
    const workspace = workspaceOf(2);
    const started = start(workspace);
    workspace.changed('run-1', 'metrics');
    await started;
    await pass(10);
    assert.deepEqual(types().toSorted(), ['begin', 'end', 'runs', 'runs']);
    assert.deepEqual(told(), ['local/run-2', 'local/run-1', 'local/run-1']);
  });

  it('loads anew after a reset, and shows only the last that was asked for', async () => {
    const workspace = workspaceOf(2);
    await start(workspace);
    posted.length = 0;
    workspace.tell({ type: 'reset' });
    feed.show({ experimentId: null, filter: '' });
    await pass(10);
    assert.deepEqual(types(), ['begin', 'runs', 'end']);
    assert.ok(posted[0]?.type === 'begin' && posted[0].experimentId === null);
  });

  it('reads the curves that are wanted some at a time, with few points', async () => {
    const workspace = workspaceOf(2);
    workspace.logMetric(
      'run-1',
      'loss',
      Array.from({ length: 5000 }, (_, i) => Math.sin(i)),
    );
    await start(workspace);
    posted.length = 0;
    feed.showCurves(Array.from({ length: 70 }, (_, i) => ({ runId: `local/run-${i + 1}`, metric: 'loss' })));
    await pass(10);
    assert.deepEqual(
      asked(workspace).map((ids) => ids.length),
      [50, 20],
    );
    const [first] = posted;
    assert.ok(first?.type === 'curves');
    assert.equal(first.curves[0]?.metric, 'loss');
    const { length } = first.curves[0].values;
    assert.ok(length >= 30 && length <= 60, String(length));
  });

  it('gives up the curves that were scrolled by', async () => {
    const workspace = workspaceOf(2);
    await start(workspace);
    const cells = (from: number) =>
      Array.from({ length: 60 }, (_, i) => ({ runId: `local/run-${from + i}`, metric: 'loss' }));
    feed.showCurves(cells(0));
    feed.showCurves(cells(1000));
    await pass(10);
    assert.deepEqual(
      asked(workspace).map(([id]) => id),
      ['run-0', 'run-1000', 'run-1050'],
    );
  });

  it('says so when the workspace cannot be reached', async () => {
    const workspace = workspaceOf(2);
    workspace.failure = new TrainyardError('SERVER_UNREACHABLE', 'No answer.');
    await start(workspace);
    assert.ok(posted[0]?.type === 'error' && posted[0].error.code === 'SERVER_UNREACHABLE');
  });

  it('is silent once it is disposed', async () => {
    const workspace = workspaceOf(2);
    const started = start(workspace);
    feed.dispose();
    await started;
    assert.deepEqual(posted, []);
    assert.equal(workspace.listeners.size, 0);
  });
});
