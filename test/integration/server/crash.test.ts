import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureServer } from '../../../src/workspace/local/launch.js';
import type { Points } from '../../../src/workspace/types.js';
import { serverEntry, stopServerOf, TestHome } from '../../support/home.js';
import { ask, askForJson, createRun, type MlflowRequest } from '../../support/mlflow.js';
import { until } from '../../support/until.js';

/** More rounds find rarer moments: `TRAINYARD_CRASHES=100 npm test integration`. */
const ROUNDS = Number(process.env['TRAINYARD_CRASHES'] ?? 6);
const WRITERS = 8;
/** A batch that spans a block's end now and then. */
const BATCH = 300;

/** One client: does everything that a script does, and writes down what was answered with 200. */
class Writer {
  readonly params = new Map<string, string>();
  /** Of the tag `at`. */
  tag = -1;
  /** By name: the number of the content. */
  readonly files = new Map<string, number>();
  /** Steps of `loss`, logged one by one. */
  readonly steps: number[] = [];
  /** Batches of `batch`, by number: each is `BATCH` points. */
  readonly batches: number[] = [];
  /** What was sent, answered or not. */
  sent = 0;
  readonly runId: string;

  constructor(runId: string) {
    this.runId = runId;
  }

  /** Logs until the server is gone. */
  async work(call: (request: MlflowRequest) => Promise<unknown>): Promise<void> {
    for (;;) {
      const n = this.sent++;
      const post = (verb: string, body: object) => call({ at: `mlflow/runs/${verb}`, body });
      try {
        const run_id = this.runId;
        await post('log-metric', { run_id, key: 'loss', value: n / 7, timestamp: n, step: n });
        this.steps.push(n);
        await post('log-batch', { run_id, metrics: batch(n), params: [{ key: `p${n}`, value: `v${n}` }] });
        this.batches.push(n);
        this.params.set(`p${n}`, `v${n}`);
        await post('set-tag', { run_id, key: 'at', value: `${n}` });
        this.tag = n;
        const name = `f${n % 5}.bin`;
        const at = `mlflow-artifacts/artifacts/0/${run_id}/artifacts/${name}`;
        await call({ method: 'PUT', at, body: fileOf(n) });
        this.files.set(name, n);
      } catch (error) {
        // `fetch` names a connection that ended a TypeError; any other failure is one of the server.
        if (error instanceof TypeError) return;
        throw error;
      }
    }
  }
}

/** A content that says which it is. */
const fileOf = (n: number) => Buffer.alloc(1 + ((n * 7919) % 50_000) + 20, `${n} `);
const batch = (n: number) =>
  Array.from({ length: BATCH }, (_, i) => ({
    key: 'batch',
    value: i,
    timestamp: n,
    step: n * BATCH + i,
  }));

