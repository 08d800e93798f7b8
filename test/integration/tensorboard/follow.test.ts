import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { Store } from '../../../src/server/store/store.js';
import { EventFollower } from '../../../src/server/tensorboard/follow.js';
import { record, scalar } from '../../unit/tensorboard/encode.js';

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

  const read = (since = 0) => events.read({ runId, roots: [{ folder, as: '', shared: true }], since });
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
    fs.appendFileSync(file, many[39_999] as Buffer);
    events = new EventFollower(store, pino({ level: 'silent' }));
    await read();
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
});
