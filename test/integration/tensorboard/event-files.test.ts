import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildScriptJob } from '../../../src/job/build.js';
import { TestHome } from '../../support/home.js';
import { loggedImages } from '../../../src/extension/panels/logged-images.js';
import { until } from '../../support/until.js';

const PYTHON = process.env['TRAINYARD_TEST_TENSORBOARD'] ?? '';
const MLFLOW = process.env['TRAINYARD_TEST_PYTHON'] ?? '';

/** The real writers, in jobs. */
describe('the event files of a job', function () {
  this.timeout(180_000);
  let test: TestHome;
  /** A folder outside of the project. */
  let elsewhere: string;

  before(async () => {
    test = new TestHome();
    // As most projects have it: the folder is there, ignored, and shared by all runs.
    test.write('.gitignore', 'runs/\n');
    elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-elsewhere-'));
    fs.mkdirSync(path.join(elsewhere, 'disk'));
    // Tracked by git.
    fs.symlinkSync(path.join(elsewhere, 'disk'), path.join(test.project, 'disk'));
    fs.mkdirSync(path.join(test.project, 'runs'));
    for (const name of ['tensorboardx', 'tensors', 'layouts', 'pictures', 'download']) {
      const script = fileURLToPath(new URL(`scripts/${name}.py`, import.meta.url));
      test.write(`${name}.py`, fs.readFileSync(script, 'utf8'));
    }
    await test.workspace.changeSettings({ parallelJobs: 2 });
  });
  after(async () => {
    await test.close();
    fs.rmSync(elsewhere, { recursive: true, force: true });
  });

  const submit = (name: string, ...args: string[]) => submitWith(PYTHON, name, args);

  async function submitWith(interpreter: string, name: string, args: string[]): Promise<string> {
    const script = path.join(test.project, `${name}.py`);
    const folders = { codeFolder: test.project, workingFolder: test.project };
    return (await test.workspace.jobs.submit(buildScriptJob({ script, ...folders, interpreter, args }))).id;
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
    assert.match(image?.path ?? '', /^images\/sample\+step\+29\+timestamp\+\d+\+[0-9a-f]+\.png$/);
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

  const counts = async (id: string) => {
    const { metrics } = await test.ended(id);
    const keys = Object.keys(metrics).filter((key) => !key.startsWith('system/'));
    return Object.fromEntries(keys.sort().map((key) => [key, metrics[key]?.count]));
  };

  it('have the same names in every run, though their folders are made anew', async () => {
    const layouts: [folders: (n: number) => string[], expected: Record<string, number>][] = [
      [(n) => [`runs/PPO_${n}`], { loss: 10, best: 1 }],
      [
        (n) => [`runs/2024011${n}-103000/train`, `runs/2024011${n}-103000/val`],
        { 'train/best': 1, 'train/loss': 10, 'val/best': 1, 'val/loss': 10 },
      ],
      [() => ['runs/NOW', 'runs/NOW'], { '1/best': 1, '1/loss': 10, '2/best': 1, '2/loss': 10 }],
    ];
    for (const [folders, expected] of layouts)
      for (const n of [1, 2])
        assert.deepEqual(await counts(await submit('layouts', ...folders(n))), expected, String(folders(n)));
  });

  it('are found outside of the project while the job has them open, and read to their end', async function () {
    if (process.platform !== 'linux') this.skip();
    const [alone, gen, disc] = ['alone', 'NOW/gen', 'NOW/disc'].map((name) => path.join(elsewhere, name));
    const ids = [
      await submit('layouts', '--hold', '5', alone as string),
      await submit('layouts', '--hold', '5', gen as string, disc as string),
    ];
    assert.deepEqual(await counts(ids[0] as string), { best: 1, loss: 10 });
    const expected = { 'disc/best': 1, 'disc/loss': 10, 'gen/best': 1, 'gen/loss': 10 };
    assert.deepEqual(await counts(ids[1] as string), expected);
  });

  it('are found behind a link that git tracks', async () => {
    assert.deepEqual(await counts(await submit('layouts', 'disk/PPO_1')), { best: 1, loss: 10 });
    assert.ok(fs.existsSync(path.join(elsewhere, 'disk', 'PPO_1')));
  });

  it('hold pictures whose names the client of MLflow takes, whatever their tags', async () => {
    const id = await submit('pictures');
    await test.ended(id);
    const keys = new Map<string, number[]>();
    const files = (await test.workspace.files(id, 'images')).map(({ path }) => path);
    for (const { key, step } of loggedImages(files.map((path) => ({ path, isFolder: false, bytes: 1 }))))
      keys.set(key, [...(keys.get(key) ?? []), step]);
    const tags = ['50_', 'a b', 'a_b', 'q___=z', 'rooted', 'up', 'val/grid', 'x_y', '_2e_2e/x', 'größe/日本'];
    for (const name of ['disc', 'gen'])
      for (const tag of tags)
        assert.deepEqual(keys.get(`${name}/${tag.replace('=', '_')}`), [1, 2], `${name}/${tag}`);
    assert.equal(files.length, 44);

    const download = await submitWith(MLFLOW, 'download', [id]);
    await test.ended(download);
    assert.match(await test.log(download), /^pictures: 44 empty: 0$/m);
    const own = await test.workspace.files(download, 'images');
    assert.match(own[0]?.path ?? '', /^images\/own~grid\+step\+3\+timestamp\+/, 'as that client does itself');
  });
});
