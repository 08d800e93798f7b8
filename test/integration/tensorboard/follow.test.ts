import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { Store } from '../../../src/server/store/store.js';
import { EventFollower } from '../../../src/server/tensorboard/follow.js';
import { masked } from '../../../src/server/tensorboard/records.js';
import { event, record, scalar } from '../../unit/tensorboard/encode.js';

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
  const count = () => store.metrics.summaries(runId)['train/loss']?.count ?? 0;
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
    assert.equal(store.metrics.summaries(runId)['train/other']?.count, 3);
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
    assert.match((await read())[0] ?? '', /^images\/train#x.*\.png was not kept: /);
    assert.equal(count(), 2);
    fs.appendFileSync(file, point(3));
    assert.deepEqual(await read(), []);
    assert.equal(count(), 3);
  });
});
