// What a script waits for: log-batch and log-metric over REST, and MLflow's own Python client.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { client, startMlflow, startTrainyard } from './_servers.mjs';
import { compare, FULL, quantile, REPEATS, spread, table, time } from './_report.mjs';

const POINTS = 1000;
const OURS_BATCHES = 100;
const THEIR_BATCHES = FULL ? 20 : 8;
const CALLS = FULL ? 2000 : 400;
const PYTHON_CALLS = { stub: 1000, trainyard: 1000, mlflow: 100 };
const PAGE = Buffer.alloc(4096);

const [ours, theirs] = await Promise.all([startTrainyard(), startMlflow()]);
try {
  const batches = (server, clients, count) => async () => {
    const connections = Array.from({ length: clients }, () => client(server));
    const runs = await Promise.all(connections.map((c) => c.createRun()));
    const each = Math.ceil(count / clients);
    const ms = await time(() =>
      Promise.all(
        connections.map(async (connection, c) => {
          for (let n = 0; n < each; n++)
            await connection.request('POST', '/api/2.0/mlflow/runs/log-batch', {
              run_id: runs[c].run_id,
              metrics: batch(n),
            });
        }),
      ),
    );
    for (const connection of connections) connection.close();
    return (each * clients * POINTS * 1000) / ms;
  };
  console.log(`\nlog-batch of ${POINTS} points of one metric`);
  await batches(ours, 1, 20)();
  await batches(theirs, 1, 2)();
  await compare(
    [1, 8].map((clients) => ({
      name: `${clients} client${clients > 1 ? 's' : ''}`,
      unit: 'points/s',
      goal: 20,
      ours: batches(ours, clients, OURS_BATCHES),
      theirs: batches(theirs, clients, THEIR_BATCHES),
    })),
  );

  console.log(
    '\nlog-metric one by one, request to answer, ms; the floor of client and HTTP is /health, that of the disk a synced write',
  );
  const rows = [];
  for (const server of [ours, theirs]) {
    const connection = client(server);
    const { run_id } = await connection.createRun();
    const log = (step) =>
      connection.request('POST', '/api/2.0/mlflow/runs/log-metric', {
        run_id,
        key: 'loss',
        value: Math.sin(step),
        timestamp: Date.now(),
        step,
      });
    let step = 0;
    for (; step < 50; step++) await log(step);
    const [medians, tails, floors, syncs] = [[], [], [], []];
    const file = fs.openSync(path.join(server.folder, 'sync'), 'w');
    const calls = server === ours ? CALLS : CALLS / 10;
    for (let i = 0; i < REPEATS; i++) {
      const [times, floor, sync] = [[], [], []];
      for (let n = 0; n < calls; n++) {
        times.push(await time(() => log(step++)));
        floor.push(await time(() => connection.request('GET', '/health')));
        sync.push(await time(() => syncedWrite(file)));
      }
      medians.push(quantile(times, 0.5));
      tails.push(quantile(times, 0.99));
      floors.push(quantile(floor, 0.5));
      syncs.push(quantile(sync, 0.5));
    }
    fs.closeSync(file);
    connection.close();
    const goal = server === theirs ? '' : `≤ 0.5 ms ${quantile(medians, 0.5) <= 0.5 ? 'met' : 'NOT met'}`;
    rows.push([server.name, spread(medians), spread(tails), spread(floors), spread(syncs), goal]);
  }
  table(['', 'median', '99th percentile', '/health', 'synced write', 'goal of the median'], rows);

  console.log('\nlog_metric of the Python client in a loop, ms a call; the stub answers {} to all');
  const stub = http.createServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await once(stub.listen(0, '127.0.0.1'), 'listening');
  // A process of its own each time, which must not keep this one from answering as the stub.
  const stubUrl = `http://127.0.0.1:${stub.address().port}`;
  const connections = { trainyard: client(ours), mlflow: client(theirs) };
  const results = { stub: [], trainyard: [], mlflow: [] };
  for (let i = 0; i < REPEATS; i++) {
    results.stub.push(await python({ name: 'stub', url: stubUrl, headers: ours.headers }, 'stub'));
    for (const server of [ours, theirs]) {
      const { run_id } = await connections[server.name].createRun();
      results[server.name].push(await python(server, run_id));
    }
  }
  for (const connection of Object.values(connections)) connection.close();
  stub.close();
  table(
    ['', 'ms a call', 'against the stub', 'goal'],
    Object.entries(results).map(([name, times]) => {
      const ratios = times.map((ms, i) => ms / results.stub[i]);
      const met = name === 'trainyard' ? `≤ 1.2 × ${quantile(ratios, 0.5) <= 1.2 ? 'met' : 'NOT met'}` : '';
      return [name, spread(times), `${spread(ratios)} ×`, met];
    }),
  );
} finally {
  await Promise.all([ours.stop(), theirs.stop()]);
}

function batch(n) {
  const timestamp = Date.now();
  return Array.from({ length: POINTS }, (_, i) => ({
    key: 'loss',
    value: Math.sin(i + n),
    timestamp,
    step: n * POINTS + i,
  }));
}

/** What a commit cannot be quicker than: a page at the end of a file, on the disk. */
function syncedWrite(file) {
  fs.writeSync(file, PAGE);
  fs.fdatasyncSync(file);
}

/** Milliseconds a call. The stub gets the token, too: what the client does with one is no work of the server. */
async function python({ name, url, headers }, runId) {
  const script = path.join(import.meta.dirname, 'log_metric.py');
  const env = { ...process.env, MLFLOW_TRACKING_URI: url, MLFLOW_DISABLE_TELEMETRY: 'true' };
  if (headers.authorization) env.MLFLOW_TRACKING_TOKEN = headers.authorization.slice('Bearer '.length);
  const child = spawn(process.env.TRAINYARD_BENCH_MLFLOW, [script, runId, String(PYTHON_CALLS[name])], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`log_metric.py ended with ${code}.`);
  return Number(printed);
}
