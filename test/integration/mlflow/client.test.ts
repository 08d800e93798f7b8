import assert from 'node:assert/strict';
import { complaints, runPython, type PythonResult } from './python.js';
import { startServer, type TestServer } from './server.js';

/** The real client, with as few starts as it allows: importing it takes seconds. */
describe('the MLflow client', function () {
  this.timeout(180_000);
  let server: TestServer;

  before(async () => {
    server = await startServer();
  });
  after(async () => {
    await server.close();
    assert.deepEqual(server.errors, [], 'no request may be a fault of the server');
  });

  function succeeded({ code, stdout, stderr }: PythonResult): void {
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.deepEqual(complaints(stderr), []);
  }

  it('logs and reads runs', async () => succeeded(await runPython(server, 'tracking')));

  it('logs, registers and loads models', async () => succeeded(await runPython(server, 'models')));

  it('continues the run of MLFLOW_RUN_ID', async () => {
    const run = await server.store.write(() =>
      server.store.runs.create({ experimentId: '0', name: 'job', startTime: 1, status: 'scheduled' }),
    );
    succeeded(await runPython(server, 'resume', { MLFLOW_RUN_ID: run.id, MLFLOW_EXPERIMENT_ID: '0' }));
    const after = server.store.runs.full(run.id);
    assert.equal(after?.status, 'finished');
    assert.equal(after?.name, 'job');
    assert.equal(after?.metrics.loss?.value, 0.5);
    assert.equal(after?.params.lr, '0.1');
  });

  for (const [what, token] of [
    ['wrong', 'wrong'],
    ['missing', undefined],
  ] as const)
    it(`gives up at once with a ${what} token`, async () => {
      const result = await runPython(server, 'refused', { MLFLOW_TRACKING_TOKEN: token });
      assert.equal(result.code, 0, result.stderr);
      assert.ok(result.seconds < 40, `${result.seconds} s`);
    });
});
