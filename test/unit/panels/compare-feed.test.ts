import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import { CompareFeed } from '../../../src/extension/panels/compare-feed.js';
import type { ToCompare } from '../../../src/panels/compare-messages.js';
import type { Run } from '../../../src/workspace/types.js';
import { tableRun } from '../../ui/webview/table-host.js';
import { pass, standStill } from '../../support/clock.js';
import { MemoryWorkspace } from '../../support/memory-workspace.js';
import { WorkspaceList } from '../../support/panel-workspaces.js';

/** More than is shown among others. */
const BIG = new Uint8Array(2_000_001);

const logged = (step: number, end = '.png') => `images/grid#a%step%${step}%timestamp%5%id${step}${end}`;

function putRun(workspace: MemoryWorkspace, number: number, more: Partial<Run> = {}): Run {
  const id = `run-${number}`;
  return workspace.put(id, {
    ...tableRun(number),
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
    ...more,
  });
}

/** Runs that each have code and files of their own. */
function workspaceOf(count = 3): MemoryWorkspace {
  const workspace = new MemoryWorkspace({ id: 'local' });
  for (let number = 1; number <= count; number++) {
    const { id } = putRun(workspace, number);
    workspace.writeCode(id, 'train.py', `seed = ${number}`);
    workspace.writeFile(id, 'images/a.jpg', new Uint8Array([1, 2, 3]));
    workspace.writeFile(id, logged(2), new Uint8Array([2]));
    workspace.writeFile(id, logged(10), new Uint8Array([10]));
    workspace.writeFile(id, logged(10, '%compressed.webp'), new Uint8Array([11]));
    workspace.writeFile(id, 'model/MLmodel', 'flavors: {}');
    workspace.writeFile(id, 'big.png', BIG);
    workspace.writeFile(id, 'notes.txt', 'all');
  }
  return workspace;
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
      workspaces: new WorkspaceList(workspace),
      post: (message) => posted.push(message),
      goals: (runs) => ({ [`metric:m${runs.length}`]: goal }),
      warn: (message) => assert.fail(message),
    });
    await pass(10);
  }
  afterEach(() => feed.dispose());

  /** What the workspace was asked that begins like this. */
  const asked = ({ asked }: MemoryWorkspace, start: string) =>
    asked.filter((question) => question.startsWith(start));
  const told = <T extends ToCompare['type']>(type: T) =>
    posted.filter((message): message is Extract<ToCompare, { type: T }> => message.type === type);

  it('tells the runs in the order asked for, then code against the first', async () => {
    const workspace = workspaceOf();
    await start(workspace, 'run-3', 'run-1', 'run-2');
    assert.deepEqual(
      told('runs')[0]?.runs.map(({ id }) => id),
      keys('run-3', 'run-1', 'run-2'),
    );
    assert.deepEqual(asked(workspace, 'diff '), ['diff run-3 run-1', 'diff run-3 run-2']);
    assert.equal(told('code')[0]?.files?.[0]?.path, 'train.py');
    assert.equal(feed.change('local/run-2')?.run.id, 'run-3');
  });

  it('tells what a person wants of metrics, and when that changes', async () => {
    await start(workspaceOf(), 'run-1', 'run-2');
    assert.deepEqual(told('runs')[0]?.goals, { 'metric:m2': 'lower' });
    goal = 'higher';
    feed.tellGoals();
    assert.deepEqual(told('goals'), [{ type: 'goals', goals: { 'metric:m2': 'higher' } }]);
  });

  it('takes pictures, of a series the last, and none that is too large', async () => {
    await start(workspaceOf(), 'run-1', 'run-2');
    assert.deepEqual(told('pictures')[0]?.pictures, {
      'images/a.jpg': 'data:image/jpeg;base64,AQID',
      'images/grid/a': 'data:image/png;base64,Cg==',
    });
  });

  it('tells what a run wrote, in all its folders, and which of it is text', async () => {
    await start(workspaceOf(), 'run-1', 'run-2');
    const files = told('files').find(({ runId }) => runId === 'local/run-2');
    assert.equal(files?.isCut, false);
    assert.deepEqual(
      files?.files?.filter(({ isText }) => isText).map(({ path }) => path),
      ['notes.txt', 'model/MLmodel'],
    );
    assert.ok(files?.files?.some(({ path }) => path === 'big.png'));
  });

  it('reads pictures again when the files of a run change, and only those with another content', async () => {
    const workspace = workspaceOf();
    await start(workspace, 'run-1', 'run-2');
    workspace.asked.length = 0;
    workspace.writeFile('run-2', 'images/a.jpg', new Uint8Array([3, 2, 1]));
    await pass(10);
    assert.deepEqual(asked(workspace, 'file '), ['file run-2 images/a.jpg']);
    assert.equal(told('pictures').at(-1)?.runId, 'local/run-2');
    assert.equal(told('changed').length, 0);
  });

  it('tells of data with its digest, of models and of packages', async () => {
    await start(workspaceOf(), 'run-1', 'run-2');
    assert.deepEqual(
      told('details').find(({ runId }) => runId === 'local/run-2'),
      {
        type: 'details',
        runId: 'local/run-2',
        data: { 'digits (training)': 'of run-2' },
        sources: { 'digits (training)': 's3://a/b' },
        models: { output: 'net' },
        environment: { Python: '3.12.1', torch: '2.1.0', rich: '' },
      },
    );
  });

  it('reads hundreds of runs in pages, and code, data and files of the first twelve only', async () => {
    const workspace = workspaceOf(300);
    await start(workspace, ...workspace.all.keys());
    assert.equal(told('runs')[0]?.runs.length, 300);
    assert.equal(told('runs')[0]?.detailed, 12);
    assert.equal(asked(workspace, 'diff ').length, 11);
    assert.equal(asked(workspace, 'run ').length, 12);
    assert.equal(told('files').length, 12);
  });

  it('names the metrics whose curves differ: not constants, and not what is the same', async () => {
    const workspace = workspaceOf();
    const ramp = (count: number) => Array.from({ length: count }, (_, i) => i);
    for (const number of [1, 2]) {
      const { id } = putRun(workspace, number, { metrics: {} });
      workspace.logMetric(id, 'loss', ramp(10 * number));
      workspace.logMetric(id, 'same', ramp(10));
      workspace.logMetric(id, 'final', [number]);
    }
    workspace.logMetric('run-1', 'lr', ramp(10));
    await start(workspace, 'run-1', 'run-2');
    assert.deepEqual(told('runs')[0]?.curves, ['loss', 'lr']);
    await feed.fetch({ type: 'fetch', id: 7, key: 'loss', runIds: keys('run-1', 'run-2'), maxPoints: 10 });
    assert.deepEqual(
      told('points').map(({ id, points }) => [id, points?.map(({ runId, total }) => [runId, total])]),
      [
        [
          7,
          [
            ['local/run-1', 10],
            ['local/run-2', 20],
          ],
        ],
      ],
    );
  });

  it('says where code was not kept, or cannot be compared, and goes on', async () => {
    const workspace = workspaceOf();
    delete workspace.all.get('run-2')!.code;
    workspace.code!.diff = () => Promise.reject(new TrainyardError('GIT_FAILED', 'Other repository.'));
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
    const workspace = workspaceOf();
    putRun(workspace, 4, { filesElsewhere: 's3://bucket/far' });
    await start(workspace, 'run-1', 'run-4');
    const far = told('files').find(({ runId }) => runId === 'local/run-4');
    assert.equal(far?.files, null);
    assert.match(far?.problem ?? '', /s3:\/\/bucket\/far/);
    workspace.files = () => Promise.reject(new TrainyardError('INTERNAL', 'The disk is gone.'));
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
    const workspace = workspaceOf();
    await start(workspace, 'run-1', 'run-2');
    workspace.changed('run-3', 'metrics');
    await pass(10);
    assert.equal(told('changed').length, 0);
    workspace.changed('run-2', 'metrics');
    await pass(10);
    assert.deepEqual(
      told('changed').flatMap(({ runs }) => runs.map(({ id }) => id)),
      ['local/run-2'],
    );
    assert.equal(asked(workspace, 'diff ').length, 1);
  });

  it('leaves out a run that is gone, and says so when nothing can be reached', async () => {
    const workspace = workspaceOf();
    await start(workspace, 'run-1', 'run-9');
    assert.equal(told('runs')[0]?.runs.length, 1);
    workspace.failure = new TrainyardError('SERVER_UNREACHABLE', 'No answer.');
    feed.show(keys('run-1'));
    await pass(10);
    assert.equal(told('error')[0]?.error.code, 'SERVER_UNREACHABLE');
  });
});
