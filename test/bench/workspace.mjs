// All runs of an MLflow server, page by page: by the workspace `mlflow`, and by MLflow's own client, as they need no
// server of ours. Each page is 1,000 runs of 20 metrics and 20 params.
import { spawn } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../src/workspace/mlflow/config.ts';
import { MlflowWorkspace } from '../../src/workspace/mlflow/workspace.ts';
import { compare, randomNumbers, time } from './_report.mjs';
import { startMlflow } from './_servers.mjs';

const RUNS = Number(process.env.TRAINYARD_BENCH_RUNS ?? 10_000);
const KEYS = 20;
const PAGE = 1_000;
const SCRIPT = fileURLToPath(new URL('search_runs.py', import.meta.url));

function fill(file) {
  const db = new DatabaseSync(file);
  const random = randomNumbers();
  db.exec('PRAGMA synchronous = OFF; BEGIN');
  const run = db.prepare(
    `INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,
     source_version, lifecycle_stage, artifact_uri, experiment_id)
     VALUES (?, ?, 'UNKNOWN', '', '', '', 'FINISHED', ?, '', 'active', ?, 0)`,
  );
  const latest = db.prepare('INSERT INTO latest_metrics VALUES (?, ?, ?, 1, 0, ?)');
  const param = db.prepare('INSERT INTO params VALUES (?, ?, ?)');
  for (let i = 0; i < RUNS; i++) {
    const id = i.toString(16).padStart(32, '0');
    const start = 1.7e12 + i * 1000;
    run.run(id, `run-${i}`, start, `mlflow-artifacts:/0/${id}/artifacts`);
    for (let k = 0; k < KEYS; k++) {
      latest.run(`metric_${k}`, random(), start, id);
      param.run(`param_${k}`, String(Math.floor(random() * 1000)), id);
    }
  }
  db.exec('COMMIT');
  db.close();
}

const server = await startMlflow({ fill });
try {
  const config = readConfig({ id: 'bench', name: 'Bench', kind: 'mlflow', uri: server.url, timeout: 600 });
  const workspace = new MlflowWorkspace({ id: 'bench', label: 'Bench' }, config, {
    get: async () => undefined,
  });
  /** The longest time in which nothing else could be done, ms. */
  let longest = 0;
  const all = async () => {
    let [count, page, before] = [0, undefined, performance.now()];
    const heart = setInterval(() => {
      longest = Math.max(longest, performance.now() - before - 5);
      before = performance.now();
    }, 5);
    do {
      const found = await workspace.runs({ limit: PAGE, ...(page !== undefined && { page }) });
      count += found.runs.length;
      page = found.nextPage;
    } while (page !== undefined);
    clearInterval(heart);
    if (count !== RUNS) throw new Error(`${count} runs were found.`);
  };
  await compare([
    {
      name: `${RUNS.toLocaleString('en')} runs by pages of ${PAGE}`,
      ours: () => time(all),
      theirs: () => byClient(server.url),
    },
  ]);
  console.log(`Nothing else was kept waiting for more than ${Math.round(longest)} ms.`);
} finally {
  await server.stop();
}

/** What MLflow's client takes for it, without its start; ms. */
function byClient(url) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.env.TRAINYARD_BENCH_MLFLOW, [SCRIPT, String(PAGE), String(RUNS)], {
      env: { ...process.env, MLFLOW_TRACKING_URI: url, NO_PROXY: '127.0.0.1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(Number(said)) : reject(new Error(`search_runs.py ended with ${code}.`)),
    );
  });
}