describe('a server that is killed', function () {
  this.timeout(120_000 + ROUNDS * 20_000);
  const test = new TestHome();
  const start = () => ensureServer({ home: test.home, serverEntry });

  after(() => test.close());
  afterEach('the store is sound', async () => {
    await stopServerOf(test.home);
    const db = new DatabaseSync(path.join(test.home, 'store', 'trainyard.db'), { readOnly: true });
    assert.deepEqual({ ...db.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
    db.close();
  });

  it(`keeps all that it acknowledged, at ${ROUNDS} random moments`, async () => {
    const writers: Writer[] = [];
    for (let i = 0; i < WRITERS; i++) {
      writers.push(new Writer(await createRun(await start(), `writer ${i}`)));
    }

    for (let round = 0; round < ROUNDS; round++) {
      const server = await start();
      const working = writers.map((writer) => writer.work((request) => askForJson(server, request)));
      await sleep(Math.random() * 800);
      process.kill(server.pid, 'SIGKILL');
      await Promise.all(working);
      const next = await start();
      assert.notEqual(next.pid, server.pid);
      for (const writer of writers) await holds(writer);
    }
    assert.ok(Math.min(...writers.map(({ steps }) => steps.length)) > 0, 'each writer has logged');
  });

  it('at rest, has all of it at once', async () => {
    const runId = await createRun(await start());
    const metrics = [{ key: 'loss', value: 1, timestamp: 1, step: 1 }];
    for (let round = 0; round < 3; round++) {
      const server = await start();
      await askForJson(server, { at: 'mlflow/runs/log-batch', body: { run_id: runId, metrics } });
      await sleep(300);
      process.kill(server.pid, 'SIGKILL');
      assert.deepEqual([...(await history(runId, 'loss')).steps], [1]);
    }
  });

  it('while it seals blocks and makes their overviews, has each request whole or not at all', async () => {
    const size = 1000;
    const runId = await createRun(await start());
    let sent = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const server = await start();
      const acknowledged: number[] = [];
      // Each request seals a block, and every fourth makes an overview.
      const working = (async () => {
        for (;;) {
          const n = sent++;
          const metrics = Array.from({ length: size }, (_, i) => {
            const step = n * size + i;
            return { key: 'long', value: Math.sin(step), timestamp: step, step };
          });
          await askForJson(server, { at: 'mlflow/runs/log-batch', body: { run_id: runId, metrics } });
          acknowledged.push(n);
        }
      })().catch((error: unknown) => {
        if (!(error instanceof TypeError)) throw error;
      });
      await sleep(100 + Math.random() * 300);
      process.kill(server.pid, 'SIGKILL');
      await working;
      const { steps, values } = await history(runId, 'long');
      const held = new Set(Array.from(steps, (step) => Math.floor(step / size)));
      assert.equal(steps.length, held.size * size, 'no point twice, no request in part');
      for (const n of acknowledged) assert.ok(held.has(n), `request ${n}`);
      assert.ok(steps.every((step, i) => values[i] === Math.sin(step)));
      const [drawn] = await test.workspace.points([{ runId, key: 'long', from: 0 }], 400);
      const isHeld = (step: number) => held.has(Math.floor(step / size));
      assert.ok(drawn?.steps.every((step, i) => isHeld(step) && drawn.values[i] === Math.sin(step)));
      assert.deepEqual([drawn?.steps[0], drawn?.steps.at(-1)], [steps[0], steps.at(-1)]);
    }
  });

  it('while a file arrives, has nothing of it, and the one before is whole', async () => {
    const runId = await createRun(await start());
    const at = `mlflow-artifacts/artifacts/0/${runId}/artifacts/model.bin`;
    const before = Buffer.alloc(3_000_000, 'before');
    await askForJson(await start(), { method: 'PUT', at, body: before });
    for (let round = 0; round < 3; round++) {
      const server = await start();
      let sent = 0;
      let isOver = false;
      const endless = new ReadableStream({
        async pull(to) {
          await sleep(1);
          // `fetch` goes on reading when there is nobody left to send to.
          if (isOver) {
            to.close();
            return;
          }
          to.enqueue(Buffer.alloc(65_536, 'after'));
          sent++;
        },
      });
      const uploading = assert.rejects(ask(server, { method: 'PUT', at, body: endless }), TypeError);
      await until('some of the file to be sent', () => sent > 20);
      await sleep(Math.random() * 100);
      process.kill(server.pid, 'SIGKILL');
      await uploading;
      isOver = true;
      assert.ok(before.equals(await test.workspace.readFile(runId, 'model.bin')));
      const { files } = await askForJson(await start(), {
        method: 'GET',
        at: `mlflow/artifacts/list?run_id=${runId}`,
      });
      assert.deepEqual(files, [{ path: 'model.bin', is_dir: false, file_size: before.length }]);
      assert.deepEqual(fs.readdirSync(path.join(test.home, 'store', 'tmp')), []);
    }
  });

  async function holds(writer: Writer): Promise<void> {
    const { runId } = writer;
    const run = await test.workspace.run(runId);
    for (const [key, value] of writer.params) assert.equal(run.params[key], value);
    // What was sent and not answered may be there, too.
    const tag = Number(run.tags['at'] ?? -1);
    assert.ok(tag >= writer.tag && tag < writer.sent, `tag ${tag}, acknowledged ${writer.tag}`);

    const loss = await history(runId, 'loss');
    const logged = new Map(Array.from(loss.steps, (step, i) => [step, loss.values[i]]));
    assert.equal(logged.size, loss.steps.length, 'no point twice');
    for (const step of writer.steps) assert.equal(logged.get(step), step / 7);

    const { steps } = await history(runId, 'batch');
    assert.equal(steps.length % BATCH, 0, 'a batch is there whole or not at all');
    const held = new Set(steps);
    assert.equal(held.size, steps.length, 'no point twice');
    for (const n of writer.batches)
      for (let i = 0; i < BATCH; i++) assert.ok(held.has(n * BATCH + i), `point ${i} of batch ${n}`);

    for (const [name, acknowledged] of writer.files) {
      const content = await test.workspace.readFile(runId, name);
      const n = parseInt(Buffer.from(content).toString('latin1', 0, 20));
      assert.ok(n >= acknowledged && n < writer.sent, `${name}: ${n}, acknowledged ${acknowledged}`);
      assert.ok(fileOf(n).equals(content), `${name} is whole`);
    }
  }

  async function history(runId: string, key: string): Promise<Points> {
    const [points] = await test.workspace.points([{ runId, key, from: 0 }], 10_000_000);
    assert.ok(points && !points.reduced);
    return points;
  }
});
