import assert from 'node:assert/strict';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeWithEngine } from '../../support/engine.js';
import { DockerHome } from './home.js';

const digits = fileURLToPath(new URL('../../../examples/digits', import.meta.url));

/** Logs one metric at a time by MLflow's client, and ends with 3. */
const SLOW = `
import mlflow, time
with mlflow.start_run():
    for step in range(60):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
        print("step", step, flush=True)
        time.sleep(0.05)
    mlflow.log_text("done", "end.txt")
raise SystemExit(3)
`;

describeWithEngine('jobs in containers, in hard times', ({ images }) => {
  let test: DockerHome;
  before(() => {
    test = new DockerHome();
  });
  afterEach(() => test.assertTidy());
  after(() => test.close());

  it('run the script of the demo as it is, with its metrics, params, pictures and model', async () => {
    fs.cpSync(digits, test.project, { recursive: true });
    const id = await test.start(images.python, ['python', 'train.py', '--epochs', '3'], {
      script: 'train.py',
    });
    assert.deepEqual(await test.ending(id), { state: 'finished', exitCode: 0, reason: undefined });
    const log = await test.log(id);
    const [, loss, accuracy] = /epoch {2}3\/3.* {2}loss ([\d.]+) {2}val_accuracy ([\d.]+)/.exec(log) ?? [];
    const run = await test.workspace.run(id);
    assert.equal(run.params['lr'], '0.001');
    const metric = (name: string) => [run.metrics[name]?.value.toFixed(4), run.metrics[name]?.count];
    assert.deepEqual(metric('loss'), [loss, 3]);
    assert.deepEqual(metric('val_accuracy'), [accuracy, 3]);
    const files = await test.workspace.files(id, '');
    assert.ok(files.some((file) => file.path === 'confusion_matrix.png'));
  });

  it('go on while the server is killed, and lose neither a metric nor a line', async () => {
    test.write('slow.py', SLOW);
    const id = await test.start(images.python, ['python', 'slow.py']);
    await test.logged(id, 'step 5\n');
    await test.killServer();
    const { state, exitCode } = await test.ending(id);
    assert.deepEqual([state, exitCode], ['failed', 3]);
    assert.doesNotMatch(await test.log(id), /git/i);
    const lines = (await test.log(id)).split('\n').filter((line) => line.startsWith('step'));
    assert.deepEqual(
      lines,
      Array.from({ length: 60 }, (_, step) => `step ${step}`),
    );
    const { loss } = (await test.workspace.run(id)).metrics;
    assert.deepEqual([loss?.count, loss?.step, loss?.value], [60, 59, 1 / 60]);
    // The address by which a container knows it is that of this server.
    assert.equal((await test.workspace.run(id)).job?.elsewhere, undefined);
  });

  it('are cancelled: they are asked to end, may save, and what they saved is kept', async () => {
    const save = 'echo saving; echo state > "$TRAINYARD_OUTPUT/saved.txt"; exit 0';
    const id = await test.script(
      images.shell,
      `trap '${save}' TERM; echo ready; while :; do sleep 0.1; done`,
    );
    await test.logged(id, 'ready');
    await test.workspace.jobs.cancel(id);
    assert.equal((await test.ending(id)).state, 'cancelled');
    // Busybox' shell says of a process of the job that it was asked, too.
    assert.equal((await test.log(id)).replace('Terminated\n', ''), 'ready\nsaving\n');
    assert.deepEqual(await test.outputs(id), ['saved.txt']);
  });

  it('are ended by force after the grace time when they ignore SIGTERM', async () => {
    await test.workspace.changeSettings({ grace: 1 });
    const deaf = `trap 'echo no' TERM; echo ready; while :; do sleep 0.1; done`;
    const cancelled = await test.script(images.shell, deaf);
    const late = await test.script(images.shell, deaf, { timeout: 2 });
    await test.logged(cancelled, 'ready');
    await test.workspace.jobs.cancel(cancelled);
    assert.equal((await test.ending(cancelled)).state, 'cancelled');
    assert.match(await test.log(cancelled), /^ready\n(Terminated\n)?(no\n)+$/);
    const { state, reason } = await test.ending(late);
    assert.equal(state, 'failed');
    assert.match(reason ?? '', /limit of 2 s/);
  });

  it('get secrets to the letter, with and without a shell in their image', async () => {
    const value = `it's "a" \\ $HOME \`secret\`\nof two lines`;
    const more = { secrets: ['KEY'], secretValues: { KEY: value } };
    for (const image of [images.shell, images.noshell]) {
      const program = image === images.shell ? 'sh' : '/busybox';
      const args = image === images.shell ? [] : ['sh'];
      const id = await test.start(image, [program, ...args, '-c', 'printf %s "$KEY"; exit 4'], more);
      const { state, exitCode } = await test.ending(id);
      assert.deepEqual([await test.log(id), state, exitCode], [value, 'failed', 4]);
    }
  });

  it('are at most as many at once as the setting says', async () => {
    await test.workspace.changeSettings({ parallelJobs: 2 });
    const ids: string[] = [];
    for (let i = 0; i < 20; i++)
      ids.push(await test.script(images.shell, `echo start ${i}; sleep 0.3; echo end`));
    let [most, isDone] = [0, false];
    const count = async () => {
      while (!isDone) {
        const states = (await test.containers()).map(({ State }) => State);
        most = Math.max(most, states.filter((state) => state === 'running').length);
      }
    };
    const counting = count();
    const endings = await Promise.all(ids.map((id) => test.ending(id, 300)));
    isDone = true;
    await counting;
    assert.deepEqual(new Set(endings.map(({ state }) => state)), new Set(['finished']));
    assert.equal(most, 2);
    for (const [i, id] of ids.entries()) assert.equal(await test.log(id), `start ${i}\nend\n`);
  }).timeout(400_000);
});
