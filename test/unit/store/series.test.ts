import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { MetricPoint } from '../../../src/server/store/metrics.js';
import { migrate } from '../../../src/server/store/migrations.js';
import { Database } from '../../../src/server/store/sql.js';
import { Store } from '../../../src/server/store/store.js';

/** A wave with a spike that no sampling by index would hit, and a hole. */
function valueAt(i: number): number {
  if (i === 77_777) return 1000;
  return i === 33_333 ? NaN : Math.sin(i / 900);
}

const wave = (from: number, to: number): MetricPoint[] =>
  Array.from({ length: to - from }, (_, i) => ({
    key: 'loss',
    value: valueAt(from + i),
    timestamp: 1e12 + 5 * (from + i),
    step: 2 * (from + i),
  }));

describe('series of a metric', () => {
  let folder: string;
  let store: Store;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-series-'));
  });
  afterEach(async () => {
    await store.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const sorted = (values: Iterable<number>) => Float64Array.from(values).sort();

  it('holds what was logged in batches of any size, and knows a repeat of each', async () => {
    store = Store.open(folder);
    const { id } = await store.write(() => store.runs.create({ experimentId: '0', startTime: 0 }));
    let at = 0;
    for (const size of [1, 62, 1, 1, 63, 64, 65, 1023, 1024, 1025, 2000, 5, 3000, 900, 1]) {
      const points = wave(at, at + size);
      await store.write(() => store.metrics.append(id, points));
      await store.write(() => store.metrics.append(id, points));
      at += size;
      const { values, total } = store.metrics.points({ runId: id, key: 'loss', from: 0 }, 1e6);
      assert.equal(total, at);
      assert.deepEqual(
        values,
        Float64Array.from({ length: at }, (_, i) => valueAt(i)),
      );
    }
    assert.deepEqual(
      store.metrics.points({ runId: id, key: 'loss', from: 1000 }, 1e6).steps,
      Float64Array.from({ length: at - 1000 }, (_, i) => 2 * (1000 + i)),
    );
  });

  it('gets another key, whole or in stretches, and keeps what is left', async () => {
    store = Store.open(folder);
    const { id } = await store.write(() => store.runs.create({ experimentId: '0', startTime: 0 }));
    const valuesOf = (key: string) => store.metrics.points({ runId: id, key, from: 0 }, 1e6).values;
    const expected = (from: number, to: number) =>
      Float64Array.from({ length: to - from }, (_, i) => valueAt(from + i));
    await store.write(() => store.metrics.append(id, wave(0, 5000)));
    await store.write(() => store.metrics.append(id, [{ key: 'b', value: 1, timestamp: 1, step: 1 }]));
    const whole = (key: string, count: number) => ({ key, first: 0, count });
    await store.write(() =>
      store.metrics.move(id, [
        { from: whole('loss', 5000), to: 'b' },
        { from: whole('b', 1), to: 'loss' },
      ]),
    );
    assert.deepEqual([valuesOf('b'), valuesOf('loss')], [expected(0, 5000), Float64Array.of(1)]);
    const moved = await store.write(() =>
      store.metrics.move(id, [
        { from: { key: 'b', first: 4000, count: 1000 }, to: 'end' },
        { from: { key: 'b', first: 1000, count: 2000 }, to: 'loss' },
      ]),
    );
    assert.deepEqual(moved, [
      { key: 'end', first: 0, count: 1000 },
      { key: 'loss', first: 1, count: 2000 },
    ]);
    assert.deepEqual(valuesOf('end'), expected(4000, 5000));
    assert.deepEqual(valuesOf('loss'), Float64Array.of(1, ...expected(1000, 3000)));
    assert.deepEqual(valuesOf('b'), Float64Array.of(...expected(0, 1000), ...expected(3000, 4000)));
    assert.deepEqual(Object.keys(store.metrics.summaries(id)).sort(), ['b', 'end', 'loss']);
    assert.equal(store.metrics.summaries(id)['end']?.value, valueAt(4999));
    await store.write(() => store.metrics.append(id, [{ key: 'b', value: 5, timestamp: 2e12, step: 1e6 }]));
    assert.equal(valuesOf('b').length, 2001);
  });

  it('is drawn as it is, whatever was drawn of it before and however it grew since', async () => {
    store = Store.open(folder);
    const { id } = await store.write(() => store.runs.create({ experimentId: '0', startTime: 0 }));
    const random = (() => {
      let state = 7;
      return (below: number) => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    })();
    const windows = Array.from({ length: 40 }, () => {
      const fromStep = random(100_000);
      return { fromStep, toStep: fromStep + random(100_000), from: random(3) * random(20_000) };
    });
    const drawn = () =>
      windows.map((window, i) =>
        store.metrics.points({ runId: id, key: 'loss', ...window }, 100 * (1 + (i % 20))),
      );
    for (let at = 0; at < 60_000;) {
      const size = 1 + random(9000);
      const points = wave(at, at + size);
      await store.write(() => store.metrics.append(id, points));
      at += size;
      drawn();
    }
    const warm = drawn();
    await store.close();
    store = Store.open(folder);
    assert.deepEqual(warm, drawn());
  });

  describe('of 200,000 points', () => {
    const COUNT = 200_000;
    let runId: string;

    beforeEach(async () => {
      store = Store.open(folder);
      runId = (await store.write(() => store.runs.create({ experimentId: '0', startTime: 0 }))).id;
      for (let from = 0; from < COUNT; from += 25_000)
        await store.write(() => store.metrics.append(runId, wave(from, Math.min(from + 25_000, COUNT))));
    });

    it('is drawn from any distance with its spike, its hole and its ends', () => {
      for (const maxPoints of [4, 100, 2000, 8000, 100_000]) {
        const got = store.metrics.points({ runId, key: 'loss', from: 0 }, maxPoints);
        assert.ok(got.reduced);
        assert.ok(got.values.length <= maxPoints * 1.3 + 5, `${got.values.length} of ${maxPoints}`);
        if (maxPoints > 4) assert.ok(got.values.length >= maxPoints / 3);
        assert.equal(Math.max(...got.values.filter(Number.isFinite)), 1000);
        assert.ok(got.values.some(Number.isNaN));
        assert.deepEqual([got.steps[0], got.steps.at(-1)], [0, 2 * (COUNT - 1)]);
        assert.deepEqual(got.steps, sorted(got.steps));
        for (const [i, step] of got.steps.entries()) assert.ok(Object.is(got.values[i], valueAt(step / 2)));
      }
    });

    it('is drawn between any two steps', () => {
      for (const [fromStep, toStep] of [
        [0, 10],
        [66_000, 67_000],
        [10_001, 299_999],
        [155_554, 155_554],
        [399_000, 1e9],
        [7, 3],
      ] as const) {
        const inside = Array.from({ length: COUNT }, (_, i) => 2 * i).filter(
          (s) => s >= fromStep && s <= toStep,
        );
        const all = store.metrics.points({ runId, key: 'loss', from: 0, fromStep, toStep }, 1e6);
        assert.deepEqual([...all.steps], inside);
        const some = store.metrics.points({ runId, key: 'loss', from: 0, fromStep, toStep }, 400);
        assert.ok(some.steps.length <= 525);
        assert.deepEqual([some.steps[0], some.steps.at(-1)], [inside[0], inside.at(-1)]);
        const greatest = (values: Float64Array) => values.reduce((a, b) => (b > a ? b : a), -Infinity);
        assert.equal(greatest(some.values), greatest(all.values));
      }
    });

    it('takes less than twelve bytes a point on disk, overviews included', async () => {
      await store.close();
      const { size } = fs.statSync(path.join(folder, 'trainyard.db'));
      assert.ok(size / COUNT < 12, `${(size / COUNT).toFixed(1)} bytes a point`);
    });
  });

  it('is carried over from a store of the first format, with its overviews', async () => {
    const db = new Database(path.join(folder, 'trainyard.db'));
    migrate(db, 0, 1);
    db.exec('BEGIN');
    db.run(`INSERT INTO experiments VALUES (0, 'Default', 'mlflow-artifacts:/0', 'active', 0, 0)`);
    db.run(`INSERT INTO runs (id, experiment_id, name, user, status, start_time, lifecycle, artifact_uri)
            VALUES ('r', 0, 'old', '', 'running', 0, 'active', '')`);
    const points = wave(0, 9 * 1024 + 700);
    const last = points.at(-1) as MetricPoint;
    db.run(
      `INSERT INTO series VALUES (1, 'r', 'loss', ?, ?, ?, ?, ?, -1, 1, ?, ?)`,
      points.length,
      9 * 1024,
      last.value,
      last.step,
      last.timestamp,
      last.step,
      last.timestamp,
    );
    for (let first = 0; first < 9 * 1024; first += 1024) {
      const block = points.slice(first, first + 1024);
      const bytes = (of: (point: MetricPoint) => number) =>
        new Uint8Array(Float64Array.from(block, of).buffer);
      db.run(
        'INSERT INTO blocks VALUES (1, ?, 1024, ?, ?, ?, ?, ?, ?, ?)',
        first,
        ...[
          block[0]?.step ?? 0,
          block.at(-1)?.step ?? 0,
          block[0]?.timestamp ?? 0,
          block.at(-1)?.timestamp ?? 0,
        ],
        ...[bytes(({ step }) => step), bytes(({ timestamp }) => timestamp), bytes(({ value }) => value)],
      );
    }
    for (const [i, { step, timestamp, value }] of points.slice(9 * 1024).entries())
      db.run('INSERT INTO tail VALUES (1, ?, ?, ?, ?)', 9 * 1024 + i, step, timestamp, value);
    db.exec('COMMIT');
    db.close();

    store = Store.open(folder);
    const read = () => store.metrics.points({ runId: 'r', key: 'loss', from: 0 }, 1e6);
    assert.deepEqual(
      read().values,
      Float64Array.from(points, ({ value }) => value),
    );
    assert.deepEqual(
      read().times,
      Float64Array.from(points, ({ timestamp }) => timestamp),
    );
    assert.deepEqual(store.metrics.history('r', 'loss').read().steps, read().steps);
    assert.ok(store.metrics.points({ runId: 'r', key: 'loss', from: 0 }, 400).reduced);
    await store.write(() =>
      store.metrics.append('r', [...points.slice(-100), ...wave(points.length, 17_000)]),
    );
    assert.equal(read().total, 17_000);
    await store.close();
    const after = new Database(path.join(folder, 'trainyard.db'));
    assert.deepEqual(
      after
        .all<{ first: number }>('SELECT first FROM overviews ORDER BY level, first')
        .map(({ first }) => first),
      [0, 4096, 8192, 12_288, 0],
    );
    after.close();
    store = Store.open(folder);
  });
});
