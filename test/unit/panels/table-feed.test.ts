import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import type { PanelWorkspace } from '../../../src/extension/panels/panel-workspaces.js';
import { TableFeed, type Shown } from '../../../src/extension/panels/table-feed.js';
import type { ToTable } from '../../../src/panels/table-messages.js';
import type {
  Experiment,
  Points,
  PointsRequest,
  Run,
  RunPage,
  RunQuery,
  WorkspaceEvent,
} from '../../../src/workspace/types.js';
import { tableRun } from '../../ui/webview/table-host.js';
import { pass, standStill } from '../../support/clock.js';
import { WorkspaceList } from '../../support/panel-workspaces.js';

const EXPERIMENT: Experiment = {
  id: '1',
  name: 'digits',
  lifecycle: 'active',
  createdAt: 0,
  updatedAt: 0,
  tags: {},
};

/** A workspace in memory that pages and filters by id, and by name alone otherwise. */
class MemoryWorkspace {
  readonly id = 'local';
  readonly label = 'Memory';
  readonly queries: RunQuery[] = [];
  /** Runs of each request for points. */
  readonly asked: string[][] = [];
  readonly listeners = new Set<(event: WorkspaceEvent) => void>();
  list: Run[];
  failure: Error | undefined;

  constructor(count: number) {
    this.list = Array.from({ length: count }, (_, i) => tableRun(i + 1));
  }

  experiments(): Promise<Experiment[]> {
    return Promise.resolve([EXPERIMENT]);
  }

  runs(query: RunQuery): Promise<RunPage> {
    this.queries.push(query);
    if (this.failure) return Promise.reject(this.failure);
    const { filter = '', limit = 100, page = '0' } = query;
    if (filter.startsWith('bad')) return Promise.reject(new TrainyardError('BAD_REQUEST', 'Invalid clause.'));
    const name = /name = '(.*?)'/.exec(filter)?.[1];
    const ids = /IN \((.*)\)/.exec(filter)?.[1]?.match(/run-\d+/g);
    const found = this.list.filter(
      (run) => (name === undefined || run.name === name) && (!ids || ids.includes(run.id)),
    );
    const from = Number(page);
    const runs = found.slice(from, from + limit);
    return Promise.resolve({ runs, ...(from + limit < found.length && { nextPage: String(from + limit) }) });
  }

  points(requests: PointsRequest[], maxPoints: number): Promise<Points[]> {
    this.asked.push(requests.map(({ runId }) => runId));
    const column = new Float64Array(maxPoints).fill(0.5);
    const shape = { total: 1_000_000, reduced: true, steps: column, times: column, values: column };
    return Promise.resolve(requests.map(({ runId, key }) => ({ runId, key, ...shape })));
  }

