import assert from 'node:assert/strict';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureServer } from '../../../src/workspace/local/launch.js';
import type { Discovery } from '../../../src/workspace/local/contract.js';
import type { Points } from '../../../src/workspace/types.js';
import { serverEntry, stopServerOf, TestHome } from '../../support/home.js';

/** More rounds find rarer moments: `TRAINYARD_CRASHES=100 npm test integration`. */
const ROUNDS = Number(process.env['TRAINYARD_CRASHES'] ?? 6);
const WRITERS = 8;
/** A batch that spans a block's end now and then. */
const BATCH = 300;

interface Call {
  method: string;
  at: string;
  body: string | Uint8Array;
}

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
  async work(call: (request: Call) => Promise<unknown>): Promise<void> {
    for (;;) {
      const n = this.sent++;
      const post = (verb: string, body: object) =>
        call({ method: 'POST', at: `/api/2.0/mlflow/runs/${verb}`, body: JSON.stringify(body) });
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
        const at = `/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/${name}`;
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

async function send({ port, token }: Discovery, { method, at, body }: Call): Promise<Response> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream',
  };
  const response = await fetch(`http://127.0.0.1:${port}${at}`, { method, headers, body: body as BodyInit });
  if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${await response.text()}`);
  return response;
}

describe('a server that is killed', function () {
  this.timeout(120_000 + ROUNDS * 20_000);
  const test = new TestHome();
  const start = () => ensureServer({ home: test.home, serverEntry });

  after(() => test.close());

  it(`keeps all that it acknowledged, at ${ROUNDS} random moments`, async () => {
    const writers: Writer[] = [];
    for (let i = 0; i < WRITERS; i++) {
      const body = JSON.stringify({ experiment_id: '0', run_name: `writer ${i}`, start_time: i });
      const made = await send(await start(), { method: 'POST', at: '/api/2.0/mlflow/runs/create', body });
      const { run } = (await made.json()) as { run: { info: { run_id: string } } };
      writers.push(new Writer(run.info.run_id));
    }

    for (let round = 0; round < ROUNDS; round++) {
      const server = await start();
      const working = writers.map((writer) =>
        writer.work(async (call) => {
          const response = await send(server, call);
          await response.arrayBuffer();
        }),
      );
      await sleep(Math.random() * 800);
      process.kill(server.pid, 'SIGKILL');
      await Promise.all(working);
      const next = await start();
      assert.notEqual(next.pid, server.pid);
      for (const writer of writers) await holds(writer);
    }
    assert.ok(Math.min(...writers.map(({ steps }) => steps.length)) > 0, 'each writer has logged');

    await stopServerOf(test.home);
    const db = new DatabaseSync(path.join(test.home, 'store', 'trainyard.db'), { readOnly: true });
    assert.deepEqual({ ...db.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
    db.close();
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
