import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import type { ExperimentNode, RunNode } from '../../../src/extension/runs/run-nodes.js';
import { PAGE, RunsModel } from '../../../src/extension/runs/runs-model.js';
import type { RunPart } from '../../../src/workspace/types.js';
import { MemoryWorkspace } from '../../support/memory-workspace.js';

/** A workspace with experiments, each with the time at which it was made. */
function withExperiments(...experiments: [id: string, createdAt?: number][]): MemoryWorkspace {
  const source = new MemoryWorkspace();
  for (const [id, createdAt = 0] of experiments) source.experiment(id, { createdAt });
  return source;
}

const event = (runId: string, experimentId: string, ...parts: RunPart[]) =>
  ({ type: 'run', runId, experimentId, parts }) as const;
const ids = (nodes: readonly RunNode[]) => nodes.map(({ run }) => run.id);

async function group(model: RunsModel, id: string): Promise<ExperimentNode> {
  const found = (await model.groups()).find(({ experiment }) => experiment.id === id);
  assert.ok(found, `no experiment ${id}`);
  await model.load(found);
  return found;
}

describe('the runs that the tree shows', () => {
  it('put the experiment with the newest run first', async () => {
    const source = withExperiments(['1', 30], ['2', 20], ['3', 10]);
    source.put('a', { experimentId: '1', startTime: 100 });
    source.put('b', { experimentId: '2', startTime: 200 });
    const names = (await new RunsModel(source).groups()).map(({ experiment }) => experiment.id);
    assert.deepEqual(names, ['2', '1', '3']);
  });

  it('put an experiment that was just made before those that ran earlier', async () => {
    const source = withExperiments(['1', 10], ['2', 300]);
    source.put('a', { experimentId: '1', startTime: 100 });
    const names = (await new RunsModel(source).groups()).map(({ experiment }) => experiment.id);
    assert.deepEqual(names, ['2', '1']);
  });

  it('leave out the default experiment until it has a run', async () => {
    const source = withExperiments(['0'], ['1']);
    const model = new RunsModel(source);
    assert.deepEqual((await model.groups()).length, 1);
    source.put('a', { experimentId: '0', startTime: 1 });
    assert.equal(await model.apply([event('a', '0', 'state')]), 'all');
    assert.deepEqual((await model.groups()).length, 2);
  });

  it('ask for no run of an experiment that is not unfolded', async () => {
    const source = withExperiments(['1']);
    source.put('a', { experimentId: '1', startTime: 1 });
    await new RunsModel(source).groups();
    assert.deepEqual(source.asked, ['experiments', 'runs all']);
  });

  it('come newest first, a page at a time, each once', async () => {
    const source = withExperiments(['1']);
    for (let i = 0; i < PAGE + 7; i++) source.put(`r${i}`, { experimentId: '1', startTime: i });
    const model = new RunsModel(source);
    const one = await group(model, '1');
    assert.equal(one.top.length, PAGE);
    assert.equal(one.top[0]?.run.id, `r${PAGE + 6}`);
    source.put('new', { experimentId: '1', startTime: 1000 });
    await model.apply([event('new', '1', 'state')]);
    await model.more(one);
    assert.equal(one.nextPage, undefined);
    assert.deepEqual(ids(one.top), [
      'new',
      ...Array.from({ length: PAGE + 7 }, (_, i) => `r${PAGE + 6 - i}`),
    ]);
  });

  it('are nested below their parent, which comes from a later page if need be', async () => {
    const source = withExperiments(['1']);
    source.put('parent', { experimentId: '1', startTime: 0 });
    for (let i = 1; i <= PAGE; i++)
      source.put(`child${i}`, { experimentId: '1', startTime: i, parentRunId: 'parent' });
    const one = await group(new RunsModel(source), '1');
    assert.deepEqual(ids(one.top), ['parent']);
    assert.equal(one.top[0]?.children.length, PAGE);
    assert.equal(one.top[0]?.children[0]?.run.id, `child${PAGE}`);
  });

  it('stand at the top when their parent is gone, or when they name each other as parent', async () => {
    const source = withExperiments(['1']);
    source.put('orphan', { experimentId: '1', startTime: 3, parentRunId: 'gone' });
    source.put('egg', { experimentId: '1', startTime: 2, parentRunId: 'hen' });
    source.put('hen', { experimentId: '1', startTime: 1, parentRunId: 'egg' });
    const one = await group(new RunsModel(source), '1');
    const shown = new Set(one.top.flatMap((node) => [node, ...node.children]).map(({ run }) => run.id));
    assert.deepEqual([...shown].sort(), ['egg', 'hen', 'orphan']);
  });

  it('ask only for the run that an event names, and keep its node', async () => {
    const source = withExperiments(['1']);
    source.put('a', { experimentId: '1', startTime: 1 });
    source.put('b', { experimentId: '1', startTime: 2 });
    const model = new RunsModel(source);
    const one = await group(model, '1');
    const [, a] = one.top;
    source.asked.length = 0;
    source.put('a', { experimentId: '1', startTime: 1, state: 'failed' });
    assert.deepEqual(await model.apply([event('a', '1', 'state'), event('a', '1', 'metrics')]), new Set([a]));
    assert.equal(a?.run.state, 'failed');
    assert.deepEqual(source.asked, ['run a']);
  });

  it('forget the listed files of a run when its files change', async () => {
    const source = withExperiments(['1']);
    source.put('a', { experimentId: '1', startTime: 1 });
    const model = new RunsModel(source);
    const [a] = (await group(model, '1')).top;
    a?.files.set('', []);
    await model.apply([event('a', '1', 'metrics')]);
    assert.equal(a?.files.size, 1);
    await model.apply([event('a', '1', 'files')]);
    assert.equal(a?.files.size, 0);
  });

  it('lose a deleted run, and get it back', async () => {
    const source = withExperiments(['1']);
    const run = source.put('a', { experimentId: '1', startTime: 1 });
    source.put('b', { experimentId: '1', startTime: 2 });
    const model = new RunsModel(source);
    const one = await group(model, '1');
    run.lifecycle = 'deleted';
    await model.apply([event('a', '1', 'state')]);
    assert.deepEqual(ids(one.top), ['b']);
    run.lifecycle = 'active';
    await model.apply([event('a', '1', 'state')]);
    assert.deepEqual(ids(one.top), ['b', 'a']);
  });

  it('ask nothing for the metrics of a run in a folded experiment', async () => {
    const source = withExperiments(['1']);
    source.put('a', { experimentId: '1', startTime: 1 });
    const model = new RunsModel(source);
    await model.groups();
    source.asked.length = 0;
    assert.deepEqual(await model.apply([event('a', '1', 'metrics')]), new Set());
    assert.deepEqual(source.asked, []);
  });

  it('start anew after a lost connection', async () => {
    const source = withExperiments(['1']);
    const model = new RunsModel(source);
    await model.groups();
    source.experiment('2');
    assert.equal(await model.apply([{ type: 'reset' }]), 'all');
    assert.equal((await model.groups()).length, 2);
  });

  it('are only those that match while a filter is set', async () => {
    const source = withExperiments(['1'], ['2']);
    source.put('good-a', { experimentId: '1', startTime: 1 });
    source.put('bad-b', { experimentId: '1', startTime: 2 });
    source.put('bad-c', { experimentId: '2', startTime: 3 });
    const model = new RunsModel(source);
    await model.groups();
    model.query = { filter: 'good' };
    const groups = await model.groups();
    assert.deepEqual(
      groups.map(({ top }) => ids(top)),
      [['good-a']],
    );
    source.put('bad-d', { experimentId: '1', startTime: 4 });
    source.put('good-e', { experimentId: '1', startTime: 5 });
    await model.apply([event('bad-d', '1', 'state'), event('good-e', '1', 'state')]);
    assert.deepEqual(ids((await model.groups())[0]?.top ?? []), ['good-e', 'good-a']);
  });

  it('drop the answer to a question that was asked before the filter changed', async () => {
    const source = withExperiments(['1']);
    source.put('good', { experimentId: '1', startTime: 1 });
    source.put('bad', { experimentId: '1', startTime: 2 });
    const model = new RunsModel(source);
    const early = model.groups();
    model.query = { filter: 'good' };
    await early;
    assert.deepEqual(ids((await model.groups())[0]?.top ?? []), ['good']);
  });

  it('find a run that is on no loaded page', async () => {
    const source = withExperiments(['1']);
    const old = source.put('old', { experimentId: '1', startTime: 0 });
    for (let i = 1; i <= PAGE + 5; i++) source.put(`r${i}`, { experimentId: '1', startTime: i });
    const model = new RunsModel(source);
    const node = await model.ensure(old);
    assert.equal(node?.run.id, 'old');
    assert.equal(node?.group.top.at(-1), node);
  });

  it('try again after a failure', async () => {
    const source = withExperiments(['1']);
    const model = new RunsModel(source);
    source.failure = new TrainyardError('SERVER_UNREACHABLE', 'No answer.');
    await assert.rejects(model.groups(), { code: 'SERVER_UNREACHABLE' });
    source.failure = undefined;
    assert.equal((await model.groups()).length, 1);
  });
});
