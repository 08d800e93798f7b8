import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import os from 'node:os';
import process from 'node:process';
import { promisify } from 'node:util';
import { settingLines, type Shell, trackingVariables } from '../../../src/workspace/local/tracking.js';
import {
  complaints,
  hasPython,
  interpreter,
  runPython,
  type PythonEnvironment,
  type PythonResult,
} from './python.js';
import { startServer, type TestServer } from './server.js';

const execute = promisify(execFile);

/** What each script is about, the script, and the environment that has its packages. */
const SCRIPTS: [what: string, script: string, python?: PythonEnvironment][] = [
  ['logs and reads runs', 'tracking'],
  ['logs, registers and loads models', 'models'],
  ['uses every verb of the registry', 'registry'],
  ['uses the seldom verbs of experiments, runs, models and prompts', 'verbs'],
  ['reads and writes the artifacts of a location elsewhere itself', 'elsewhere'],
  ['keeps artifacts and models at any location of this server', 'locations'],
  ['sends a file whole that it would rather send in parts', 'large_files'],
  ['logs from fifty processes at once', 'crowd'],
  ['logs in the background, metrics of the machine too', 'queues', 'full'],
  ['logs scikit-learn, XGBoost and LightGBM by itself', 'autolog_trees', 'full'],
  ['logs PyTorch by itself and by hand', 'autolog_torch', 'full'],
  ["logs as the callback of Transformers' Trainer", 'transformers_callback', 'full'],
  ['evaluates models and reads runs into pandas', 'evaluation', 'full'],
  ['is not held up by traces, nor by what is refused', 'traces', 'full'],
  ['of MLflow 2 logs, registers and searches', 'old_client', 'old'],
];

describe('the MLflow client', function () {
  this.timeout(180_000);
  let server: TestServer;

  beforeEach(async () => {
    server = await startServer();
  });
  afterEach(async () => {
    await server.close();
    assert.deepEqual(server.errors, [], 'no request may be a fault of the server');
  });

  function succeeded({ code, stdout, stderr }: PythonResult): void {
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.deepEqual(complaints(stderr), []);
  }

  for (const [what, script, python = 'usual'] of SCRIPTS)
    it(what, async function () {
      if (!hasPython(python)) this.skip();
      succeeded(await runPython(server, script, { python }));
    });

  /** The run that a job has before its script begins, and the environment that names it. */
  async function newJob() {
    const run = await server.store.write(() =>
      server.store.runs.create({ experimentId: '0', name: 'job', startTime: 1, status: 'scheduled' }),
    );
    return { run, env: { MLFLOW_RUN_ID: run.id, MLFLOW_EXPERIMENT_ID: '0' } };
  }

  it('continues the run of MLFLOW_RUN_ID', async () => {
    const { run, env } = await newJob();
    succeeded(await runPython(server, 'resume', { env }));
    const after = server.store.runs.full(run.id);
    assert.equal(after?.status, 'finished');
    assert.equal(after?.name, 'job');
    assert.equal(after?.metrics.loss?.value, 0.5);
    assert.equal(after?.params.lr, '0.1');
  });

  it("continues the run of MLFLOW_RUN_ID as the callback of Transformers' Trainer", async function () {
    if (!hasPython('full')) this.skip();
    const { run, env } = await newJob();
    succeeded(await runPython(server, 'transformers_callback', { python: 'full', env }));
    assert.equal(server.store.runs.full(run.id)?.status, 'finished');
  });

  it('finds the server by the lines that a shell or a notebook is given', async () => {
    const lines = (shell: Shell) => settingLines(trackingVariables(server, {}), shell);
    const code = 'import mlflow\nwith mlflow.start_run(): mlflow.log_metric("loss", 1)\n';
    const python = interpreter('usual');
    const env = { PATH: process.env['PATH'], HOME: os.tmpdir() };
    await execute(python, ['-c', lines('python') + code], { env });
    await execute('sh', ['-c', `${lines('sh')}exec "$0" -c "$1"`, python, code], { env });
    assert.equal(server.store.runs.count(), 2);
  });

  it('logs from a notebook, by the lines that it is given', async function () {
    if (!hasPython('full')) this.skip();
    const firstCell = settingLines(trackingVariables(server, {}), 'python');
    const env = { FIRST_CELL: firstCell, MLFLOW_TRACKING_URI: undefined, MLFLOW_TRACKING_TOKEN: undefined };
    succeeded(await runPython(server, 'notebook', { python: 'full', env }));
    assert.equal(server.store.runs.count(), 2);
  });

  for (const [what, token] of [
    ['wrong', 'wrong'],
    ['missing', undefined],
  ] as const)
    it(`gives up at once with a ${what} token`, async () => {
      const result = await runPython(server, 'refused', { env: { MLFLOW_TRACKING_TOKEN: token } });
      assert.equal(result.code, 0, result.stderr);
      assert.ok(result.seconds < 40, `${result.seconds} s`);
    });

  it('gives up at once with the token of an earlier server', async () => {
    const earlier = await startServer();
    await earlier.close();
    const result = await runPython(server, 'refused', { env: { MLFLOW_TRACKING_TOKEN: earlier.token } });
    assert.equal(result.code, 0, result.stderr);
    assert.ok(result.seconds < 40, `${result.seconds} s`);
  });
});
