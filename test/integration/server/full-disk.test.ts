import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { ensureServer } from '../../../src/workspace/local/launch.js';
import { LocalWorkspace } from '../../../src/workspace/local/workspace.js';
import { serverEntry, stopServerOf } from '../../support/home.js';
import { ask, createRun, type MlflowRequest } from '../../support/mlflow.js';

const MEGABYTE = 1024 * 1024;

/** A home on a file system of 24 MB, which takes a root on Linux to make. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;

(canMount ? describe : describe.skip)('a server whose disk is full', function () {
  this.timeout(60_000);
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-full-'));
  const ballast = path.join(home, 'ballast');
  const workspace = new LocalWorkspace({ home, serverEntry });
  let runId: string;
  /** Steps that were acknowledged. */
  const logged: number[] = [];

  before(async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', home]);
    runId = await createRun(await ensureServer({ home, serverEntry }));
  });
  after(async () => {
    await stopServerOf(home);
    execFileSync('umount', [home]);
    fs.rmSync(home, { recursive: true });
  });

  const call = async (request: MlflowRequest) => ask(await ensureServer({ home, serverEntry }), request);

  const put = (name: string, body: Buffer) =>
    call({ method: 'PUT', at: `mlflow-artifacts/artifacts/0/${runId}/artifacts/${name}`, body });

  async function log(step: number): Promise<Response> {
    const metrics = Array.from({ length: 100 }, (_, i) => ({
      key: `m${i}`,
      value: step,
      timestamp: step,
      step,
    }));
    const response = await call({ at: 'mlflow/runs/log-batch', body: { run_id: runId, metrics } });
    if (response.ok) logged.push(step);
    return response;
  }

  async function assertAllThere(): Promise<void> {
    const [points] = await workspace.points([{ runId, key: 'm99', from: 0 }], 1_000_000);
    const steps = new Set(points?.steps);
    for (const step of logged) assert.ok(steps.has(step), `step ${step}`);
  }

  it('says so, and keeps what it acknowledged', async () => {
    for (let step = 0; step < 20; step++) await log(step);
    fillUp();
    let refused: Response | undefined;
    for (let step = 20; step < 5000 && !refused; step++) {
      const response = await log(step);
      if (!response.ok) refused = response;
    }
    assert.equal(refused?.status, 507);
    const { message } = (await refused.json()) as { message: string };
    assert.match(message, /disk of .* is full/);
    await assertAllThere();
  });

  it('refuses files, and leaves nothing of them', async () => {
    const before = fs.readdirSync(path.join(home, 'store', 'tmp'));
    const refused = await put('large.bin', Buffer.alloc(30 * MEGABYTE, 1));
    assert.equal(refused.status, 507);
    assert.deepEqual(fs.readdirSync(path.join(home, 'store', 'tmp')), before);
    assert.deepEqual(await workspace.files(runId, ''), []);
  });

  it('goes on when there is room again', async () => {
    fs.rmSync(ballast);
    const from = (logged.at(-1) ?? 0) + 1;
    for (let step = from; step < from + 20; step++) assert.equal((await log(step)).status, 200);
    const kept = await put('small.bin', Buffer.alloc(1000, 1));
    assert.equal(kept.status, 200);
    await assertAllThere();
  });

  it('is told apart from one that does not start, and has all of it when there is room', async () => {
    await stopServerOf(home);
    fillUp();
    await assert.rejects(ensureServer({ home, serverEntry }), { code: 'STORE_FULL' });
    fs.rmSync(ballast);
    await assertAllThere();
    await stopServerOf(home);
    const db = new DatabaseSync(path.join(home, 'store', 'trainyard.db'), { readOnly: true });
    assert.deepEqual({ ...db.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
    db.close();
  });

  /** Leaves less than a page. */
  function fillUp(): void {
    const file = fs.openSync(ballast, 'w');
    try {
      for (let size = MEGABYTE; size >= 1024;) {
        try {
          fs.writeSync(file, Buffer.alloc(size));
        } catch (error) {
          assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
          size /= 2;
        }
      }
    } finally {
      fs.closeSync(file);
    }
  }
});
