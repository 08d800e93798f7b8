import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import fs from 'node:fs';
import path from 'node:path';
import { ensureServer } from '../../../src/workspace/local/launch.js';
import { serverEntry, stopServerOf, TestHome } from '../../support/home.js';
import { askForJson, createRun } from '../../support/mlflow.js';
import { until } from '../../support/until.js';

describe('a server whose store is damaged', function () {
  this.timeout(120_000);
  let test: TestHome;

  beforeEach(() => {
    test = new TestHome();
  });
  afterEach(() => test.close());

  const start = () => ensureServer({ home: test.home, serverEntry });
  const at = (...names: string[]) => path.join(test.home, 'store', ...names);
  const cli = (...args: string[]) => test.cli(args);

  /** It follows SQLite's log a moment after each change. */
  function isCopied(): boolean {
    const segments = fs.readdirSync(at('copy')).filter((name) => name.endsWith('.wal'));
    const last = segments.sort().at(-1);
    return (
      last !== undefined && fs.readFileSync(at('copy', last)).equals(fs.readFileSync(at('trainyard.db-wal')))
    );
  }

  async function logged(name: string): Promise<string> {
    const server = await start();
    const run_id = await createRun(server, name);
    const metrics = [1, 2, 3].map((step) => ({ key: 'loss', value: step / 8, timestamp: step, step }));
    await askForJson(server, { at: 'mlflow/runs/log-batch', body: { run_id, metrics } });
    const file = `mlflow-artifacts/artifacts/0/${run_id}/artifacts/model.bin`;
    await askForJson(server, { method: 'PUT', at: file, body: Buffer.from(`model of ${name}`) });
    return run_id;
  }

  async function holds(name: string, id: string): Promise<void> {
    const run = await test.workspace.run(id);
    assert.equal(run.name, name);
    assert.deepEqual(
      { ...run.metrics['loss'], timestamp: 0 },
      { value: 3 / 8, step: 3, timestamp: 0, count: 3, min: 1 / 8, max: 3 / 8 },
    );
    assert.equal(Buffer.from(await test.workspace.readFile(id, 'model.bin')).toString(), `model of ${name}`);
  }

  it('does not start, says why and what to do, and has all of it again after that', async () => {
    const first = await logged('first');
    await stopServerOf(test.home);
    const second = await logged('second');
    await until('the second copy', isCopied);
    await test.killServer();
    fs.rmSync(at('trainyard.db-wal'));
    await assert.rejects(start(), (error: unknown) => {
      assert.ok(TrainyardError.is(error, 'STORE_CORRUPT'), String(error));
      assert.match(error.message, /has lost its last \d+ changes: those since .* Its log .* is gone/);
      assert.match(error.message, /Nothing was changed.*trainyard store recover/s);
      return true;
    });
    assert.equal(cli('store', 'verify').status, 1);
    const recovered = cli('store', 'recover');
    assert.equal(recovered.status, 0, recovered.stderr);
    assert.match(recovered.stdout, /Rebuilt from +its second copy/);
    assert.match(recovered.stdout, /Lost +no known changes/);
    await holds('first', first);
    await holds('second', second);
    assert.equal(cli('store', 'verify').status, 1, 'a server has it');
    await stopServerOf(test.home);
    const verified = cli('store', 'verify');
    assert.equal(verified.status, 0, verified.stdout);
    assert.match(verified.stdout, /Database +whole/);
  });

  it('does not take an empty database for the one whose files are there', async () => {
    const id = await logged('run');
    await stopServerOf(test.home);
    for (const damage of [
      () => fs.rmSync(at('trainyard.db')),
      () => fs.writeFileSync(at('trainyard.db'), ''),
      () => fs.rmSync(at('trainyard.db')),
    ]) {
      damage();
      await assert.rejects(start(), /but the files of its runs are there/);
      assert.equal(cli('store', 'recover').status, 0);
      await holds('run', id);
      await stopServerOf(test.home);
    }
    fs.rmSync(at('trainyard.db'));
    const { setAside } = JSON.parse(cli('store', 'reset', '--json').stdout) as { setAside: string };
    assert.ok(fs.existsSync(path.join(setAside, 'objects')));
    assert.deepEqual((await test.workspace.runs({})).runs, []);
  });

  it('has the jobs of their folders when nothing else is left', async () => {
    const { id, name } = await test.submit('echo hello; echo made > "$TRAINYARD_OUTPUT/made.txt"; exit 3');
    const { exitCode } = (await test.ended(id)).job ?? {};
    assert.equal(exitCode, 3);
    await stopServerOf(test.home);
    for (const name of ['trainyard.db', 'copy']) fs.rmSync(at(name), { recursive: true });
    const { from, jobs } = JSON.parse(cli('store', 'recover', '--json').stdout) as Record<string, unknown>;
    assert.deepEqual([from, jobs], ['nothing', 1]);
    const run = await test.ended(id);
    assert.deepEqual([run.state, run.job?.exitCode, run.code?.root], ['failed', 3, test.project]);
    assert.equal(typeof name, 'string');
    assert.match(await test.log(id), /hello/);
    assert.equal(Buffer.from(await test.workspace.readFile(id, 'outputs/made.txt')).toString(), 'made\n');
  });
});
