import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { TrainyardError } from '../../../src/base/errors.js';
import { ensureServer, findServer, shutdown } from '../../../src/workspace/local/launch.js';
import { LocalWorkspace } from '../../../src/workspace/local/workspace.js';
import { serverEntry } from '../../support/home.js';
import { askForJson, createRun } from '../../support/mlflow.js';
import { until } from '../../support/until.js';

const here = (relative: string) => fileURLToPath(new URL(`../../../${relative}`, import.meta.url));

describe('ensureServer', () => {
  let root: string;
  let home: string;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-launch-'));
    home = path.join(root, 'home');
  });
  afterEach(async () => {
    const found = await findServer(home);
    if (found) await shutdown(found);
    fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  });

  it('gives callers at the same time one server', async () => {
    const found = await Promise.all([1, 2, 3].map(() => ensureServer({ home, serverEntry })));
    assert.equal(new Set(found.map(({ pid }) => pid)).size, 1);
    // The others stand down. One that is slow to would take the home over once this test stops the first.
    await until('two servers to give way', () => {
      const log = fs.readFileSync(path.join(home, 'logs', 'server.log'), 'utf8');
      return log.split('another server uses this home').length - 1 === 2;
    });
  });

  it('starts a killed server again with its port and token', async () => {
    const first = await ensureServer({ home, serverEntry });
    process.kill(first.pid, 'SIGKILL');
    while (fs.existsSync(`/proc/${first.pid}/exe`)) await new Promise((resolve) => setTimeout(resolve, 10));
    const second = await ensureServer({ home, serverEntry });
    assert.notEqual(second.pid, first.pid);
    assert.deepEqual([second.port, second.token], [first.port, first.token]);
  });

  it('replaces a server of an older version, which keeps port and token', async () => {
    const old = path.join(root, 'server.mjs');
    await build({
      entryPoints: [here('src/server/main.ts')],
      outfile: old,
      bundle: true,
      platform: 'node',
      format: 'esm',
      mainFields: ['module', 'main'],
      logLevel: 'warning',
      // Its SSH client brings a compiled part; nothing here asks for an engine.
      external: ['dockerode'],
      define: { __VERSION__: '"0.0.1"' },
      banner: {
        js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
      },
    });
    const first = await ensureServer({ home, serverEntry: old });
    assert.equal(first.version, '0.0.1');
    // The built command line: code that runs from source has no version to be newer with.
    const args = [here('dist/cli.js'), 'server', 'start', '--json'];
    const env = { ...process.env, TRAINYARD_HOME: home };
    // Not the synchronous one: this process must reap the old server, whose parent it is.
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    const status = JSON.parse(stdout) as { pid: number; version: string };
    const { version } = JSON.parse(fs.readFileSync(here('package.json'), 'utf8')) as { version: string };
    assert.equal(status.version, version);
    assert.notEqual(status.pid, first.pid);
    const second = await findServer(home);
    assert.deepEqual([second?.port, second?.token], [first.port, first.token]);
  });

  it('has a server that ends when it is idle, but not while a program has a run open', async () => {
    const workspace = new LocalWorkspace({ home, serverEntry });
    await workspace.changeSettings({ idleExit: 0.001 });
    const server = await ensureServer({ home, serverEntry });
    const run_id = await createRun(server);
    const isOver = () =>
      fs.readFileSync(path.join(home, 'logs', 'server.log'), 'utf8').includes('"why":"idle"');
    // It looks every five seconds.
    await sleep(6000);
    assert.ok(!isOver());
    await askForJson(server, { at: 'mlflow/runs/update', body: { run_id, status: 'FINISHED' } });
    await until('the server to end', isOver);
  });

  it('says that the store is corrupt, and leaves it as it is', async () => {
    const file = path.join(home, 'store', 'trainyard.db');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const bytes = Buffer.from('this was a database once\n'.repeat(500));
    fs.writeFileSync(file, bytes);
    await assert.rejects(ensureServer({ home, serverEntry }), (error) => {
      assert.ok(TrainyardError.is(error, 'STORE_CORRUPT'));
      assert.match(error.message, /trainyard\.db/);
      return true;
    });
    assert.deepEqual(fs.readFileSync(file), bytes);
  });
});