  onEvent(listener: (event: WorkspaceEvent) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  tell(event: WorkspaceEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  changed(runId: string, experimentId = '1'): void {
    this.tell({ type: 'run', runId, experimentId, parts: ['metrics'] });
  }
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
        workspaces: new WorkspaceList(workspace as unknown as PanelWorkspace),
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
  const told = () => posted.flatMap((message) => (message.type === 'runs' ? message.chunk.ids : []));

  it('tells all runs page by page, in columns', async () => {
    await start(new MemoryWorkspace(2500));
    assert.deepEqual(types(), ['begin', 'runs', 'runs', 'runs', 'end']);
    assert.equal(told().length, 2500);
    const [, first] = posted;
    assert.ok(first?.type === 'runs');
    const names = first.chunk.texts.find(({ id }) => id === 'experiment');
    assert.deepEqual(names?.words, ['digits']);
  });

  it('asks for all experiments when none is named', async () => {
    const workspace = new MemoryWorkspace(1);
    await start(workspace, { experimentId: null });
    assert.equal(workspace.queries[0]?.experimentIds, undefined);
  });

  it('remembers a filter that was understood', async () => {
    await start(new MemoryWorkspace(3), { filter: "name = 'brave-finch-1'" });
    assert.deepEqual(told(), ['local/run-1']);
    assert.deepEqual(filters, ["name = 'brave-finch-1'"]);
  });

  it('says what is wrong with a filter, and leaves the table as it is', async () => {
    await start(new MemoryWorkspace(3), { filter: 'bad >> 3' });
    assert.deepEqual(posted, [{ type: 'filterProblem', message: 'Invalid clause.' }]);
    assert.deepEqual(filters, []);
  });

  it('goes on with what the table has after a filter that was not understood', async () => {
    const workspace = new MemoryWorkspace(3);
    await start(workspace);
    feed.show({ experimentId: 'local/1', filter: 'bad >> 3' });
    await pass(10);
    posted.length = 0;
    workspace.changed('run-2');
    await pass(10);
    assert.deepEqual(told(), ['local/run-2']);
  });

  it('asks once for many changes, and for those runs only', async () => {
    const workspace = new MemoryWorkspace(5);
    await start(workspace);
    const before = workspace.queries.length;
    posted.length = 0;
    workspace.changed('run-2');
    workspace.changed('run-2');
    await pass(10);
    assert.equal(workspace.queries.length, before + 1);
    assert.deepEqual(told(), ['local/run-2']);
  });

  it('drops a run that is deleted, or that the filter no longer lets pass', async () => {
    const workspace = new MemoryWorkspace(2);
    await start(workspace, { filter: "name = 'brave-finch-1'" });
    posted.length = 0;
    workspace.list[0]!.name = 'renamed';
    workspace.changed('run-1');
    await pass(10);
    assert.deepEqual(posted, [{ type: 'gone', ids: ['local/run-1'] }]);
    // In parentheses: it may be joined by OR.
    const { filter } = workspace.queries.at(-1) ?? {};
    assert.equal(filter, "(name = 'brave-finch-1') AND attributes.run_id IN ('run-1')");
  });

  it('does not ask for runs of another experiment, nor for lines of a log', async () => {
    const workspace = new MemoryWorkspace(2);
    await start(workspace);
    const before = workspace.queries.length;
    workspace.changed('run-9', '2');
    workspace.tell({ type: 'run', runId: 'run-1', experimentId: '1', parts: ['log'] });
    await pass(10);
    assert.equal(workspace.queries.length, before);
  });

  it('catches up after a load with what changed during it', async () => {
    const workspace = new MemoryWorkspace(2);
    const started = start(workspace);
    workspace.changed('run-1');
    await started;
    await pass(10);
    assert.deepEqual(types().toSorted(), ['begin', 'end', 'runs', 'runs']);
    assert.deepEqual(told(), ['local/run-1', 'local/run-2', 'local/run-1']);
  });

  it('loads anew after a reset, and shows only the last that was asked for', async () => {
    const workspace = new MemoryWorkspace(2);
    await start(workspace);
    posted.length = 0;
    workspace.tell({ type: 'reset' });
    feed.show({ experimentId: null, filter: '' });
    await pass(10);
    assert.deepEqual(types(), ['begin', 'runs', 'end']);
    assert.ok(posted[0]?.type === 'begin' && posted[0].experimentId === null);
  });

  it('reads the curves that are wanted some at a time, with few points', async () => {
    const workspace = new MemoryWorkspace(2);
    await start(workspace);
    posted.length = 0;
    feed.showCurves(Array.from({ length: 70 }, (_, i) => ({ runId: `local/run-${i}`, metric: 'loss' })));
    await pass(10);
    assert.deepEqual(
      workspace.asked.map((ids) => ids.length),
      [50, 20],
    );
    const [first] = posted;
    assert.ok(first?.type === 'curves');
    assert.equal(first.curves[0]?.metric, 'loss');
    assert.equal(first.curves[0]?.values.length, 60);
  });

  it('gives up the curves that were scrolled by', async () => {
    const workspace = new MemoryWorkspace(2);
    await start(workspace);
    const cells = (from: number) =>
      Array.from({ length: 60 }, (_, i) => ({ runId: `local/run-${from + i}`, metric: 'loss' }));
    feed.showCurves(cells(0));
    feed.showCurves(cells(1000));
    await pass(10);
    assert.deepEqual(
      workspace.asked.map(([id]) => id),
      ['run-0', 'run-1000', 'run-1050'],
    );
  });

  it('says so when the workspace cannot be reached', async () => {
    const workspace = new MemoryWorkspace(2);
    workspace.failure = new TrainyardError('SERVER_UNREACHABLE', 'No answer.');
    await start(workspace);
    assert.ok(posted[0]?.type === 'error' && posted[0].error.code === 'SERVER_UNREACHABLE');
  });

  it('is silent once it is disposed', async () => {
    const workspace = new MemoryWorkspace(2);
    const started = start(workspace);
    feed.dispose();
    await started;
    assert.deepEqual(posted, []);
    assert.equal(workspace.listeners.size, 0);
  });
});
