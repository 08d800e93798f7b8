import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { PbfWriter } from 'pbf';
import { pino } from 'pino';
import { Store } from '../../../src/server/store/store.js';
import { EventFollower } from '../../../src/server/tensorboard/follow.js';
import { masked } from '../../../src/server/tensorboard/records.js';
import { event, record, scalar } from '../../unit/tensorboard/encode.js';

/** A file's first record, with the time at which it was begun. */
function begin(seconds: number): Buffer {
  const pbf = new PbfWriter();
  pbf.writeDoubleField(1, seconds);
  pbf.writeStringField(3, 'brain.Event:2');
  return record(pbf.finish());
}

const picture = (tag: string) =>
  record(
    event(1, tag, (value) =>
      value.writeMessage(4, (_, pbf) => pbf.writeBytesField(4, Buffer.from([0x89, 0x50])), undefined),
    ),
  );

describe('following event files', () => {
  let folder: string;
  let store: Store;
  let runId: string;
  let events: EventFollower;
  let file: string;

  beforeEach(async () => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-events-')));
    store = Store.open(path.join(folder, 'store'));
    ({ id: runId } = await store.write(() => store.runs.create({ experimentId: '0', startTime: 0 })));
    events = new EventFollower(store, pino({ level: 'silent' }));
    fs.mkdirSync(path.join(folder, 'logs', 'train'), { recursive: true });
    file = path.join(folder, 'logs', 'train', 'events.out.tfevents.1.host');
  });
  afterEach(async () => {
    await store.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** @returns what was found wrong for the first time */
  const read = async (since = 0) => {
    const roots = [{ folder, as: '', shared: true }];
    const { faults, unread } = await events.read({ runId, roots, since });
    assert.deepEqual(unread, []);
    return faults;
  };
  const count = () => store.metrics.summaries(runId)['loss']?.count ?? 0;
  const point = (step: number) => record(scalar(step, 'loss', step));

  it('waits for the rest of a record', async () => {
    const [first, second] = [point(0), point(1)];
    fs.writeFileSync(file, Buffer.concat([first, second.subarray(0, 20)]));
    assert.deepEqual(await read(), []);
    assert.equal(count(), 1);
    fs.appendFileSync(file, second.subarray(20));
    await read();
    assert.equal(count(), 2);
  });

  it('tells of damage once, and goes on behind it', async () => {
    const damaged = point(1);
    damaged[20] = (damaged[20] as number) ^ 1;
    fs.writeFileSync(file, Buffer.concat([point(0), damaged, point(2)]));
    const [fault, ...more] = await read();
    assert.match(fault ?? '', /events\.out\.tfevents\.1\.host holds a damaged record at byte \d+\.$/);
    assert.deepEqual(more, []);
    assert.equal(count(), 2);
    fs.appendFileSync(file, point(3));
    events = new EventFollower(store, pino({ level: 'silent' }));
    assert.deepEqual(await read(), []);
    assert.equal(count(), 3);
  });

  it('reads no further where a header is damaged', async () => {
    const damaged = point(1);
    damaged[3] = 0x7f;
    fs.writeFileSync(file, Buffer.concat([point(0), damaged, point(2)]));
    assert.equal((await read()).length, 1);
    fs.appendFileSync(file, point(3));
    assert.deepEqual(await read(), []);
    assert.equal(count(), 1);
  });

  it('leaves alone what is older than the run, or is read for another', async () => {
    fs.writeFileSync(file, point(0));
    await read(Date.now() + 10_000);
    assert.equal(count(), 0);
    const other = await store.write(() => store.runs.create({ experimentId: '0', startTime: 0 }));
    await events.read({ runId: other.id, roots: [{ folder, as: '', shared: true }], since: 0 });
    await read();
    assert.equal(count(), 0);
  });

  it('goes on where it stopped, also with another reader', async () => {
    const many = Array.from({ length: 40_000 }, (_, step) => point(step));
    fs.writeFileSync(file, Buffer.concat(many.slice(0, 39_999)));
    await read();
    assert.equal(count(), 39_999);
    // Points that come again count once; so that it shows, what was read can be read no more.
    const written = fs.openSync(file, 'r+');
    fs.writeSync(written, Buffer.alloc(1_000_000), 0, 1_000_000, 0);
    fs.closeSync(written);
    fs.appendFileSync(file, many[39_999] as Buffer);
    events = new EventFollower(store, pino({ level: 'silent' }));
    assert.deepEqual(await read(), []);
    assert.equal(count(), 40_000);
    assert.equal(store.eventFiles.of(runId).get(file)?.offset, fs.statSync(file).size);
  });

  it('reads a record that is longer than what it reads at once', async () => {
    const long = record(scalar(0, 'x'.repeat(3_000_000), 1));
    fs.writeFileSync(file, Buffer.concat([long, point(1)]));
    await read();
    assert.equal(count(), 1);
  });

  it('reads a file that was written anew from its start', async () => {
    fs.writeFileSync(file, Buffer.concat([point(0), point(1)]));
    await read();
    fs.writeFileSync(file, point(5));
    await read();
    assert.equal(count(), 3);
  });

  it('reads a file that was written anew, and is longer by now, from its start', async () => {
    fs.writeFileSync(file, Buffer.concat([point(0), point(1)]));
    await read();
    fs.writeFileSync(file, Buffer.concat([5, 6, 7].map((step) => record(scalar(step, 'other', step)))));
    assert.deepEqual(await read(), []);
    assert.equal(store.metrics.summaries(runId)['other']?.count, 3);
  });

  it('passes over a record that is too long as soon as it is whole, and reads it never again', async () => {
    const long = record(Buffer.alloc(0)).subarray(0, 12);
    const length = 70 * 1024 * 1024;
    long.writeBigUInt64LE(BigInt(length), 0);
    long.writeUInt32LE(masked(long.subarray(0, 8)), 8);
    fs.writeFileSync(file, Buffer.concat([point(0), long]));
    assert.deepEqual(await read(), []);
    fs.truncateSync(file, point(0).length + 12 + length + 4);
    fs.appendFileSync(file, point(1));
    assert.match((await read())[0] ?? '', /too long/);
    assert.equal(count(), 2);
    assert.equal(store.eventFiles.of(runId).get(file)?.offset, fs.statSync(file).size);
  });

  it('is not stopped by a picture that the run has no place for', async () => {
    await store.artifacts.put(`runs/${runId}`, 'images', Buffer.from('a file by this name'));
    const picture = event(1, 'x', (value) =>
      value.writeMessage(4, (_, pbf) => pbf.writeBytesField(4, Buffer.from([0x89, 0x50])), undefined),
    );
    fs.writeFileSync(file, Buffer.concat([point(0), record(picture), point(2)]));
    assert.match((await read())[0] ?? '', /^images\/x\+step.*\.png was not kept: /);
    assert.equal(count(), 2);
    fs.appendFileSync(file, point(3));
    assert.deepEqual(await read(), []);
    assert.equal(count(), 3);
  });

  /** Writes a file of a folder below the log folder. */
  const write = (name: string, ...records: Buffer[]) => {
    const there = path.join(folder, 'logs', name);
    fs.mkdirSync(there, { recursive: true });
    fs.appendFileSync(path.join(there, 'events.out.tfevents.1.host'), Buffer.concat(records));
  };
  const counts = () =>
    Object.fromEntries(
      Object.entries(store.metrics.summaries(runId))
        .map(([key, { count }]) => [key, count] as const)
        .sort(),
    );
  const files = () => store.artifacts.list(`runs/${runId}`, 'images').map(({ name }) => name.split('+')[0]);

  it('renames what it read when another folder turns up, and loses no point that others logged', async () => {
    const logged = Array.from({ length: 100 }, (_, step) => ({
      key: 'loss',
      value: -step,
      timestamp: step,
      step,
    }));
    write('train', begin(1), point(0), picture('a/b'));
    await read();
    await store.write(() => store.metrics.append(runId, logged));
    write('train', ...[1, 2, 3].map(point));
    await read();
    assert.deepEqual(counts(), { loss: 104 });
    assert.deepEqual(files(), ['a~b']);

    write('validation', begin(2), point(0));
    await read();
    write('train', point(4));
    await read();
    assert.deepEqual(counts(), { loss: 100, 'train/loss': 5, 'validation/loss': 1 });
    assert.deepEqual(files(), ['train~a~b']);
    const values = ({ key }: { key: string }) =>
      Array.from(store.metrics.points({ runId, key, from: 0 }, 1000).values);
    assert.deepEqual(
      values({ key: 'loss' }),
      logged.map(({ value }) => value),
    );
    assert.deepEqual(values({ key: 'train/loss' }), [0, 1, 2, 3, 4]);
    await store.write(() =>
      store.metrics.append(runId, [{ key: 'loss', value: 1, timestamp: 500, step: 500 }]),
    );
    assert.equal(counts()['loss'], 101);
  });

  it('puts what it read to what others logged under its new name', async () => {
    write('train', begin(1), point(0), point(1));
    await read();
    await store.write(() =>
      store.metrics.append(runId, [{ key: 'train/loss', value: 9, timestamp: 9, step: 9 }]),
    );
    write('validation', begin(2), point(0));
    await read();
    assert.deepEqual(counts(), { 'train/loss': 3, 'validation/loss': 1 });
    write('test', begin(3), point(0));
    await read();
    assert.deepEqual(counts(), { 'test/loss': 1, 'train/loss': 3, 'validation/loss': 1 });
  });

  it('takes folders into its names once something is in them', async () => {
    write('train', begin(1), point(0));
    write('validation', begin(2));
    await read();
    assert.deepEqual(counts(), { loss: 1 });
  });

  it('has the same names whatever was found first, whenever it was looked, and whoever was killed', async () => {
    const layout = ['PPO_1', 'PPO_2', 'PPO_2/1705312200.5', 'train', 'train/20240115-103000', ''];
    let first: unknown;
    const step = fc.record({ folder: fc.nat(layout.length - 1), restart: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        ({ id: runId } = await store.write(() => store.runs.create({ experimentId: '0', startTime: 0 })));
        fs.rmSync(path.join(folder, 'logs'), { recursive: true });
        const begun = new Set<number>();
        const grow = async (i: number) => {
          const head = begun.has(i) ? [] : [begin(100 + i), picture('x')];
          write(layout[i] as string, ...head, point(begun.has(i) ? 1 : 0));
          begun.add(i);
          // As in a folder of its own, since each of these runs writes the same files.
          await events.read({ runId, roots: [{ folder, as: '', shared: false }], since: 0 });
        };
        for (const { folder: i, restart } of steps) {
          if (begun.has(i)) continue;
          await grow(i);
          if (!restart) continue;
          await store.close();
          store = Store.open(path.join(folder, 'store'));
          events = new EventFollower(store, pino({ level: 'silent' }));
        }
        for (const i of layout.keys()) if (!begun.has(i)) await grow(i);
        for (const i of layout.keys()) await grow(i);
        const result = { counts: counts(), files: files().sort() };
        first ??= result;
        assert.deepEqual(result, first);
        assert.deepEqual(counts(), {
          loss: 2,
          'PPO/1/loss': 2,
          'PPO/2/loss': 2,
          'PPO/2/1/loss': 2,
          'train/loss': 2,
          'train/1/loss': 2,
        });
      }),
      { numRuns: 10 },
    );
  });

  it('goes on with the names of an earlier version in a run that it began', async () => {
    write('PPO_1', begin(1), point(0));
    const [file] = fs.readdirSync(path.join(folder, 'logs', 'PPO_1'));
    const record = { path: path.join(folder, 'logs', 'PPO_1', file as string), offset: 0 };
    await store.write(() => store.eventFiles.set(runId, record));
    await read();
    write('PPO_2', begin(2), point(0));
    await read();
    assert.deepEqual(counts(), { 'PPO_1/loss': 1, 'PPO_2/loss': 1 });
  });

  it('follows a link of the folder once, as a shared folder', async () => {
    const disk = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-disk-')));
    try {
      fs.rmSync(path.join(folder, 'logs'), { recursive: true });
      fs.symlinkSync(disk, path.join(folder, 'logs'));
      fs.symlinkSync(folder, path.join(disk, 'round'));
      fs.symlinkSync(folder, path.join(folder, 'self'));
      write('train', begin(1), point(0));
      write('val', begin(2), point(0));
      const roots = [{ folder, as: '', shared: false }];
      await events.read({ runId, roots, since: 0 });
      assert.deepEqual(counts(), { 'train/loss': 1, 'val/loss': 1 });
      const other = await store.write(() => store.runs.create({ experimentId: '0', startTime: 0 }));
      await events.read({ runId: other.id, roots, since: 0 });
      assert.deepEqual(store.metrics.summaries(other.id), {}, 'it is read for one run');
    } finally {
      fs.rmSync(disk, { recursive: true });
    }
  });
});
