import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import type { PanelWorkspace } from '../../../src/extension/panels/panel-workspaces.js';
import { RunFeed } from '../../../src/extension/panels/run-feed.js';
import type { ToRun } from '../../../src/panels/run-messages.js';
import { shownRun } from '../../../src/extension/panels/shown-run.js';
import type {
  Experiment,
  Points,
  PointsRequest,
  Run,
  RunFile,
  RunPart,
  WorkspaceEvent,
} from '../../../src/workspace/types.js';
import type { Edit, Jobs } from '../../../src/workspace/workspace.js';
import { tableRun } from '../../ui/webview/table-host.js';
import { pass, standStill } from '../../support/clock.js';
import { WorkspaceList } from '../../support/panel-workspaces.js';

const NOTE = 'mlflow.note.content';

class MemoryWorkspace {
  readonly id = 'local';
  readonly label = 'Memory';
  /** The part of it that the feed uses. */
  readonly jobs = this as unknown as Jobs;
  /** The part of it that the feed uses. */
  readonly edit = this as unknown as Edit;
  readonly listeners = new Set<(event: WorkspaceEvent) => void>();
  current: Run = tableRun(1);
  failure: Error | undefined;
  reads = 0;
  logFrom: number | undefined;
  isLogOpen = false;
  #more: (chunk: string) => void = () => undefined;

  run(): Promise<Run> {
    this.reads += 1;
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(this.current);
  }
  experiments(): Promise<Experiment[]> {
    return Promise.resolve([
      { id: '1', name: 'digits', lifecycle: 'active', createdAt: 0, updatedAt: 0, tags: {} },
    ]);
  }
  points(requests: PointsRequest[], maxPoints: number): Promise<Points[]> {
    const none = new Float64Array();
    return Promise.resolve(
      requests.map(({ runId, key }) => ({
        runId,
        key,
        total: 3,
        reduced: false,
        steps: none,
        times: none,
        values: Float64Array.of(1, NaN, maxPoints),
      })),
    );
  }
  files(): Promise<RunFile[]> {
    return Promise.resolve([
      { path: 'roc.png', isFolder: false, bytes: 3 },
      { path: 'huge.png', isFolder: false, bytes: 50_000_000 },
    ]);
  }
  readFile(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array([1, 2, 3]));
  }
  async *log(_id: string, { from = 0 }: { from?: number }, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    this.logFrom = from;
    this.isLogOpen = true;
    try {
      while (!signal?.aborted)
        yield Buffer.from(
          await new Promise<string>((resolve, reject) => {
            this.#more = resolve;
            signal?.addEventListener('abort', () => reject(new Error('aborted')));
          }),
        );
    } finally {
      this.isLogOpen = false;
    }
  }
  write(text: string): void {
    this.#more(text);
  }
  tag(_id: string, tags: Record<string, string | null>): Promise<void> {
    this.current = { ...this.current, tags: { ...this.current.tags, [NOTE]: tags[NOTE] ?? '' } };
    return Promise.resolve();
  }
  onEvent(listener: (event: WorkspaceEvent) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }
  tell(...parts: RunPart[]): void {
    for (const listener of this.listeners)
      listener({ type: 'run', runId: this.current.id, experimentId: '1', parts });
  }
}

