// runs/search over many runs of 20 metrics and 20 params, the same in both stores.
import { DatabaseSync } from 'node:sqlite';
import { client, startMlflow, startTrainyard } from './_servers.mjs';
import { compare, FULL, ONLY, randomNumbers, time } from './_report.mjs';

const RUNS = Number(process.env.TRAINYARD_BENCH_RUNS ?? (FULL ? 100_000 : 10_000));
const KEYS = 20;
const PAGE = Math.min(50, RUNS / 100);
const LAST = Math.max(1, Math.min(PAGE, RUNS / 1000 - 1));

/** What run `i` has logged; both stores are filled from it. */
function* runs() {
  const random = randomNumbers();
  for (let i = 0; i < RUNS; i++) {
    const metrics = Array.from({ length: KEYS }, (_, k) => [`metric_${k}`, random()]);
    const params = Array.from({ length: KEYS }, (_, k) => [
      `param_${k}`,
      String(Math.floor(random() * 1000)),
    ]);
    yield {
      id: i.toString(16).padStart(32, '0'),
      name: `run-${i}`,
      start: 1.7e12 + i * 1000,
      metrics,
      params,
    };
  }
}

async function fillOurs(store) {
  let batch = [];
  const write = () =>
    store.write(() => {
      for (const { id, name, start, metrics, params } of batch) {
        store.runs.create({ id, experimentId: '0', name, startTime: start });
        const points = metrics.map(([key, value]) => ({ key, value, timestamp: start, step: 1 }));
        store.metrics.append(id, points);
        store.runs.logParams(id, Object.fromEntries(params));
      }
    });
  for (const run of runs()) {
    batch.push(run);
    if (batch.length < 5000) continue;
    await write();
    batch = [];
  }
  await write();
}

function fillTheirs(file) {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; BEGIN');
  const run = db.prepare(
    `INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,
     source_version, lifecycle_stage, artifact_uri, experiment_id)
     VALUES (?, ?, 'UNKNOWN', '', '', '', 'RUNNING', ?, '', 'active', ?, 0)`,
  );
  const tag = db.prepare(`INSERT INTO tags VALUES ('mlflow.runName', ?, ?)`);
  const metric = db.prepare('INSERT INTO metrics VALUES (?, ?, ?, ?, 1, 0)');
  const latest = db.prepare('INSERT INTO latest_metrics VALUES (?, ?, ?, 1, 0, ?)');
  const param = db.prepare('INSERT INTO params VALUES (?, ?, ?)');
  for (const { id, name, start, metrics, params } of runs()) {
    run.run(id, name, start, `mlflow-artifacts:/0/${id}/artifacts`);
    tag.run(name, id);
    for (const [key, value] of metrics) {
      metric.run(key, value, start, id);
      latest.run(key, value, start, id);
    }
    for (const [key, value] of params) param.run(key, value, id);
  }
  db.exec('COMMIT');
  db.close();
}

const searches = {
  'newest first': {},
  'metric > 0.5': { filter: 'metrics.metric_3 > 0.5' },
  'metric > 0.99': { filter: 'metrics.metric_3 > 0.99' },
  "param = '77'": { filter: "params.param_5 = '77'" },
  'metric and param': { filter: "metrics.metric_3 > 0.5 AND params.param_5 LIKE '7%'" },
  'ordered by a metric': { order_by: ['metrics.metric_3 DESC'] },
  'ordered by a param': { order_by: ['params.param_5 ASC'] },
};

const [ours, theirs] = await Promise.all([
  startTrainyard({ fill: fillOurs }),
  startMlflow({ fill: fillTheirs }),
]);
try {
  const [own, other] = [client(ours), client(theirs)];
  const ask = (connection, body) =>
    connection.request('POST', '/api/2.0/mlflow/runs/search', { experiment_ids: ['0'], ...body });
  const search = async (connection, body) => (await ask(connection, body)).json();
  /** The token of a page: ours from the page before it; MLflow's says how many rows to skip. */
  const tokens = async (body, page) => {
    let token;
    for (let n = 1; n < page; n++)
      ({ next_page_token: token } = await search(own, { ...body, page_token: token }));
    const skip = JSON.stringify({ offset: (page - 1) * body.max_results });
    return { own: token, other: page === 1 ? undefined : Buffer.from(skip).toString('base64') };
  };
  /** Ours keeps the runs that were read last as text. These are as many as it keeps, and none of those that are measured. */
  const forget = async () => {
    const oldest = { order_by: ['attributes.start_time ASC'], max_results: 2000 };
    await ask(own, oldest);
  };
  const titleOf = (name, size, page, { isFirst = false } = {}) =>
    `${name}, page ${page} of ${size}${isFirst ? ', not read before' : ''}`;
  const caseOf = (name, size, page, { isFirst = false } = {}) => {
    const body = { ...searches[name], max_results: size };
    let token;
    return {
      name: titleOf(name, size, page, { isFirst }),
      goal: 20,
      prepare: async () => {
        token = await tokens(body, page);
        // Both break ties in an order of their own; in an order by a param there are many.
        if (name !== 'ordered by a param') await expectSame(name, body, token);
      },
      ours: async () => {
        if (isFirst) await forget();
        return time(() => ask(own, { ...body, page_token: token.own }));
      },
      theirs: () => time(() => ask(other, { ...body, page_token: token.other })),
    };
  };
  const expectSame = async (name, body, token) => {
    const answers = [
      await search(own, { ...body, page_token: token.own }),
      await search(other, { ...body, page_token: token.other }),
    ];
    const [a, b] = answers.map(({ runs = [] }) => runs.map(({ info }) => info.run_name).sort());
    if (a.join() !== b.join()) throw new Error(`The answers to “${name}” differ.`);
  };
  console.log(`\n${RUNS.toLocaleString('en')} runs × ${KEYS} metrics × ${KEYS} params, in both`);
  const wanted = [
    ...Object.keys(searches).flatMap((name) => [
      [name, 100, 1, { isFirst: true }],
      [name, 100, 1],
    ]),
    ['newest first', 100, PAGE],
    ['ordered by a metric', 100, PAGE],
    ['ordered by a metric', 1000, 1],
    ['ordered by a metric', 1000, LAST],
  ].filter((one) => ONLY.test(titleOf(...one)));
  await compare(wanted.map((one) => caseOf(...one)));
} finally {
  await Promise.all([ours.stop(), theirs.stop()]);
}
