import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrainyardError } from '../../../src/base/errors.js';
import { CompareFeed } from '../../../src/extension/panels/compare-feed.js';
import type { ToCompare } from '../../../src/extension/panels/compare-messages.js';
import type {
  CodeDiff,
  Run,
  RunFile,
  RunPage,
  RunQuery,
  WorkspaceEvent,
} from '../../../src/workspace/types.js';
import { tableRun } from '../../ui/webview/table-host.js';

const DIFF: CodeDiff = {
  from: { runId: 'run-1', commit: 'a' },
  to: { runId: 'run-2', commit: 'b' },
  files: [{ path: 'train.py', status: 'modified', additions: 2, deletions: 1 }],
  patch: '',
};

class MemoryWorkspace {
  readonly listeners = new Set<(event: WorkspaceEvent) => void>();
  readonly diffs: [string, string][] = [];
  failure: Error | undefined;
  diffFailure: Error | undefined;
  list: Run[] = [1, 2, 3].map((number) => tableRun(number));

  runs({ filter = '' }: RunQuery): Promise<RunPage> {
    if (this.failure) return Promise.reject(this.failure);
    const ids: string[] = filter.match(/run-\d+/g) ?? [];
    return Promise.resolve({ runs: this.list.filter(({ id }) => ids.includes(id)) });
  }

  diff(runId: string, other: string): Promise<CodeDiff> {
    this.diffs.push([runId, other]);
    return this.diffFailure ? Promise.reject(this.diffFailure) : Promise.resolve(DIFF);
  }

  files(_runId: string, folder: string): Promise<RunFile[]> {
    if (folder === 'images') return Promise.resolve([{ path: 'images/a.jpg', isFolder: false, bytes: 3 }]);
    return Promise.resolve([
      { path: 'images', isFolder: true },
      { path: 'model', isFolder: true },
      { path: 'big.png', isFolder: false, bytes: 50_000_000 },
      { path: 'notes.txt', isFolder: false, bytes: 3 },
    ]);
  }

  readFile(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array([1, 2, 3]));
  }

  onEvent(listener: (event: WorkspaceEvent) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }
}

describe('CompareFeed', () => {
  let feed: CompareFeed;
  let posted: ToCompare[];

  async function start(workspace: MemoryWorkspace, ...runIds: string[]): Promise<void> {
    posted = [];
    feed = new CompareFeed(runIds, {
      workspace,
      post: (message) => posted.push(message),
      warn: (message) => assert.fail(message),
    });
    await sleep(10);
  }
  afterEach(() => feed.dispose());

  const told = <T extends ToCompare['type']>(type: T) =>
    posted.filter((message): message is Extract<ToCompare, { type: T }> => message.type === type);

  it('tells the runs in the order asked for, then code against the first', async () => {
    const workspace = new MemoryWorkspace();
    await start(workspace, 'run-3', 'run-1', 'run-2');
    assert.deepEqual(
      told('runs')[0]?.runs.map(({ id }) => id),
      ['run-3', 'run-1', 'run-2'],
    );
    assert.deepEqual(workspace.diffs, [
      ['run-3', 'run-1'],
      ['run-3', 'run-2'],
    ]);
    assert.equal(told('code')[0]?.files?.[0]?.path, 'train.py');
    assert.equal(feed.change('run-2')?.run.id, 'run-3');
  });

  it('takes pictures of the usual folders, and none that is too large', async () => {
    await start(new MemoryWorkspace(), 'run-1', 'run-2');
    assert.deepEqual(told('pictures')[0]?.pictures, { 'images/a.jpg': 'data:image/jpeg;base64,AQID' });
  });

  it('says where code was not kept, or cannot be compared, and goes on', async () => {
    const workspace = new MemoryWorkspace();
    delete workspace.list[1]!.code;
    workspace.diffFailure = new TrainyardError('GIT_FAILED', 'Other repository.');
    await start(workspace, 'run-1', 'run-2', 'run-3');
    assert.deepEqual(
      told('code').map(({ runId, problem }) => [runId, problem]),
      [
        ['run-2', 'not kept'],
        ['run-3', 'Other repository.'],
      ],
    );
    assert.equal(told('error').length, 0);
  });

  it('reads the runs again when one of them changes, and no other', async () => {
    const workspace = new MemoryWorkspace();
    await start(workspace, 'run-1', 'run-2');
    const tell = (runId: string) => {
      for (const listener of workspace.listeners)
        listener({ type: 'run', runId, experimentId: '1', parts: ['metrics'] });
    };
    tell('run-3');
    await sleep(10);
    assert.equal(told('runs').length, 1);
    tell('run-2');
    await sleep(10);
    assert.equal(told('runs').length, 2);
    assert.equal(workspace.diffs.length, 1);
  });

  it('leaves out a run that is gone, and says so when nothing can be reached', async () => {
    const workspace = new MemoryWorkspace();
    await start(workspace, 'run-1', 'run-9');
    assert.equal(told('runs')[0]?.runs.length, 1);
    workspace.failure = new TrainyardError('SERVER_UNREACHABLE', 'No answer.');
    feed.show(['run-1']);
    await sleep(10);
    assert.equal(told('error')[0]?.error.code, 'SERVER_UNREACHABLE');
  });
});
