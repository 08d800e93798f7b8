import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { foldersOf } from '../../../src/server/jobs/folders.js';
import { Purger } from '../../../src/server/purger.js';
import { pino } from 'pino';
import { createEnvironment } from '../../../src/server/environments/create.js';
import { Scratch } from '../jobs/scratch.js';

describe('a purge', () => {
  let scratch: Scratch;
  let purger: Purger;
  beforeEach(async () => {
    scratch = await Scratch.make();
    purger = new Purger(scratch.store, scratch.home, pino({ level: 'silent' }));
  });
  afterEach(() => scratch.close());

  const newRun = (experimentId = '0', tags: Record<string, string> = {}) =>
    scratch.store.write(() => scratch.store.runs.create({ experimentId, startTime: 1000, tags }).id);
  const remove = (...ids: string[]) =>
    scratch.store.write(() => ids.forEach((id) => scratch.store.runs.setLifecycle(id, 'deleted')));
  const purge = async (before = Date.now()) => {
    const sum = { runs: 0, models: 0, experiments: 0, bytes: 0 };
    for (let done = false; !done;) {
      const step = await purger.step(before);
      for (const part of Object.keys(sum) as (keyof typeof sum)[]) sum[part] += step[part];
      done = step.done;
    }
    await scratch.store.artifacts.settled();
    return sum;
  };
  const objects = () =>
    fs
      .readdirSync(path.join(scratch.home, 'store/objects'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /^[0-9a-f]{62}$/.test(entry.name)).length;
  const refs = () => scratch.git('for-each-ref', '--format=%(refname)', 'refs/trainyard');

  it('takes a job away with its files, log, folder and kept code, and nothing of the others', async () => {
    const script =
      'head -c 100000 /dev/urandom > "$TRAINYARD_OUTPUT/own.bin"; echo same > same.txt; echo out\n';
    const [gone, stays] = [await scratch.submit(script), await scratch.submit(script)];
    await Promise.all([scratch.ended(gone), scratch.ended(stays)]);
    await scratch.store.write(() =>
      scratch.store.metrics.append(gone, [{ key: 'loss', value: 1, step: 0, timestamp: 1 }]),
    );
    await remove(gone);
    assert.equal(objects(), 3);
    const found = await purger.measure(Date.now());
    assert.deepEqual([found.runs, found.kept], [1, { active: 0, registered: 0, needed: 0 }]);
    // Once as a file of the run and once in the folder of the job; what the other run has too is not counted.
    assert.ok(found.bytes > 200_000 && found.bytes < 215_000, String(found.bytes));
    const { runs, bytes } = await purge();
    assert.equal(runs, 1);
    assert.ok(bytes >= 200_000, String(bytes));
    assert.equal(scratch.store.runs.get(gone), undefined);
    assert.equal(scratch.store.jobs.get(gone), undefined);
    assert.deepEqual(scratch.store.metrics.summaries(gone), {});
    assert.equal(fs.existsSync(foldersOf(scratch.home, gone).root), false);
    assert.equal(refs(), `refs/trainyard/runs/${stays}`);
    assert.equal(objects(), 2);
    assert.deepEqual(scratch.outputs(stays), ['own.bin', 'same.txt']);
    assert.equal(scratch.log(stays), 'out\n');
    assert.equal((await purger.measure(Date.now())).runs, 0);
  });

  it('gives the room of points back to the disk, and the next metrics are their own', async () => {
    const { store } = scratch;
    const points = (value: number) =>
      Array.from({ length: 100_000 }, (_, step) => ({
        key: 'x',
        value: Math.random() + value,
        step,
        timestamp: step * 7,
      }));
    const id = await newRun();
    await store.write(() => store.metrics.append(id, points(0)));
    store.metrics.points({ runId: id, key: 'x', from: 0 }, 1000);
    const full = store.size();
    assert.ok(full > 800_000, String(full));
    await remove(id);
    const { bytes } = await purger.measure(Date.now());
    assert.ok(Math.abs(bytes / full - 1) < 0.4, `${bytes} of ${full}`);
    const purged = await purge();
    assert.ok(store.size() < full / 4, `${store.size()} of ${full}`);
    assert.ok(purged.bytes > full / 2, String(purged.bytes));
    const next = await newRun();
    await store.write(() => store.metrics.append(next, points(10)));
    const drawn = store.metrics.points({ runId: next, key: 'x', from: 0 }, 1000);
    assert.ok(drawn.values.every((value) => value >= 10));
  });

  it('leaves a run whose job is active, however it was deleted', async () => {
    const id = await scratch.submit('sleep 30\n');
    await scratch.running(id);
    await remove(id);
    assert.deepEqual((await purger.measure(Date.now())).kept, { active: 1, registered: 0, needed: 0 });
    assert.equal((await purge()).runs, 0);
    assert.equal(scratch.job(id).state, 'running');
  });

  it('leaves a run, and a logged model, that a data asset leads to, and says so', async () => {
    const { store } = scratch;
    const [held, gone] = [await newRun(), await newRun()];
    await store.artifacts.put(`runs/${held}`, 'rows.csv', Buffer.from('a'));
    const model = await store.write(() => {
      store.data.create({ name: 'rows', type: 'uri_file', path: `runs:/${held}/rows.csv` });
      const { id } = store.models.createLogged({ experimentId: '0', sourceRunId: gone });
      store.data.create({ name: 'net', type: 'uri_folder', path: `models:/${id}` });
      return id;
    });
    await store.artifacts.put(`models/${model}`, 'MLmodel', Buffer.from('b'));
    await remove(held, gone);
    const found = await purger.measure(Date.now());
    assert.deepEqual(
      [found.runs, found.models, found.kept],
      [1, 0, { active: 0, registered: 0, needed: 0, data: 1, dataAssets: ['rows:1'] }],
    );
    assert.equal((await purge()).runs, 1);
    assert.ok(store.artifacts.stat(`runs/${held}`, 'rows.csv'));
    assert.ok(store.artifacts.stat(`models/${model}`, 'MLmodel'));
  });

  it('leaves the build contexts of environments, and takes those that came to none', async () => {
    const { store } = scratch;
    const { definition } = await createEnvironment(store, {
      name: 'e',
      definition: {},
      build: { folder: contextFolder(scratch.home), dockerfile: 'Dockerfile' },
    });
    const [kept, orphan, fresh] = [definition.build?.context ?? '', 'f'.repeat(64), 'e'.repeat(64)];
    for (const sha256 of [orphan, fresh])
      await store.artifacts.put(`environments/${sha256}`, 'context.tar', Buffer.from(sha256));
    const real = Date.now;
    try {
      // A day later, but for one that is just being created.
      Date.now = () => real() + 2 * 86_400_000;
      await store.artifacts.put(`environments/${fresh}`, 'context.tar', Buffer.from(fresh));
      await purge();
    } finally {
      Date.now = real;
    }
    assert.deepEqual(
      [kept, orphan, fresh].map(
        (sha256) => store.artifacts.stat(`environments/${sha256}`, 'context.tar') !== undefined,
      ),
      [true, false, true],
    );
  });

  it('leaves a run of whose files a registered model is made, and a logged model that is registered', async () => {
    const { store } = scratch;
    const [held, gone] = [await newRun(), await newRun()];
    await store.artifacts.put(`runs/${held}`, 'model/MLmodel', Buffer.from('m'));
    const [registered, other] = await store.write(() => {
      store.models.createRegistered({ name: 'digits' });
      store.models.createVersion({ name: 'digits', source: `mlflow-artifacts:/0/${held}/artifacts/model` });
      const models = [0, 1].map(() => store.models.createLogged({ experimentId: '0', sourceRunId: gone }).id);
      store.models.createVersion({ name: 'digits', source: `models:/${models[0]}`, modelId: models[0] });
      return models as [string, string];
    });
    await store.artifacts.put(`models/${registered}`, 'MLmodel', Buffer.from('a'));
    await store.artifacts.put(`models/${other}`, 'MLmodel', Buffer.from('b'));
    await remove(held, gone);
    const found = await purger.measure(Date.now());
    assert.deepEqual([found.runs, found.models, found.kept.registered], [1, 1, 1]);
    const purged = await purge();
    assert.deepEqual([purged.runs, purged.models], [1, 1]);
    assert.ok(store.runs.get(held) && store.artifacts.stat(`runs/${held}`, 'model/MLmodel'));
    assert.ok(store.models.logged(registered) && store.artifacts.stat(`models/${registered}`, 'MLmodel'));
    assert.equal(store.models.logged(other), undefined);
  });

  it('takes what was deleted by a time, and not what was restored or came later', async () => {
    const [old, restored, later] = [await newRun(), await newRun(), await newRun()];
    await remove(old, restored);
    await scratch.store.write(() => scratch.store.runs.setLifecycle(restored, 'active'));
    const before = Date.now();
    await sleep(5);
    await remove(later);
    assert.equal((await purge(before)).runs, 1);
    assert.deepEqual(
      [old, restored, later].map((id) => scratch.store.runs.get(id)?.lifecycle),
      [undefined, 'active', 'deleted'],
    );
  });

  it('leaves a run from which another one of its job has the log and the code, until that is deleted, too', async () => {
    const { store } = scratch;
    const id = await scratch.submit('echo out\n');
    await scratch.ended(id);
    const other = await store.write(
      () => store.runs.create({ experimentId: '0', startTime: 1, jobId: id }).id,
    );
    await remove(id);
    assert.deepEqual((await purger.measure(Date.now())).kept, { active: 0, registered: 0, needed: 1 });
    assert.equal((await purge()).runs, 0);
    assert.equal(scratch.log(id), 'out\n');
    await remove(other);
    assert.equal((await purge()).runs, 2);
  });

  it('leaves a run that an active job began', async () => {
    const { store } = scratch;
    const id = await scratch.submit('sleep 30\n');
    await scratch.running(id);
    const other = await store.write(
      () => store.runs.create({ experimentId: '0', startTime: 1, jobId: id }).id,
    );
    await remove(other);
    assert.equal((await purge()).runs, 0);
    assert.ok(store.runs.get(other));
  });

  it('leaves no row of a run in any table', async () => {
    const id = await scratch.submit('echo x > x.txt\n');
    await scratch.ended(id);
    const { store } = scratch;
    await store.write(() => {
      store.runs.logParams(id, { lr: '1' });
      store.metrics.append(id, [{ key: 'loss', value: 1, step: 0, timestamp: 1 }]);
    });
    await remove(id);
    const rows = async () => {
      await scratch.shut();
      const db = new DatabaseSync(path.join(scratch.home, 'store/trainyard.db'), { readOnly: true });
      const columns = db
        .prepare(
          "SELECT m.name AS t, c.name AS c FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
        )
        .all() as { t: string; c: string }[];
      const found = columns
        .filter(({ c }) => ['run_id', 'owner', 'id', 'job_id'].includes(c))
        .filter(({ t, c }) => db.prepare(`SELECT 1 FROM ${t} WHERE instr(${c}, ?) > 0`).get(id) !== undefined)
        .map(({ t }) => t);
      db.close();
      scratch.open();
      purger = new Purger(scratch.store, scratch.home, pino({ level: 'silent' }));
      return [...new Set(found)].sort();
    };
    assert.deepEqual(await rows(), ['artifacts', 'jobs', 'run_params', 'run_tags', 'runs', 'series']);
    await purge();
    assert.deepEqual(await rows(), []);
  });

  it('leaves the children of a run that are not deleted', async () => {
    const parent = await newRun();
    const child = await newRun('0', { 'mlflow.parentRunId': parent });
    await remove(parent);
    assert.equal((await purge()).runs, 1);
    assert.equal(scratch.store.runs.full(child)?.tags['mlflow.parentRunId'], parent);
  });

  it('frees the name of a deleted experiment, and gives its id to no other', async () => {
    const { store } = scratch;
    const { id } = await store.write(() => store.experiments.create({ name: 'old', tags: { a: 'b' } }));
    const runs = [];
    for (let i = 0; i < 25; i++) runs.push(await newRun(id));
    await store.write(() => store.models.createLogged({ experimentId: id }));
    await store.write(() => store.experiments.delete(id));
    const found = await purger.measure(Date.now());
    assert.deepEqual([found.runs, found.models, found.experiments], [25, 1, 1]);
    const purged = await purge();
    assert.deepEqual([purged.runs, purged.models, purged.experiments], [25, 1, 1]);
    const next = await store.write(() => store.experiments.create({ name: 'old' }));
    assert.equal(Number(next.id), Number(id) + 1);
    assert.ok(store.experiments.get('0'));
  });

  it('goes on at the next start with what was cut off, also where the repository is gone', async () => {
    const id = await scratch.submit('echo out\n');
    await scratch.ended(id);
    await remove(id);
    // Killed after the change, before anything outside the store was touched.
    await scratch.store.write(() => scratch.store.purge.takeRuns(Date.now(), 10));
    assert.ok(fs.existsSync(foldersOf(scratch.home, id).log));
    await scratch.restart();
    assert.equal(scratch.store.purge.leftovers().length, 1);
    purger = new Purger(scratch.store, scratch.home, pino({ level: 'silent' }));
    fs.renameSync(path.join(scratch.project, '.git'), path.join(scratch.root, 'moved'));
    await purger.clean();
    assert.equal(fs.existsSync(foldersOf(scratch.home, id).root), false);
    assert.deepEqual(scratch.store.purge.leftovers(), []);
  });
});

function contextFolder(home: string): string {
  const folder = path.join(home, 'context');
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'Dockerfile'), 'FROM scratch\n');
  return folder;
}
