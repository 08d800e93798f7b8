// The two servers that are compared, each a process of its own with a store of its own, and the client they share.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../.ci/tools/open-editor.mjs';
import { Store } from '../../src/server/store/store.ts';
import { ensureServer } from '../../src/workspace/local/launch.ts';
import { spawnMlflow, storeFile } from '../support/mlflow-server.ts';

// So that the servers end with the bench.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/**
 * Ours, from dist/. `fill` writes to the store before the server has it.
 * @param {{ fill?: (store: Store) => Promise<unknown> }} options
 */
export async function startTrainyard({ fill } = {}) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-bench-'));
  // The other server may take longer to answer than ours waits for the next request.
  fs.writeFileSync(path.join(home, 'settings.json'), JSON.stringify({ idleExit: 24 * 60 }));
  if (fill) {
    const store = Store.open(path.join(home, 'store'));
    await fill(store);
    await store.close();
  }
  const open = () => ensureServer({ home, serverEntry: path.resolve('dist/server.js') });
  // Of a million files the server first looks whether all are there, and answers nobody for longer than a start is waited for.
  const { pid, port, token } = await open().catch(open).catch(open).catch(open);
  const headers = { authorization: `Bearer ${token}` };
  return started({ name: 'trainyard', pid, port, folder: home, headers });
}

/**
 * `mlflow server` as it comes, with a SQLite backend store. `fill` writes to that when the server has made its tables;
 * it gets the file.
 * @param {{ fill?: (file: string) => unknown }} options
 */
export async function startMlflow({ fill } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlflow-bench-'));
  const port = await freePort();
  const child = spawnMlflow(process.env.TRAINYARD_BENCH_MLFLOW, folder, port, {
    env: process.env,
    stdio: 'ignore',
  });
  const server = await started({ name: 'mlflow', pid: child.pid, port, folder, headers: {} });
  if (fill) await fill(storeFile(folder));
  return server;
}

async function started({ name, pid, port, folder, headers }) {
  const kill = () => {
    for (const one of familyOf(pid).reverse()) process.kill(one, 'SIGKILL');
  };
  process.on('exit', kill);
  const server = {
    name,
    port,
    folder,
    headers,
    url: `http://127.0.0.1:${port}`,
    /** Of the server and the processes it has started, in MB. */
    memory: () => familyOf(pid).reduce((sum, one) => sum + memoryOf(one), 0),
    async stop() {
      kill();
      process.off('exit', kill);
      while (isAlive(pid)) await sleep(20);
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  const probe = client(server);
  for (const end = Date.now() + 240_000; ; await sleep(50)) {
    if (!isAlive(pid)) throw new Error(`${name} has ended.`);
    const answer = await probe.request('GET', '/health').catch((error) => error);
    if (answer.status === 200) break;
    if (Date.now() > end) throw new Error(`${name} does not start.`);
  }
  probe.close();
  return server;
}

/** One keep-alive connection. A request resolves when the whole answer is here. */
export function client({ port, headers }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  async function send(method, at, text, onBody) {
    const more =
      text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        agent,
        method,
        path: at,
        headers: { ...headers, ...more },
      };
      const request = http.request(options, (response) => {
        response.on('data', onBody);
        response.once('error', reject);
        response.once('end', () => resolve(response.statusCode));
      });
      request.setNoDelay(true);
      request.once('error', reject);
      request.end(text);
    });
  }
  return {
    async request(method, at, body) {
      const chunks = [];
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const status = await send(method, at, text, (chunk) => chunks.push(chunk));
      const bytes = Buffer.concat(chunks);
      if (status !== 200) throw new Error(`${method} ${at}: ${status} ${bytes.toString().slice(0, 300)}`);
      return { status, bytes, json: () => JSON.parse(bytes.toString()) };
    },
    async createRun() {
      const { json } = await this.request('POST', '/api/2.0/mlflow/runs/create', {
        experiment_id: '0',
        start_time: Date.now(),
      });
      return json().run.info;
    },
    close: () => agent.destroy(),
  };
}

/** A process that has ended and was not waited for yet has no memory. */
function isAlive(pid) {
  const file = `/proc/${pid}/status`;
  return fs.existsSync(file) && fs.readFileSync(file, 'utf8').includes('VmRSS');
}

/** The process and its descendants, parents first. */
function familyOf(pid) {
  if (!isAlive(pid)) return [];
  const file = `/proc/${pid}/task/${pid}/children`;
  const children = fs.readFileSync(file, 'utf8').trim().split(' ').filter(Boolean);
  return [pid, ...children.flatMap((child) => familyOf(Number(child)))];
}

function memoryOf(pid) {
  const match = /VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  return match ? Number(match[1]) / 1024 : 0;
}