describe('RunFeed', () => {
  standStill();
  let workspace: MemoryWorkspace;
  let feed: RunFeed;
  let posted: ToRun[];
  let warned: string[];

  async function start(): Promise<void> {
    posted = [];
    warned = [];
    feed = new RunFeed('local/run-1', {
      workspaces: new WorkspaceList(workspace as unknown as PanelWorkspace),
      post: (message) => posted.push(message),
      warn: (message) => warned.push(message),
      onRun: () => undefined,
      goals: () => ({ 'metric:val_loss': 'higher' }),
      collapsed: () => ['tags'],
    });
    await pass(10);
  }
  beforeEach(() => {
    workspace = new MemoryWorkspace();
  });
  afterEach(() => feed.dispose());

  const of = <T extends ToRun['type']>(type: T) =>
    posted.filter((message): message is Extract<ToRun, { type: T }> => message.type === type);

  it('tells of the run, of goals, of what is closed, and of its pictures', async () => {
    await start();
    const [told] = of('run');
    assert.equal(told?.run.experiment, 'digits');
    assert.deepEqual(told?.collapsed, ['tags']);
    assert.deepEqual(told?.goals, { 'metric:val_loss': 'higher' });
    assert.deepEqual(of('found')[0]?.found.pictures, [{ path: 'roc.png', name: 'roc.png' }]);
  });

  it('reads the run once for many events, and not when its log grows', async () => {
    await start();
    workspace.tell('log');
    for (let i = 0; i < 50; i++) workspace.tell('metrics');
    await pass(1100);
    assert.equal(workspace.reads, 2);
  });

  it('thins curves, and passes on what is no number', async () => {
    await start();
    await feed.points(['loss']);
    assert.deepEqual([...of('points')[0]!.series[0]!.values], [1, NaN, 200]);
  });

  it('follows the end of the log while it is wanted', async () => {
    await start();
    const following = feed.log(true);
    await pass(5);
    assert.ok((workspace.logFrom ?? 0) < 0);
    workspace.write('one\ntwo\n');
    await pass(200);
    assert.deepEqual(of('log').at(-1), { type: 'log', text: 'one\ntwo', isCut: false });
    await feed.log(false);
    await following;
    assert.equal(workspace.isLogOpen, false);
    assert.deepEqual(warned, []);
  });

  it('reads pictures that can be shown, and nothing that the run does not list', async () => {
    await start();
    await feed.picture('roc.png');
    await feed.picture('huge.png');
    await feed.picture('../secret.png');
    assert.deepEqual(
      of('picture').map(({ uri }) => uri),
      ['data:image/png;base64,AQID', null, null],
    );
  });

  it('saves a note, and refuses to write over one that was changed meanwhile', async () => {
    await start();
    await feed.saveNote({ type: 'saveNote', text: 'mine', base: '' });
    assert.equal(workspace.current.tags[NOTE], 'mine');
    workspace.current = { ...workspace.current, tags: { [NOTE]: 'theirs' } };
    await feed.saveNote({ type: 'saveNote', text: 'mine again', base: 'mine' });
    assert.deepEqual(of('noteConflict'), [{ type: 'noteConflict', note: 'theirs' }]);
    assert.equal(workspace.current.tags[NOTE], 'theirs');
  });

  it('says that a run is gone', async () => {
    workspace.failure = new TrainyardError('NOT_FOUND', 'Gone.');
    await start();
    assert.equal(of('error')[0]?.error.message, 'Gone.');
  });

  it('goes on with what it showed when the run cannot be read again', async () => {
    await start();
    workspace.failure = new TrainyardError('SERVER_UNREACHABLE', 'Away.');
    feed.reload();
    await pass(1100);
    assert.deepEqual(of('error'), []);
    assert.equal(warned.length, 1);
  });

  it('is silent after it was disposed', async () => {
    await start();
    const before = posted.length;
    feed.dispose();
    workspace.tell('metrics');
    await pass(20);
    assert.equal(posted.length, before);
    assert.equal(workspace.listeners.size, 0);
  });
});

describe('what the panel shows of a run', () => {
  it('leaves out what is not known, and puts the metrics of the machine last', () => {
    const {
      job: _,
      code: _code,
      ...run
    } = tableRun(1, { tags: { [NOTE]: 'hi', stage: 'a', 'mlflow.user': 'ada' } });
    const shown = shownRun(run, 'digits', {});
    assert.deepEqual(shown.facts, [
      ['User', 'ada'],
      ['Not in this workspace', 'changes of runs, code of runs, jobs, registered models'],
    ]);
    assert.equal(shown.metrics.at(-1), 'system/cpu');
    assert.equal(shown.values.length, shown.metrics.length);
    assert.equal(shown.note, 'hi');
    assert.deepEqual(shown.tags, [['stage', 'a']]);
  });

  it('tells of progress only while the run goes on', () => {
    const run = tableRun(1);
    const job = { ...run.job!, progress: { done: 1, total: 2 } };
    assert.equal(shownRun({ ...run, job }, '', {}).progress, undefined);
    assert.deepEqual(shownRun({ ...run, job, state: 'running' }, '', {}).progress, job.progress);
  });
});
