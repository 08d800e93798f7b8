import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createApp } from '../../../src/server/app.js';
import { Connection } from '../../contract/toy-target/connection.js';
import { toyKind } from '../../contract/toy-target/target.js';
import { until } from '../../support/until.js';
import { Scratch } from '../jobs/scratch.js';

/** What MLflow's client does, by its REST interface. */
const TRAIN = `
import fs from 'node:fs';
const { MLFLOW_TRACKING_URI: url, MLFLOW_TRACKING_TOKEN: token, TRAINYARD_OUTPUT: output } = process.env;
async function call(path, body) {
  const response = await fetch(url + '/api/2.0/mlflow/' + path, {
    method: 'POST',
    headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(path + ': ' + (await response.text()));
  return response.json();
}
const { run } = await call('runs/create', { experiment_id: '0', start_time: Date.now() });
const run_id = run.info.run_id;
await call('runs/log-parameter', { run_id, key: 'lr', value: '0.1' });
for (let step = 0; step < 3; step++) {
  await call('runs/log-metric', { run_id, key: 'loss', value: 1 / (step + 1), step, timestamp: Date.now() });
  console.log('epoch ' + step + ' val=' + step / 10);
}
console.log('waiting');
while (!fs.existsSync(process.argv[2])) await new Promise((resolve) => setTimeout(resolve, 50));
fs.writeFileSync(output + '/model.bin', Buffer.alloc(100000, 7));
fs.mkdirSync('made', { recursive: true });
fs.writeFileSync('made/notes.txt', fs.readFileSync('config.txt'));
console.log('done');
`;

describe('jobs on a target without a shared disk, over a line that drops every third call', function () {
  this.timeout(120_000);
  const otherSide = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-other-side-'));
  const connection = new Connection(otherSide);
  let scratch: Scratch;
  let app: FastifyInstance;

  before(async () => {
    scratch = await Scratch.make(undefined, [toyKind(connection)]);
    const { home, store } = scratch;
    app = await createApp({ store, home, version: '0', token: 'the-token', log: pino({ level: 'silent' }) });
    await app.listen({ host: '127.0.0.1', port: 0 });
    scratch.serverUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    scratch.write('config.txt', 'as submitted\n');
    scratch.write('train.mjs', TRAIN);
  });
  after(async () => {
    await app.close();
    await scratch.close();
    fs.rmSync(otherSide, { recursive: true, force: true, maxRetries: 5 });
  });

  const go = path.join(otherSide, 'go');
  const submit = (more = {}) =>
    scratch.submit('', { target: 'toy', command: [process.execPath, 'train.mjs', go], ...more });

  it('have a live log, metrics, outputs and the code as it was', async () => {
    const id = await submit({ metrics: [{ name: 'val', regex: 'val=(\\S+)' }] });
    scratch.write('config.txt', 'edited after the submit\n');
    await scratch.running(id);
    await scratch.logged(id, 'waiting');
    assert.equal(scratch.log(id), 'epoch 0 val=0\nepoch 1 val=0.1\nepoch 2 val=0.2\nwaiting\n');
    assert.equal(scratch.job(id).state, 'running');
    const { loss } = scratch.store.metrics.summaries(id);
    assert.deepEqual([loss?.value, loss?.count], [1 / 3, 3]);
    assert.equal(scratch.store.runs.params(id)['lr'], '0.1');
    await until('what is read from the log', () => scratch.store.metrics.summaries(id)['val']?.count === 3);
    fs.writeFileSync(go, '');
    const { state, exitCode, reason } = await scratch.ended(id);
    assert.deepEqual([state, exitCode, reason], ['finished', 0, undefined]);
    assert.ok(scratch.log(id).endsWith('waiting\ndone\n'));
    assert.deepEqual(scratch.outputs(id), ['made/notes.txt', 'model.bin']);
    const kept = (name: string) =>
      fs.readFileSync(scratch.store.artifacts.stat(`runs/${id}`, `outputs/${name}`)!.file);
    assert.equal(kept('made/notes.txt').toString(), 'as submitted\n');
    assert.deepEqual(kept('model.bin'), Buffer.alloc(100_000, 7));
    fs.rmSync(go);
  });

  it('say why they failed, as on this machine', async () => {
    const id = await submit({ command: ['/bin/sh', '-c', 'echo "error: no such model" >&2; exit 2'] });
    const { state, exitCode, cause } = await scratch.ended(id);
    assert.deepEqual([state, exitCode], ['failed', 2]);
    assert.match(cause?.headline ?? '', /no such model/);
  });

  it('are cancelled', async () => {
    const id = await submit();
    await scratch.logged(id, 'waiting');
    await scratch.service.cancel(id);
    assert.equal((await scratch.ended(id)).state, 'cancelled');
  });

  it('run on while the line is cut, the server is killed, and nobody knows how they are', async () => {
    const id = await submit();
    await scratch.logged(id, 'waiting');
    connection.isUp = false;
    const unreachable = await until('the run to be unreachable', () => scratch.job(id).unreachable);
    assert.equal(unreachable.why, 'toy: connection reset');
    await scratch.restart();
    await sleep(500);
    assert.deepEqual(scratch.job(id).unreachable, unreachable);
    assert.equal(scratch.job(id).state, 'running');
    fs.writeFileSync(go, '');
    connection.isUp = true;
    const job = await scratch.ended(id);
    assert.deepEqual([job.state, job.unreachable], ['finished', undefined]);
    assert.deepEqual(scratch.outputs(id), ['made/notes.txt', 'model.bin']);
    fs.rmSync(go);
  });

  it('are refused before anything is kept when they cannot run there, and listed where they can', async () => {
    const before = scratch.git('for-each-ref', 'refs/trainyard');
    await assert.rejects(submit({ command: ['train.exe'] }), {
      code: 'BAD_REQUEST',
      message: 'train.exe is a program of Windows.',
    });
    assert.equal(scratch.git('for-each-ref', 'refs/trainyard'), before);
    const rows = await scratch.service.compute();
    assert.deepEqual(
      rows.map(({ name, label, ready }) => [name, label, ready]),
      [
        ['local', os.hostname(), true],
        ['toy', 'A toy', true],
      ],
    );
  });
});
