// A long metric: read whole, and drawn. Ours by /points; MLflow's own charts ask get-history-bulk-interval.
import { DatabaseSync } from 'node:sqlite';
import { API, decodePoints } from '../../src/workspace/local/contract.ts';
import { client, startMlflow, startTrainyard } from './_servers.mjs';
import { compare, FULL, quantile, randomNumbers, REPEATS, spread, table, time } from './_report.mjs';
import { transfers } from './_transfer.mjs';

const SERIES = 10;
const POINTS = 1_000_000;
/** MLflow takes seconds for each page, so it is given less; ours reads the same beside it. */
const COMPARED = FULL ? 1_000_000 : 100_000;
const COLUMNS = 2000;
const BATCH = 50_000;
const POINTS_ROUTE = `${API}/points`;

const runId = (s) => `${s}`.padStart(32, '0');

function* batches(points) {
  for (let from = 0; from < points; from += BATCH)
    yield Array.from({ length: Math.min(BATCH, points - from) }, (_, i) => from + i);
}

async function fillOurs(store) {
  const random = randomNumbers();
  const fill = async (id, points) => {
    await store.write(() => store.runs.create({ id, experimentId: '0', startTime: 0 }));
    for (const batch of batches(points))
      await store.write(() =>
        store.metrics.append(
          id,
          batch.map((step) => ({ key: 'loss', value: valueAt(step, random), timestamp: timeAt(step), step })),
        ),
      );
  };
  for (let s = 0; s < SERIES; s++) await fill(runId(s), POINTS);
  await fill('compared', COMPARED);
}

function fillTheirs(file) {
  const random = randomNumbers();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; BEGIN');
  db.exec(`INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,
           source_version, lifecycle_stage, artifact_uri, experiment_id)
           VALUES ('compared', 'a', 'UNKNOWN', '', '', '', 'RUNNING', 0, '', 'active', 'mlflow-artifacts:/0/compared/artifacts', 0)`);
  const metric = db.prepare(`INSERT INTO metrics VALUES ('loss', ?, ?, 'compared', ?, 0)`);
  for (let step = 0; step < COMPARED; step++) metric.run(valueAt(step, random), timeAt(step), step);
  db.exec('COMMIT');
  db.close();
}

const valueAt = (step, random) => Math.exp(-step / 300_000) + 0.1 * random();
/** A step of a loop that takes a few milliseconds, not always the same. */
const timeAt = (step) => 1.7e12 + 7 * step + (step % 3);

const [ours, theirs] = await Promise.all([
  startTrainyard({ fill: fillOurs }),
  startMlflow({ fill: fillTheirs }),
]);
try {
  const [own, other] = [client(ours), client(theirs)];
  const history = async (connection) => {
    let [token, count] = ['', 0];
    do {
      const query = new URLSearchParams({ run_id: 'compared', metric_key: 'loss', max_results: 25_000 });
      if (token) query.set('page_token', token);
      const answer = await connection.request('GET', `/api/2.0/mlflow/metrics/get-history?${query}`);
      const { metrics = [], next_page_token: next } = answer.json();
      count += metrics.length;
      token = next;
    } while (token);
    if (count !== COMPARED) throw new Error(`${count} points of ${COMPARED}`);
  };
  const interval = (connection) =>
    connection.request(
      'GET',
      '/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=compared&metric_key=loss&max_results=2000',
    );
  console.log(`\nOne metric of ${COMPARED.toLocaleString('en')} points`);
  await compare([
    {
      name: 'get-history, pages of 25,000',
      goal: 20,
      ours: () => time(() => history(own)),
      theirs: () => time(() => history(other)),
    },
    {
      name: 'get-history-bulk-interval, 2,000 points',
      ours: () => time(() => interval(own)),
      theirs: () => time(() => interval(other)),
    },
    {
      name: `the same metric drawn: /points of 2,000 columns`,
      goal: 20,
      ours: () => time(() => draw(own, ['compared'])),
      theirs: () => time(() => interval(other)),
    },
  ]);

  console.log(
    `\n/points: ${SERIES} metrics of ${POINTS.toLocaleString('en')} points to ${COLUMNS} columns, ms`,
  );
  const all = Array.from({ length: SERIES }, (_, s) => runId(s));
  const rows = [];
  // Megabytes: a client that puts them together and looks at them takes as long as the server.
  const light = await transfers({
    port: ours.port,
    headers: { ...ours.headers, 'content-type': 'application/json' },
  });
  const row = async (name, goal, ids, range) => {
    const drawn = await draw(own, ids, range);
    const text = Buffer.from(JSON.stringify(drawingOf(ids, range)));
    const body = { bytes: text.length, parts: [text] };
    const times = [];
    for (let i = 0; i < 3 * REPEATS; i++) {
      const took = await time(async () => {
        const received = await light.transfer('POST', POINTS_ROUTE, body);
        if (received !== drawn) throw new Error(`${received} bytes instead of ${drawn}`);
      });
      times.push(took);
    }
    rows.push([
      name,
      spread(times),
      goal ? `≤ ${goal} ms ${quantile(times, 0.5) <= goal ? 'met' : 'NOT met'}` : '',
    ]);
  };
  await row('ten, whole', 50, all);
  await row('one, whole', undefined, all.slice(0, 1));
  for (const part of [2, 8, 64, 1000]) {
    const range = { fromStep: 333_333, toStep: 333_333 + POINTS / part };
    await row(`ten, zoomed to 1/${part}`, 5, all, range);
    await row(`one, zoomed to 1/${part}`, 5, all.slice(0, 1), range);
  }
  light.close();
  table(['', 'min–median–max', 'goal'], rows);
} finally {
  await Promise.all([ours.stop(), theirs.stop()]);
}

function drawingOf(ids, range) {
  return {
    series: ids.map((id) => ({ runId: id, key: 'loss', from: 0, ...range })),
    maxPoints: 4 * COLUMNS,
  };
}

/** @returns bytes of the answer */
async function draw(connection, ids, range) {
  const { bytes } = await connection.request('POST', POINTS_ROUTE, drawingOf(ids, range));
  const points = decodePoints(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  if (points.some(({ steps }) => steps.length < COLUMNS / 4)) throw new Error('Too few points.');
  return bytes.length;
}
