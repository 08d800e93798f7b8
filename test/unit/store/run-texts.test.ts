import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { runText } from '../../../src/server/mlflow/entities.js';
import { toRuns } from '../../../src/server/api/run-view.js';
import { type Face, RunTexts } from '../../../src/server/store/run-texts.js';
import { Store } from '../../../src/server/store/store.js';

describe('texts of runs', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-texts-'));
  let store: Store;
  const RUNS = ['a', 'b', 'c'];

  before(async () => {
    store = Store.open(folder);
    await store.write(() => {
      for (const id of RUNS) store.runs.create({ id, experimentId: '0', startTime: 1 });
      const baseEnv = {};
      const spec = {
        command: ['true'],
        target: 'here',
        workingFolder: '/',
        environmentVariables: {},
      } as never;
      store.jobs.create({ runId: 'c', spec, baseEnv, secretNames: [], memoryNames: [], queuedAt: 1 });
    });
  });
  after(async () => {
    await store.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const writers: Record<Face, (ids: readonly string[]) => string[]> = {
    mlflow: (ids) => store.runs.listed(ids).map(runText),
    own: (ids) => toRuns(store, store.runs.many(ids)).map((run) => JSON.stringify(run)),
  };
  const assertTrue = () => {
    for (const face of ['mlflow', 'own'] as const)
      assert.deepEqual(
        store.runTexts.of(face, RUNS, writers[face]),
        RUNS.flatMap((id) => writers[face]([id])),
      );
  };

  /** Everything that changes what is told of a run. */
  const changes: Record<string, (id: string, value: number) => unknown> = {
    tag: (id, value) => store.runs.setTags(id, { mark: `${value}` }),
    untag: (id) => store.runs.deleteTag(id, 'mark'),
    params: (id, value) => store.runs.logParams(id, { [`p${value}`]: 'x' }),
    metric: (id, value) => store.metrics.append(id, [{ key: 'loss', value, timestamp: value, step: value }]),
    name: (id, value) => store.runs.update(id, { name: `name ${value}` }),
    end: (id, value) => store.runs.update(id, { status: 'finished', endTime: value }),
    delete: (id) => store.runs.setLifecycle(id, 'deleted'),
    restore: (id) => store.runs.setLifecycle(id, 'active'),
    dataset: (id, value) =>
      store.runs.addDatasets(id, [
        { name: 'd', digest: `${value}`, sourceType: 'local', source: '', tags: {} },
      ]),
    input: (id, value) => store.runs.addModelInputs(id, [`m-${value}`]),
    output: (id, value) => store.runs.addModelOutputs(id, [{ modelId: `m-${value}`, step: value }]),
    job: (_, value) => store.jobs.update('c', { state: 'running', startedAt: value }),
    progress: (_, value) => store.jobs.update('c', { progress: { done: value, total: 100 } as never }),
    exit: (_, value) => store.jobs.update('c', { state: 'failed', exitCode: value, endedAt: value }),
    experiment: () => {
      if (store.experiments.get('0')?.lifecycle === 'active') store.experiments.delete('0');
      else store.experiments.restore('0');
    },
  };

  for (const [name, change] of Object.entries(changes))
    it(`are true after a change: ${name}`, async () => {
      assertTrue();
      const before = store.runTexts.of('own', RUNS, writers.own).join();
      await store.write(() => change('a', 7));
      assertTrue();
      if (['metric', 'name', 'end', 'job', 'progress', 'exit', 'tag', 'untag', 'delete'].includes(name))
        assert.notEqual(store.runTexts.of('own', RUNS, writers.own).join(), before, 'it shows');
    });

  it('are true after any changes, also undone ones', async () => {
    const one = fc.record({
      name: fc.constantFrom(...Object.keys(changes)),
      id: fc.constantFrom(...RUNS),
      value: fc.integer({ min: 0, max: 50 }),
      isUndone: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 6 }), async (list) => {
        const undone = new Error('undone');
        await Promise.all(
          list.map(({ name, id, value, isUndone }) =>
            store
              .write(() => {
                changes[name]?.(id, value);
                if (isUndone) throw undone;
              })
              .catch((error: unknown) => assert.equal(error, undone)),
          ),
        );
        assertTrue();
      }),
      { numRuns: 60 },
    );
  });

  it('are written once, and those not asked for make room for others', () => {
    const read: string[] = [];
    const write = (ids: readonly string[]) => ids.map((id) => (read.push(id), id.repeat(10)));
    const texts = new RunTexts(45);
    assert.deepEqual(
      texts.of('own', ['a', 'b', 'a'], write),
      ['a', 'b', 'a'].map((id) => id.repeat(10)),
    );
    texts.of('own', ['a'], write);
    texts.of('own', ['c', 'a'], write);
    texts.of('own', ['b'], write);
    assert.deepEqual(read.join(''), 'abacb');
  });
});
