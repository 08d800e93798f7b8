import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import { CompareFeed } from '../../../src/extension/panels/compare-feed.js';
import type { PanelWorkspace } from '../../../src/extension/panels/panel-workspaces.js';
import type { ToCompare } from '../../../src/panels/compare-messages.js';
import type {
  CodeDiff,
  Points,
  PointsRequest,
  Run,
  RunFile,
  RunPage,
  RunQuery,
  WorkspaceEvent,
} from '../../../src/workspace/types.js';
import type { Code } from '../../../src/workspace/workspace.js';
import { tableRun } from '../../ui/webview/table-host.js';
import { pass, standStill } from '../../support/clock.js';
import { WorkspaceList } from '../../support/panel-workspaces.js';

const DIFF: CodeDiff = {
  from: { runId: 'run-1', commit: 'a' },
  to: { runId: 'run-2', commit: 'b' },
  files: [{ path: 'train.py', status: 'modified', additions: 2, deletions: 1 }],
  patch: '',
};

class MemoryWorkspace {
  readonly id = 'local';
  readonly label = 'Memory';
  /** The part of it that the feed uses. */
  readonly code = this as unknown as Code;
  readonly listeners = new Set<(event: WorkspaceEvent) => void>();
  readonly diffs: [string, string][] = [];
  failure: Error | undefined;
  diffFailure: Error | undefined;
  list: Run[] = [1, 2, 3].map((number) => tableRun(number));
  readonly asked: string[] = [];
  reads = 0;
  filesFailure: Error | undefined;
  picture = '1';

  run(id: string): Promise<Run> {
    this.asked.push(id);
    const run = this.list.find((one) => one.id === id)!;
    return Promise.resolve({
      ...run,
      inputs: [
        {
          name: 'digits',
          digest: `of ${id}`,
          context: 'training',
          sourceType: 's3',
          source: '{"uri": "s3://a/b"}',
        },
      ],
      models: [{ id: 'm-1', name: 'net', role: 'output', step: 0 }],
      environment: { python: '3.12.1', packages: { torch: '2.1.0', rich: '' } },
    });
  }

  points(series: PointsRequest[]): Promise<Points[]> {
    const column = Float64Array.of(1);
    return Promise.resolve(
      series.map(({ runId, key }) => ({
        runId,
        key,
        total: 1,
        reduced: false,
        steps: column,
        times: column,
        values: column,
      })),
    );
  }

  runs({ filter = '' }: RunQuery): Promise<RunPage> {
    if (this.failure) return Promise.reject(this.failure);
    const ids: string[] = filter.match(/run-\d+/g) ?? [];
    return Promise.resolve({ runs: this.list.filter(({ id }) => ids.includes(id)) });
  }

  diff(runId: string, other: string): Promise<CodeDiff> {
    this.diffs.push([runId, other]);
    return this.diffFailure ? Promise.reject(this.diffFailure) : Promise.resolve(DIFF);
  }

  files(runId: string, folder: string): Promise<RunFile[]> {
    if (this.filesFailure) return Promise.reject(this.filesFailure);
    if (this.list.find(({ id }) => id === runId)?.filesElsewhere) return Promise.resolve([]);
    const logged = (step: number) => `images/grid#a%step%${step}%timestamp%5%id${step}.png`;
    const picture = { isFolder: false, bytes: 3, sha256: this.picture };
    if (folder === 'images')
      return Promise.resolve([
        { path: 'images/a.jpg', ...picture },
        { path: logged(2), isFolder: false, bytes: 3, sha256: 'two' },
        { path: logged(10), isFolder: false, bytes: 3, sha256: 'ten' },
        { path: 'images/grid#a%step%10%timestamp%5%id10%compressed.webp', isFolder: false, bytes: 1 },
      ]);
    if (folder === 'model') return Promise.resolve([{ path: 'model/MLmodel', isFolder: false, bytes: 5 }]);
    return Promise.resolve([
      { path: 'images', isFolder: true },
      { path: 'model', isFolder: true },
      { path: 'big.png', isFolder: false, bytes: 50_000_000 },
      { path: 'notes.txt', isFolder: false, bytes: 3 },
    ]);
  }

