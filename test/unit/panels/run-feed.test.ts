import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import { RunFeed } from '../../../src/extension/panels/run-feed.js';
import type { ToRun } from '../../../src/panels/run-messages.js';
import { shownRun } from '../../../src/extension/panels/shown-run.js';
import { tableRun } from '../../ui/webview/table-host.js';
import { pass, standStill } from '../../support/clock.js';
import { MemoryWorkspace } from '../../support/memory-workspace.js';
import { WorkspaceList } from '../../support/panel-workspaces.js';

const NOTE = 'mlflow.note.content';

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
      workspaces: new WorkspaceList(workspace),
      post: (message) => posted.push(message),
      warn: (message) => warned.push(message),
      onRun: () => undefined,
      goals: () => ({ 'metric:val_loss': 'higher' }),
      collapsed: () => ['tags'],
    });
    await pass(10);
  }
  beforeEach(() => {
    workspace = new MemoryWorkspace({ id: 'local' });
    workspace.experiment('1', { name: 'digits' });
    const run = tableRun(1);
    workspace.put('run-1', { ...run, state: 'running', job: { ...run.job!, runId: 'run-1' } });
    workspace.writeFile('run-1', 'roc.png', new Uint8Array([1, 2, 3]));
    workspace.writeFile('run-1', 'huge.png', new Uint8Array(50_000_000));
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
    workspace.changed('run-1', 'log');
    for (let i = 0; i < 50; i++) workspace.changed('run-1', 'metrics');
    await pass(1100);
    assert.equal(workspace.asked.filter((question) => question === 'run run-1').length, 2);
  });

  it('thins curves, and passes on what is no number', async () => {
    await start();
    workspace.logMetric('run-1', 'short', [1, NaN, 3]);
    workspace.logMetric(
      'run-1',
      'long',
      Array.from({ length: 5000 }, (_, i) => Math.sin(i)),
    );
    await feed.points(['short']);
    await feed.points(['long']);
    const [short, long] = of('points').map(({ series }) => series[0]!.values);
    assert.deepEqual([...short!], [1, NaN, 3]);
    assert.ok(long!.length >= 100 && long!.length <= 200, String(long!.length));
  });

  it('follows the end of the log while it is wanted', async () => {
    await start();
    const listening = workspace.listeners.size;
    const following = feed.log(true);
    await pass(5);
    assert.ok(workspace.asked.some((question) => /^log run-1 -\d+$/.test(question)));
    workspace.print('run-1', 'one\ntwo\n');
    await pass(200);
    assert.deepEqual(of('log').at(-1), { type: 'log', text: 'one\ntwo', isCut: false });
    await feed.log(false);
    await following;
    assert.equal(workspace.listeners.size, listening);
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
    assert.equal(workspace.all.get('run-1')?.tags[NOTE], 'mine');
    workspace.put('run-1', { ...workspace.all.get('run-1'), tags: { [NOTE]: 'theirs' } });
    await feed.saveNote({ type: 'saveNote', text: 'mine again', base: 'mine' });
    assert.deepEqual(of('noteConflict'), [{ type: 'noteConflict', note: 'theirs' }]);
    assert.equal(workspace.all.get('run-1')?.tags[NOTE], 'theirs');
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
    assert.match(warned[0]!, /Away/);
  });

  it('is silent after it was disposed', async () => {
    await start();
    const before = posted.length;
    feed.dispose();
    workspace.changed('run-1', 'metrics');
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

  it('names the job file that it came from', () => {
    const shown = shownRun(tableRun(1, { tags: { 'trainyard.jobFile': '/project/job.yml' } }), '', {});
    assert.deepEqual(
      shown.facts.filter(([name]) => name === 'Job file'),
      [['Job file', '/project/job.yml']],
    );
    assert.deepEqual(shown.tags, []);
  });

  it('names the environment that it ran in, whose definition can be opened', () => {
    const run = tableRun(1);
    const environment = { kind: 'asset', name: 'training', version: '3' } as const;
    const shown = shownRun({ ...run, job: { ...run.job!, environment } }, '', {});
    assert.deepEqual(shown.definedEnvironment, { name: 'training', version: '3' });
    assert.deepEqual(shown.environment[1], ['Environment', 'training:3']);
    assert.equal(shownRun(run, '', {}).definedEnvironment, undefined);
  });

  it('tells of progress only while the run goes on', () => {
    const run = tableRun(1);
    const job = { ...run.job!, progress: { done: 1, total: 2 } };
    assert.equal(shownRun({ ...run, job }, '', {}).progress, undefined);
    assert.deepEqual(shownRun({ ...run, job, state: 'running' }, '', {}).progress, job.progress);
  });
});
