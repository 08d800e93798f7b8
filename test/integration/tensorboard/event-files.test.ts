import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildScriptJob } from '../../../src/job/build.js';
import { TestHome } from '../../support/home.js';
import { until } from '../../support/until.js';

const PYTHON = process.env['TRAINYARD_TEST_TENSORBOARD'] ?? '';

/** The real writers, in jobs. */
describe('the event files of a job', function () {
  this.timeout(60_000);
  let test: TestHome;

  before(async () => {
    test = new TestHome();
    // As most projects have it: the folder is there, ignored, and shared by all runs.
    test.write('.gitignore', 'runs/\n');
    fs.mkdirSync(path.join(test.project, 'runs'));
    for (const name of ['tensorboardx', 'tensors']) {
      const script = fileURLToPath(new URL(`scripts/${name}.py`, import.meta.url));
      test.write(`${name}.py`, fs.readFileSync(script, 'utf8'));
    }
    await test.workspace.changeSettings({ parallelJobs: 2 });
  });
  after(() => test.close());

  async function submit(name: string, ...args: string[]): Promise<string> {
    const script = path.join(test.project, `${name}.py`);
    const folders = { codeFolder: test.project, workingFolder: test.project };
    return (await test.workspace.submit(buildScriptJob({ script, ...folders, interpreter: PYTHON, args })))
      .id;
  }

  async function series(runId: string, key: string): Promise<[step: number, value: number][]> {
    const [points] = await test.workspace.points([{ runId, key, from: 0 }], 100_000);
    return Array.from(points?.steps ?? [], (step, i) => [step, points?.values[i] as number]);
  }

  it('become metrics while they grow, and pictures, texts and params', async () => {
    const id = await submit('tensorboardx');
    await until('points', async () => {
      const { state, metrics } = await test.workspace.run(id);
      assert.notEqual(state, 'finished', 'points are there before the end');
      return (metrics['loss/train']?.count ?? 0) > 5;
    });
    const run = await test.ended(id);
    assert.equal(run.job?.reason, undefined);
    assert.equal(run.metrics['loss/train']?.count, 30);
    assert.equal(run.metrics['odd_name____']?.count, 30);
    assert.equal(run.metrics['hparam/best']?.value, 0.5);
    assert.deepEqual((await series(id, 'loss/train'))[1], [1, 0.5]);
    assert.ok(Number.isNaN((await series(id, 'odd_name____'))[3]?.[1]));
    assert.deepEqual(
      { ...run.params, lr: Number(run.params['lr']) },
      {
        lr: 0.1,
        optimizer: 'sgd',
        nesterov: 'True',
      },
    );
    const [image] = await test.workspace.files(id, 'images');
    assert.match(image?.path ?? '', /^images\/sample%step%29%timestamp%\d+%[0-9a-f]+\.png$/);
    const png = await test.workspace.readFile(id, image?.path ?? '');
    assert.equal(Buffer.from(png).toString('latin1', 1, 4), 'PNG');
    const [text] = await test.workspace.files(id, 'text');
    assert.equal(
      Buffer.from(await test.workspace.readFile(id, text?.path ?? '')).toString(),
      '# It went well',
    );
  });

  it('have the folders of their writers as prefixes, and tensors as values', async () => {
    const id = await submit('tensors');
    const run = await test.ended(id);
    assert.deepEqual(
      Object.keys(run.metrics).filter((key) => !key.startsWith('system/')),
      ['train/epoch_loss', 'validation/epoch_loss'],
    );
    assert.deepEqual((await series(id, 'validation/epoch_loss'))[19], [19, -19.5]);
  });

  it('belong to the run that wrote them, when two write below one folder', async () => {
    const ids = [await submit('tensorboardx', '100'), await submit('tensorboardx', '200')];
    for (const [i, id] of ids.entries()) {
      await test.ended(id);
      const points = await series(id, 'loss/train');
      assert.equal(points.length, 30);
      for (const [step, value] of points) assert.ok(Math.abs(value - (i + 1) * 100 - 1 / (step + 1)) < 1e-4);
    }
  });

  it('are read once, however often the server is killed', async () => {
    const id = await submit('tensorboardx', '7');
    for (let kills = 0; kills < 5; kills++) {
      await sleep(500);
      await test.killServer();
    }
    const run = await test.ended(id);
    assert.equal(run.state, 'finished');
    const steps = (await series(id, 'loss/train')).map(([step]) => step);
    assert.deepEqual(
      steps,
      Array.from({ length: 30 }, (_, step) => step),
    );
  });
});