  readFile(_runId: string, path: string): Promise<Uint8Array> {
    this.reads++;
    if (path.endsWith('.png')) return Promise.resolve(new Uint8Array([path.includes('%step%10%') ? 10 : 2]));
    return Promise.resolve(new Uint8Array([1, 2, 3]));
  }

  onEvent(listener: (event: WorkspaceEvent) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }
}

const keys = (...ids: string[]) => ids.map((id) => `local/${id}`);

describe('CompareFeed', () => {
  standStill();
  let feed: CompareFeed;
  let posted: ToCompare[];
  let goal: 'lower' | 'higher' = 'lower';

  async function start(workspace: MemoryWorkspace, ...runIds: string[]): Promise<void> {
    posted = [];
    feed = new CompareFeed(keys(...runIds), {
      workspaces: new WorkspaceList(workspace as unknown as PanelWorkspace),
      post: (message) => posted.push(message),
      goals: (runs) => ({ [`metric:m${runs.length}`]: goal }),
      warn: (message) => assert.fail(message),
    });
    await pass(10);
  }
  afterEach(() => feed.dispose());

  const told = <T extends ToCompare['type']>(type: T) =>
    posted.filter((message): message is Extract<ToCompare, { type: T }> => message.type === type);

  it('tells the runs in the order asked for, then code against the first', async () => {
    const workspace = new MemoryWorkspace();
    await start(workspace, 'run-3', 'run-1', 'run-2');
    assert.deepEqual(
      told('runs')[0]?.runs.map(({ id }) => id),
      keys('run-3', 'run-1', 'run-2'),
    );
    assert.deepEqual(workspace.diffs, [
      ['run-3', 'run-1'],
      ['run-3', 'run-2'],
    ]);
    assert.equal(told('code')[0]?.files?.[0]?.path, 'train.py');
    assert.equal(feed.change('local/run-2')?.run.id, 'run-3');
  });

  it('tells what a person wants of metrics, and when that changes', async () => {
    await start(new MemoryWorkspace(), 'run-1', 'run-2');
    assert.deepEqual(told('runs')[0]?.goals, { 'metric:m2': 'lower' });
    goal = 'higher';
    feed.tellGoals();
    assert.deepEqual(told('goals'), [{ type: 'goals', goals: { 'metric:m2': 'higher' } }]);
  });

  it('takes pictures, of a series the last, and none that is too large', async () => {
    await start(new MemoryWorkspace(), 'run-1', 'run-2');
    assert.deepEqual(told('pictures')[0]?.pictures, {
      'images/a.jpg': 'data:image/jpeg;base64,AQID',
      'images/grid/a': 'data:image/png;base64,Cg==',
    });
  });

  it('tells what a run wrote, in all its folders, and which of it is text', async () => {
    await start(new MemoryWorkspace(), 'run-1', 'run-2');
    const files = told('files').find(({ runId }) => runId === 'local/run-2');
    assert.equal(files?.isCut, false);
    assert.deepEqual(
      files?.files?.filter(({ isText }) => isText).map(({ path }) => path),
      ['notes.txt', 'model/MLmodel'],
    );
    assert.ok(files?.files?.some(({ path }) => path === 'big.png'));
  });

  it('reads pictures again when the files of a run change, and only those with another content', async () => {
    const workspace = new MemoryWorkspace();
    await start(workspace, 'run-1', 'run-2');
    const before = workspace.reads;
    workspace.picture = '2';
    for (const listener of workspace.listeners)
      listener({ type: 'run', runId: 'run-2', experimentId: '1', parts: ['files'] });
    await pass(10);
    assert.equal(workspace.reads, before + 1);
    assert.equal(told('pictures').at(-1)?.runId, 'local/run-2');
    assert.equal(told('changed').length, 0);
  });

  it('tells of data with its digest, of models and of packages', async () => {
    await start(new MemoryWorkspace(), 'run-1', 'run-2');
    assert.deepEqual(
      told('details').find(({ runId }) => runId === 'local/run-2'),
      {
        type: 'details',
        runId: 'local/run-2',
        data: {
          'digits (training)': 'of run-2',
          'digits (training) from': 's3://a/b',
          'Output model': 'net',
        },
        environment: { Python: '3.12.1', torch: '2.1.0', rich: 'any' },
      },
    );
  });

  it('reads hundreds of runs in pages, and code, data and files of the first twelve only', async () => {
    const workspace = new MemoryWorkspace();
    workspace.list = Array.from({ length: 300 }, (_, i) => tableRun(i + 1));
    await start(workspace, ...workspace.list.map(({ id }) => id));
    assert.equal(told('runs')[0]?.runs.length, 300);
    assert.equal(told('runs')[0]?.detailed, 12);
    assert.equal(workspace.diffs.length, 11);
    assert.equal(workspace.asked.length, 12);
    assert.equal(told('files').length, 12);
  });

  it('names the metrics whose curves differ: not constants, and not what is the same', async () => {
    const workspace = new MemoryWorkspace();
    const series = (value: number, count: number) => ({
      value,
      step: 9,
      timestamp: 0,
      count,
      min: 0,
      max: value,
    });
    workspace.list[0]!.metrics = {
      loss: series(1, 10),
      same: series(1, 10),
      final: series(1, 1),
      lr: series(1, 10),
    };
    workspace.list[1]!.metrics = { loss: series(1, 12), same: series(1, 10), final: series(2, 1) };
    await start(workspace, 'run-1', 'run-2');
    assert.deepEqual(told('runs')[0]?.curves, ['loss', 'lr']);
    await feed.fetch({ type: 'fetch', id: 7, key: 'loss', runIds: keys('run-1', 'run-2'), maxPoints: 10 });
    assert.deepEqual(
      told('points').map(({ id, points }) => [id, points?.map(({ runId }) => runId)]),
      [[7, keys('run-1', 'run-2')]],
    );
  });

  it('says where code was not kept, or cannot be compared, and goes on', async () => {
    const workspace = new MemoryWorkspace();
    delete workspace.list[1]!.code;
    workspace.diffFailure = new TrainyardError('GIT_FAILED', 'Other repository.');
    await start(workspace, 'run-1', 'run-2', 'run-3');
    assert.deepEqual(
      told('code').map(({ runId, problem }) => [runId, problem]),
      [
        ['local/run-2', 'not kept'],
        ['local/run-3', 'Other repository.'],
      ],
    );
    assert.equal(told('error').length, 0);
  });

  it('says where files are that the workspace does not have, and why some cannot be listed', async () => {
    const workspace = new MemoryWorkspace();
    workspace.list[1]!.filesElsewhere = 's3://bucket/far';
    await start(workspace, 'run-1', 'run-2');
    const far = told('files').find(({ runId }) => runId === 'local/run-2');
    assert.equal(far?.files, null);
    assert.match(far?.problem ?? '', /s3:\/\/bucket\/far/);
    workspace.filesFailure = new TrainyardError('INTERNAL', 'The disk is gone.');
    feed.show(keys('run-1', 'run-3'));
    await pass(10);
    assert.deepEqual(
      told('files')
        .slice(2)
        .map(({ files, problem }) => [files, problem]),
      Array(2).fill([null, 'The disk is gone.']),
    );
  });

  it('reads the runs again when one of them changes, and no other', async () => {
    const workspace = new MemoryWorkspace();
    await start(workspace, 'run-1', 'run-2');
    const tell = (runId: string) => {
      for (const listener of workspace.listeners)
        listener({ type: 'run', runId, experimentId: '1', parts: ['metrics'] });
    };
    tell('run-3');
    await pass(10);
    assert.equal(told('changed').length, 0);
    tell('run-2');
    await pass(10);
    assert.deepEqual(
      told('changed').flatMap(({ runs }) => runs.map(({ id }) => id)),
      ['local/run-2'],
    );
    assert.equal(workspace.diffs.length, 1);
  });

  it('leaves out a run that is gone, and says so when nothing can be reached', async () => {
    const workspace = new MemoryWorkspace();
    await start(workspace, 'run-1', 'run-9');
    assert.equal(told('runs')[0]?.runs.length, 1);
    workspace.failure = new TrainyardError('SERVER_UNREACHABLE', 'No answer.');
    feed.show(keys('run-1'));
    await pass(10);
    assert.equal(told('error')[0]?.error.code, 'SERVER_UNREACHABLE');
  });
});
