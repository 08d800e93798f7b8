import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TrainyardError } from '../../../src/base/errors.js';
import { Trash } from '../../../src/server/store/objects.js';
import { Store } from '../../../src/server/store/store.js';

describe('store', () => {
  let folder: string;
  let store: Store;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-store-'));
    store = Store.open(folder);
  });
  afterEach(async () => {
    await store.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const newRun = (tags: Record<string, string> = {}) =>
    store.write(() => store.runs.create({ experimentId: '0', startTime: 1000, tags }));

  it('has the experiment Default from the start, and keeps it', async () => {
    assert.equal(store.experiments.get('0')?.name, 'Default');
    await store.close();
    store = Store.open(folder);
    assert.equal(store.experiments.all().length, 1);
  });

  it('refuses a name that is taken', async () => {
    await store.write(() => store.experiments.create({ name: 'digits' }));
    await assert.rejects(
      store.write(() => store.experiments.create({ name: 'digits' })),
      { code: 'CONFLICT' },
    );
  });

  it('undoes a change that throws and keeps the others of the same turn', async () => {
    const kept = store.write(() => store.experiments.create({ name: 'kept' }));
    const undone = store.write(() => {
      store.experiments.create({ name: 'undone' });
      throw new TrainyardError('BAD_REQUEST', 'no');
    });
    await assert.rejects(undone, { code: 'BAD_REQUEST' });
    await kept;
    assert.ok(store.experiments.byName('kept'));
    assert.equal(store.experiments.byName('undone'), undefined);
  });

  it('tells of changes after they are made, and of none that were undone', async () => {
    const told: string[] = [];
    store.onChange((change) => told.push(change.type));
    await assert.rejects(
      store.write(() => {
        store.experiments.create({ name: 'x' });
        throw new Error('no');
      }),
    );
    assert.equal(told.length, 0);
    await newRun();
    assert.ok(told.includes('run'));
  });

  it('mirrors the name of a run in its tag, both ways', async () => {
    const run = await newRun({ 'mlflow.runName': 'first' });
    assert.equal(run.name, 'first');
    await store.write(() => store.runs.setTags(run.id, { 'mlflow.runName': 'second' }));
    assert.equal(store.runs.get(run.id)?.name, 'second');
    await store.write(() => store.runs.update(run.id, { name: 'third' }));
    assert.equal(store.runs.full(run.id)?.tags['mlflow.runName'], 'third');
  });

  it('refuses to change a param and writes none of that call', async () => {
    const run = await newRun();
    await store.write(() => store.runs.logParams(run.id, { lr: '0.1' }));
    await assert.rejects(
      store.write(() => store.runs.logParams(run.id, { lr: '0.2', epochs: '3' })),
      (error: TrainyardError) => {
        assert.deepEqual(error.details, [{ key: 'lr', oldValue: '0.1', newValue: '0.2' }]);
        return error.code === 'CONFLICT';
      },
    );
    assert.deepEqual(store.runs.full(run.id)?.params, { lr: '0.1' });
  });

  it('refuses a second owner', () => {
    assert.throws(() => Store.open(folder), { code: 'CONFLICT' });
  });

  it('leaves a file that is not a store as it is', async () => {
    await store.close();
    const file = path.join(folder, 'trainyard.db');
    fs.writeFileSync(file, 'somebody else wrote this');
    assert.throws(() => Store.open(folder), { code: 'STORE_CORRUPT' });
    assert.equal(fs.readFileSync(file, 'utf8'), 'somebody else wrote this');
    fs.rmSync(file);
    store = Store.open(folder);
  });

  it('refuses a store of a newer version without changing it', async () => {
    await store.close();
    const { DatabaseSync } = await import('node:sqlite');
    const file = path.join(folder, 'trainyard.db');
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 999');
    db.close();
    const before = fs.readFileSync(file);
    assert.throws(() => Store.open(folder), { code: 'STORE_NEWER' });
    assert.ok(before.equals(fs.readFileSync(file)));
    fs.rmSync(file);
    store = Store.open(folder);
  });

  describe('metrics', () => {
    it('keeps every point over many blocks, in logging order', async () => {
      const run = await newRun();
      for (let from = 0; from < 3000; from += 500)
        await store.write(() =>
          store.metrics.append(
            run.id,
            Array.from({ length: 500 }, (_, i) => ({
              key: 'loss',
              value: from + i,
              timestamp: from + i,
              step: from + i,
            })),
          ),
        );
      const points = store.metrics.points({ runId: run.id, key: 'loss', from: 0 }, 10_000);
      assert.equal(points.total, 3000);
      assert.deepEqual(
        [...points.values],
        Array.from({ length: 3000 }, (_, i) => i),
      );
      assert.deepEqual(
        [...store.metrics.points({ runId: run.id, key: 'loss', from: 2995 }, 100).values],
        [2995, 2996, 2997, 2998, 2999],
      );
    });

    it('ignores an exact repeat, also of a sealed point', async () => {
      const run = await newRun();
      const all = Array.from({ length: 1100 }, (_, i) => ({ key: 'a', value: i, timestamp: 5, step: i }));
      await store.write(() => store.metrics.append(run.id, all));
      await store.write(() => store.metrics.append(run.id, all));
      assert.equal(store.metrics.summaries(run.id)['a']?.count, 1100);
      await store.write(() => store.metrics.append(run.id, [{ key: 'a', value: -1, timestamp: 5, step: 3 }]));
      assert.equal(store.metrics.summaries(run.id)['a']?.count, 1101);
    });

    it('keeps NaN and infinities', async () => {
      const run = await newRun();
      const values = [NaN, Infinity, -Infinity, 1];
      await store.write(() =>
        store.metrics.append(
          run.id,
          values.map((value, i) => ({ key: 'a', value, timestamp: i, step: i })),
        ),
      );
      assert.deepEqual([...store.metrics.history(run.id, 'a').read().values], values);
      assert.deepEqual(store.metrics.summaries(run.id)['a'], {
        value: 1,
        step: 3,
        timestamp: 3,
        count: 4,
        min: 1,
        max: 1,
      });
    });

    it('takes the largest step as the newest, whatever came last', async () => {
      const run = await newRun();
      await store.write(() =>
        store.metrics.append(run.id, [
          { key: 'a', value: 2, timestamp: 9, step: 7 },
          { key: 'a', value: 1, timestamp: 10, step: 3 },
        ]),
      );
      assert.equal(store.metrics.summaries(run.id)['a']?.value, 2);
    });

    it('shows no point of a change that was undone', async () => {
      const run = await newRun();
      const point = { key: 'a', value: 2, timestamp: 9, step: 7 };
      await assert.rejects(
        store.write(() => {
          store.metrics.append(run.id, [point]);
          throw new Error('no');
        }),
      );
      await store.write(() => store.metrics.append(run.id, [point]));
      assert.equal(store.metrics.points({ runId: run.id, key: 'a', from: 0 }, 10).total, 1);
    });

    it('thins without losing a spike', async () => {
      const run = await newRun();
      const points = Array.from({ length: 20_000 }, (_, i) => ({
        key: 'a',
        value: 0,
        timestamp: i,
        step: i,
      }));
      points[12_345] = { key: 'a', value: 99, timestamp: 12_345, step: 12_345 };
      await store.write(() => store.metrics.append(run.id, points));
      const thinned = store.metrics.points({ runId: run.id, key: 'a', from: 0 }, 400);
      assert.ok(thinned.reduced && thinned.values.length <= 500);
      assert.equal(Math.max(...thinned.values), 99);
    });
  });

  describe('many files at once', () => {
    const make = (name: string, text: string) => {
      const file = path.join(folder, 'made', name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
      return { path: `outputs/${name}`, file };
    };
    const textOf = (name: string) =>
      fs.readFileSync(store.artifacts.stat('runs/r', `outputs/${name}`)?.file ?? '', 'utf8');

    it('are listed in a few changes, each with its own content', async () => {
      const files = Array.from({ length: 700 }, (_, i) => make(`${i % 7}/${i}.txt`, `text ${i % 300}`));
      const done: number[] = [];
      assert.deepEqual(await store.artifacts.putFiles('runs/r', files, (n) => done.push(n)), []);
      assert.deepEqual(done, [256, 512, 700]);
      for (const i of [0, 255, 256, 650, 699]) assert.equal(textOf(`${i % 7}/${i}.txt`), `text ${i % 300}`);
      assert.equal(store.artifacts.list('runs/r', 'outputs/3').length, 100);
      // Kept once each, with nothing left over, and a sweep finds nothing to remove.
      const objects = () => fs.readdirSync(path.join(folder, 'objects'), { recursive: true }).length;
      const before = objects();
      await store.artifacts.sweep(new AbortController().signal);
      assert.equal(objects(), before);
      assert.deepEqual(fs.readdirSync(path.join(folder, 'tmp')), []);
    });

    it('do not hinder each other when one fails', async () => {
      const files = [
        make('a.txt', 'a'),
        { path: 'outputs/gone.txt', file: path.join(folder, 'nowhere') },
        { path: 'outputs/../b.txt', file: make('b.txt', 'b').file },
        { path: 'outputs/a.txt/below.txt', file: make('c.txt', 'c').file },
        make('d.bin', 'd'.repeat(3_000_000)),
      ];
      const lost = await store.artifacts.putFiles('runs/r', files);
      assert.deepEqual(
        lost.map(({ path: name }) => name),
        ['outputs/gone.txt', 'outputs/../b.txt', 'outputs/a.txt/below.txt'],
      );
      assert.deepEqual([textOf('a.txt'), textOf('d.bin').length], ['a', 3_000_000]);
    });

    it('replace what they were, and may be put again', async () => {
      await store.artifacts.putFiles('runs/r', [make('a.txt', 'old'), make('b.txt', 'b')]);
      const old = store.artifacts.stat('runs/r', 'outputs/a.txt')?.file ?? '';
      const files = [make('a.txt', 'new'), make('b.txt', 'b')];
      for (let times = 0; times < 2; times++)
        assert.deepEqual(await store.artifacts.putFiles('runs/r', files), []);
      assert.deepEqual([textOf('a.txt'), textOf('b.txt')], ['new', 'b']);
      assert.equal(fs.existsSync(old), false);
    });
  });

  describe('artifacts', () => {
    it('stores one content once, and lists folders', async () => {
      const a = await store.artifacts.put('runs/r', 'm/a.txt', Buffer.from('same'));
      const b = await store.artifacts.put('runs/r', 'b.txt', Buffer.from('same'));
      assert.equal(a.sha256, b.sha256);
      assert.deepEqual(store.artifacts.list('runs/r', ''), [
        { name: 'b.txt', isFolder: false, bytes: 4, sha256: b.sha256 },
        { name: 'm', isFolder: true, bytes: 0 },
      ]);
      await store.artifacts.delete('runs/r', 'b.txt');
      assert.equal(fs.readFileSync(store.artifacts.stat('runs/r', 'm/a.txt')?.file ?? '', 'utf8'), 'same');
      await store.artifacts.delete('runs/r', 'm');
      assert.ok(!fs.existsSync(path.join(folder, 'objects', a.sha256.slice(0, 2), a.sha256.slice(2))));
    });

    it('puts away contents that no row names, and nothing else, and removes them after thirty days', async () => {
      const { sha256 } = await store.artifacts.put('runs/r', 'kept.txt', Buffer.from('kept'));
      const objects = path.join(folder, 'objects', sha256.slice(0, 2));
      const unnamed = sha256.slice(0, 2) + '0'.repeat(62);
      for (const name of [unnamed.slice(2), 'notes.txt']) fs.writeFileSync(path.join(objects, name), 'left');
      const stop = new AbortController();
      stop.abort();
      await store.artifacts.sweep(stop.signal);
      assert.equal(fs.readdirSync(objects).length, 3);
      assert.deepEqual(await store.artifacts.sweep(new AbortController().signal), []);
      assert.deepEqual(fs.readdirSync(objects).sort(), [sha256.slice(2), 'notes.txt'].sort());
      const [thrown] = new Trash(folder).all();
      assert.equal(thrown?.sha256, unnamed);
      assert.equal(fs.readFileSync(thrown.file, 'utf8'), 'left');
      const day = 24 * 60 * 60_000;
      await new Trash(folder).empty(thrown.thrownAt + 29 * day);
      assert.ok(fs.existsSync(thrown.file));
      await new Trash(folder).empty(thrown.thrownAt + 31 * day);
      assert.ok(!fs.existsSync(thrown.file));
    });

    it('brings back from the trash what a row names, and says what is nowhere', async () => {
      const { sha256 } = await store.artifacts.put('runs/r', 'a.txt', Buffer.from('a'));
      const gone = await store.artifacts.put('runs/r', 'b.txt', Buffer.from('b'));
      new Trash(folder).throwAway(sha256);
      fs.rmSync(store.artifacts.stat('runs/r', 'b.txt')?.file ?? '');
      assert.deepEqual(await store.artifacts.sweep(new AbortController().signal), [gone.sha256]);
      assert.equal(fs.readFileSync(store.artifacts.stat('runs/r', 'a.txt')?.file ?? '', 'utf8'), 'a');
    });

    for (const bad of ['', '../x', 'a/../../x', '/abs', 'a//b', 'c:\\x', 'a\0b', 'a/.', '..'])
      it(`refuses the path ${JSON.stringify(bad)}`, async () => {
        await assert.rejects(store.artifacts.put('runs/r', bad, Buffer.from('x')), { code: 'BAD_REQUEST' });
      });

    it('takes names as they are', async () => {
      for (const name of ['ü é.txt', 'a+b', '100%25', '#x', ' ']) {
        await store.artifacts.put('runs/r', name, Buffer.from(name));
        assert.equal(fs.readFileSync(store.artifacts.stat('runs/r', name)?.file ?? '', 'utf8'), name);
      }
    });
  });
});
