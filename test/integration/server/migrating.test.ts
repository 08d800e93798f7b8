import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate, SCHEMA_VERSION } from '../../../src/server/store/migrations.js';
import { Database } from '../../../src/server/store/sql.js';
import { DISCOVERY_FILE } from '../../../src/workspace/local/contract.js';
import { LocalWorkspace } from '../../../src/workspace/local/workspace.js';
import { serverEntry, stopServerOf } from '../../support/home.js';
import { until } from '../../support/until.js';

/** Kills for each format; `TRAINYARD_CRASHES` for more. */
const ROUNDS = Math.max(3, Number(process.env['TRAINYARD_CRASHES'] ?? 0));
const RUNS = 4000;
const BLOCK = 1024;
const BLOCKS = 150;
const TAIL = 700;

describe('a server that is killed while it carries a store over', function () {
  this.timeout(120_000 + ROUNDS * SCHEMA_VERSION * 10_000);
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-migrating-'));
  const first = path.join(root, 'first.db');

  before(() => writeFirstFormat(first));
  after(() => fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

  for (let version = 1; version < SCHEMA_VERSION; version++)
    it(`from format ${version} goes on at its next start, and nothing is lost`, async () => {
      const old = path.join(root, `format-${version}.db`);
      fs.copyFileSync(first, old);
      const db = new Database(old);
      migrate(db, 1, version);
      db.close();

      const home = path.join(root, `home-${version}`);
      const file = path.join(home, 'store', 'trainyard.db');
      const copy = () => {
        fs.rmSync(home, { recursive: true, force: true });
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.copyFileSync(old, file);
      };
      copy();
      // From the start of the process; moved to where the work is, as machines and their load differ.
      let moment = (await timeOfStart(home)) * 0.7;
      copy();
      for (let interrupted = 0, tries = 0; interrupted < ROUNDS; tries++) {
        assert.ok(tries < 40 * ROUNDS, 'the kills come too early or too late');
        await startAndKill(home, moment * (0.85 + 0.3 * Math.random()));
        const wasTouched = fs.existsSync(`${file}-wal`);
        const isDone = versionOf(file) === SCHEMA_VERSION;
        if (isDone) {
          moment *= 0.92;
          copy();
        } else if (wasTouched) interrupted++;
        else moment *= 1.1;
      }
      await holdsAll(home);
      assert.equal(versionOf(file), SCHEMA_VERSION);
    });

  async function holdsAll(home: string): Promise<void> {
    const workspace = new LocalWorkspace({ home, serverEntry });
    try {
      const { runs } = await workspace.runs({ filter: "params.lr = '7'", limit: 1000 });
      assert.deepEqual(
        runs.map(({ id }) => id).sort(),
        Array.from({ length: RUNS }, (_, i) => i)
          .filter((i) => i % 100 === 7)
          .map((i) => `r${i}`)
          .sort(),
      );
      assert.equal((await workspace.run('r12')).tags['mark'], 'm12');
      const [all] = await workspace.points([{ runId: 'r0', key: 'loss', from: 0 }], 10_000_000);
      assert.equal(all?.steps.length, BLOCKS * BLOCK + TAIL);
      assert.ok(all?.steps.every((step, i) => step === i && all.values[i] === valueAt(i)));
      const [drawn] = await workspace.points([{ runId: 'r0', key: 'loss', from: 0 }], 400);
      assert.ok(drawn?.reduced);
    } finally {
      await stopServerOf(home);
    }
  }
});

const valueAt = (i: number) => Math.sin(i / 100) * 3;

function versionOf(file: string): number {
  const db = new Database(file);
  try {
    return Number(db.get<{ user_version: number }>('PRAGMA user_version')?.user_version);
  } finally {
    db.close();
  }
}

function startServer(home: string) {
  const server = spawn(process.execPath, [serverEntry], {
    cwd: home,
    stdio: 'ignore',
    env: { ...process.env, TRAINYARD_HOME: home },
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  return { server, ended };
}

async function timeOfStart(home: string): Promise<number> {
  const start = performance.now();
  const { server, ended } = startServer(home);
  await until('the server', () => fs.existsSync(path.join(home, DISCOVERY_FILE)));
  const time = performance.now() - start;
  server.kill('SIGKILL');
  await ended;
  return time;
}

async function startAndKill(home: string, milliseconds: number): Promise<void> {
  const { server, ended } = startServer(home);
  await sleep(milliseconds);
  server.kill('SIGKILL');
  await ended;
}

/** Many runs with params and tags, and one long series, as the first format had them. */
function writeFirstFormat(file: string): void {
  const db = new Database(file);
  db.exec('PRAGMA journal_mode = WAL');
  migrate(db, 0, 1);
  db.exec('BEGIN');
  db.run(`INSERT INTO experiments VALUES (0, 'Default', 'mlflow-artifacts:/0', 'active', 0, 0)`);
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${RUNS - 1})`;
  db.exec(`
    ${numbers} INSERT INTO runs (id, experiment_id, name, user, status, start_time, lifecycle, artifact_uri)
      SELECT 'r' || i, 0, 'run ' || i, '', 'finished', i, 'active', '' FROM n;
    ${numbers} INSERT INTO run_params SELECT 'r' || i, 'lr', CAST(i % 100 AS TEXT) FROM n;
    ${numbers} INSERT INTO run_params SELECT 'r' || i, 'p' || p.value, hex(randomblob(8)) FROM n, json_each('[1,2,3,4,5,6,7,8]') p;
    ${numbers} INSERT INTO run_tags SELECT 'r' || i, 't' || p.value, hex(randomblob(8)) FROM n, json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]') p;
    ${numbers} INSERT INTO run_tags SELECT 'r' || i, 'mark', 'm' || i FROM n;
    ${numbers} INSERT INTO series SELECT i + 2, 'r' || i, 'acc', 0, 0, i, 0, 0, i, i, 0, 0 FROM n;
  `);
  const total = BLOCKS * BLOCK + TAIL;
  const at = total - 1;
  db.run(
    `INSERT INTO series VALUES (1, 'r0', 'loss', ?, ?, ?, ?, ?, -3, 3, ?, ?)`,
    ...[total, BLOCKS * BLOCK, valueAt(at), at, at, at, at],
  );
  for (let from = 0; from < BLOCKS * BLOCK; from += BLOCK) {
    const last = from + BLOCK - 1;
    const column = (of: (i: number) => number) =>
      new Uint8Array(Float64Array.from({ length: BLOCK }, (_, i) => of(from + i)).buffer);
    const columns = [column((i) => i), column((i) => i), column(valueAt)];
    db.run(
      'INSERT INTO blocks VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ...[from, BLOCK, from, last, from, last],
      ...columns,
    );
  }
  for (let i = BLOCKS * BLOCK; i < total; i++)
    db.run('INSERT INTO tail VALUES (1, ?, ?, ?, ?)', i, i, i, valueAt(i));
  db.exec('COMMIT');
  db.close();
}
