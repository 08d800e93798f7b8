// What the store takes as it grows: memory and disk for points, and the time of the calls that should stay as they are.
// Ours alone: the first rows are what the last are held against.
import fs from 'node:fs';
import path from 'node:path';
import { client, startTrainyard } from './_servers.mjs';
import { FULL, medianTime, randomNumbers, table } from './_report.mjs';

const POINTS = [1e4, 1e5, 1e6, 1e7];
const RUNS = FULL ? [1e2, 1e3, 1e4, 1e5] : [1e2, 1e3, 1e4];
const SERIES = 10;

const random = randomNumbers();
const median = async (call, calls) => (await medianTime(call, calls)).toFixed(2);
const server = await startTrainyard();
try {
  const connection = client(server);
  const mlflow = (verb, body) => connection.request('POST', `/api/2.0/mlflow/runs/${verb}`, body);

  const series = [];
  for (let s = 0; s < SERIES; s++) series.push({ run_id: (await connection.createRun()).run_id, length: 0 });
  const log = async (to, count) => {
    const metrics = Array.from({ length: count }, (_, i) => ({
      key: 'loss',
      value: random(),
      timestamp: 1.7e12 + 7 * (to.length + i) + Math.floor(3 * random()),
      step: to.length + i,
    }));
    await mlflow('log-batch', { run_id: to.run_id, metrics });
    to.length += count;
  };
  console.log(`\nPoints, in ${SERIES} metrics; medians in ms`);
  const rows = [];
  for (const points of POINTS) {
    const [first, second, third] = series;
    for (const one of series) while (one.length * SERIES < points) await log(one, 1000);
    // The log that SQLite writes ahead of the file is not counted: it stays at a few MB.
    const bytes = fs.statSync(path.join(server.folder, 'store', 'trainyard.db')).size / points;
    const memory = server.memory();
    const part = { fromStep: third.length / 3, toStep: third.length / 2 };
    rows.push([
      points.toLocaleString('en'),
      bytes.toFixed(1),
      memory.toFixed(0),
      await median(() => log(first, 1)),
      await median(() => log(second, 1000), 20),
      await median(() => draw(connection, third.run_id, {}), 20),
      await median(() => draw(connection, third.run_id, part), 20),
      await median(() => connection.request('GET', `/api/2.0/mlflow/runs/get?run_id=${third.run_id}`)),
    ]);
  }
  table(
    [
      'points',
      'bytes a point',
      'MB RSS',
      'log-metric',
      'log-batch 1000',
      'draw whole',
      'draw a part',
      'runs/get',
    ],
    rows,
  );
  const [, bytes, memory] = rows.at(-1);
  console.log(
    `goals: ≤ 20 bytes a point ${bytes <= 20 ? 'met' : 'NOT met'}, ≤ 150 MB RSS ${memory <= 150 ? 'met' : 'NOT met'}`,
  );
} finally {
  await server.stop();
}

const second = await startTrainyard();
try {
  const connection = client(second);
  const mlflow = (verb, body) => connection.request('POST', `/api/2.0/mlflow/runs/${verb}`, body);
  console.log('\nRuns of 20 metrics and 20 params; medians in ms');
  const rows = [];
  let made = 0;
  const add = async () => {
    const { run_id } = await connection.createRun();
    await mlflow('log-batch', {
      run_id,
      metrics: Array.from({ length: 20 }, (_, k) => ({
        key: `m${k}`,
        value: random(),
        timestamp: made,
        step: 1,
      })),
      params: Array.from({ length: 20 }, (_, k) => ({
        key: `p${k}`,
        value: String(Math.floor(1000 * random())),
      })),
    });
    made++;
    return run_id;
  };
  const search = (body) => mlflow('search', { experiment_ids: ['0'], max_results: 100, ...body });
  for (const count of RUNS) {
    while (made < count - 50) await add();
    const adding = await median(add, 50);
    const run_id = await add();
    rows.push([
      count.toLocaleString('en'),
      adding,
      await median((i) =>
        mlflow('log-metric', { run_id, key: 'm1', value: random(), timestamp: i, step: 2 + i }),
      ),
      await median(() => search({}), 20),
      await median(() => search({ order_by: ['metrics.m1 DESC'] }), 20),
      await median(() => search({ filter: 'metrics.m1 > 0.5' }), 20),
      await median(() => search({ filter: "params.p1 = '77'" }), 20),
      second.memory().toFixed(0),
    ]);
  }
  table(
    ['runs', 'add a run', 'log-metric', 'newest 100', 'best 100', 'metric > 0.5', 'param = x', 'MB RSS'],
    rows,
  );
} finally {
  await second.stop();
}

async function draw(connection, runId, range) {
  const series = [{ runId, key: 'loss', from: 0, ...range }];
  return connection.request('POST', '/api/trainyard/v1/points', { series, maxPoints: 8000 });
}
