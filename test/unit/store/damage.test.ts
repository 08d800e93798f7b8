import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrainyardError } from '../../../src/base/errors.js';
import { migrate } from '../../../src/server/store/migrations.js';
import { recover, reset, verify } from '../../../src/server/store/recovery.js';
import { Database } from '../../../src/server/store/sql.js';
import { Store } from '../../../src/server/store/store.js';

const RUNS = 30;
const POINTS = 200;

describe('a damaged store', function () {
  this.timeout(120_000);
  let root: string;
  /** Closed as it should be. */
  let closed: string;
  /** As `kill -9` leaves it: SQLite's log has what the database has not. */
  let killed: string;
  let other: string;
  let folder: string;

  before(async () => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-damage-'));
    [closed, killed, other, folder] = ['closed', 'killed', 'other', 'now'].map((name) =>
      path.join(root, name),
    ) as [string, string, string, string];
    const store = Store.open(closed);
    await fill(store, 'first');
    await store.close();
    const again = Store.open(closed);
    await fill(again, 'second');
    await sleep(1500); // the second copy follows after a second
    await again.write(() => again.runs.setTags('first0', { last: 'change' }));
    fs.cpSync(closed, killed, { recursive: true });
    await again.close();
    const foreign = Store.open(other);
    await fill(foreign, 'other');
    await foreign.close();
  });
  after(() => fs.rmSync(root, { recursive: true, force: true }));

  beforeEach(() => fs.mkdirSync(folder, { recursive: true }));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const database = () => path.join(folder, 'trainyard.db');
  const log = () => path.join(folder, 'trainyard.db-wal');

  async function fill(store: Store, prefix: string): Promise<void> {
    for (let n = 0; n < RUNS; n++) {
      const id = `${prefix}${n}`;
      await store.write(() => {
        store.runs.create({ id, experimentId: '0', startTime: n, name: `run ${id}` });
        store.runs.logParams(id, { lr: `${n / 10}`, note: 'x'.repeat(300) });
        store.metrics.append(
          id,
          Array.from({ length: POINTS }, (_, step) => ({
            key: 'loss',
            value: step / 3,
            timestamp: step,
            step,
          })),
        );
      });
      await store.artifacts.put(`runs/${id}`, 'models/weights.bin', Buffer.alloc(500, `weights ${id}`));
    }
  }

  const take = (from: string) => fs.cpSync(from, folder, { recursive: true });

  /** Names of all objects. */
  const objects = (of: string) =>
    fs
      .readdirSync(path.join(of, 'objects'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /^..[/\\].{62}$/.test(name))
      .sort();

  function refusal(): TrainyardError | undefined {
    const before = snapshotOf(folder);
    try {
      Store.open(folder).close().catch(assert.fail);
      return undefined;
    } catch (error) {
      assert.ok(TrainyardError.is(error, 'STORE_CORRUPT'), String(error));
      assert.match(error.hint ?? '', /Nothing was changed.*store recover.*store reset/s);
      assert.deepEqual(snapshotOf(folder), before, 'nothing was changed');
      return error;
    }
  }

  const snapshotOf = (of: string) =>
    Object.fromEntries(
      fs
        .readdirSync(of)
        .filter((name) => fs.statSync(path.join(of, name)).isFile())
        // An empty log and none are the same to SQLite.
        .filter((name) => !name.endsWith('-wal') || fs.statSync(path.join(of, name)).size > 0)
        .map((name) => [name, fs.readFileSync(path.join(of, name)).toString('base64')]),
    );

  async function holdsAll(prefixes: readonly string[]): Promise<void> {
    const store = Store.open(folder);
    try {
      for (const prefix of prefixes)
        for (let n = 0; n < RUNS; n++) {
          const run = store.runs.full(`${prefix}${n}`);
          assert.equal(run?.name, `run ${prefix}${n}`);
          assert.equal(run.params['lr'], `${n / 10}`);
          assert.equal(run.params['note'], 'x'.repeat(300));
          const points = store.metrics.points({ runId: run.id, key: 'loss', from: 0 }, 10_000);
          assert.deepEqual(
            [...points.values],
            Array.from({ length: POINTS }, (_, i) => i / 3),
          );
          const file = store.artifacts.stat(`runs/${run.id}`, 'models/weights.bin')?.file ?? '';
          assert.deepEqual(fs.readFileSync(file), Buffer.alloc(500, `weights ${prefix}${n}`));
        }
      await store.artifacts.sweep(new AbortController().signal);
    } finally {
      await store.close();
    }
  }

  function flip(file: string, offset: number): void {
    const handle = fs.openSync(file, 'r+');
    const byte = Buffer.alloc(1);
    fs.readSync(handle, byte, 0, 1, offset);
    byte[0] = (byte[0] as number) ^ (1 << (offset % 8));
    fs.writeSync(handle, byte, 0, 1, offset);
    fs.closeSync(handle);
  }

  it('opens when it is whole, closed or killed', async () => {
    for (const from of [closed, killed]) {
      take(from);
      await holdsAll(['first', 'second']);
      await holdsAll(['first', 'second']);
      fs.rmSync(folder, { recursive: true });
    }
  });

  const losses: Record<string, { from: () => string; damage: () => void; words: RegExp }> = {
    'a database that is gone': {
      from: () => closed,
      damage: () => fs.rmSync(database()),
      words: /database .* is gone, but the files of its runs are there/,
    },
    'a database that is gone, with its log': {
      from: () => killed,
      damage: () => ['', '-wal'].forEach((end) => fs.rmSync(database() + end)),
      words: /is gone, but/,
    },
    'a database that is gone, its log not': {
      from: () => killed,
      damage: () => fs.rmSync(database()),
      words: /is gone, but/,
    },
    'a database of 0 bytes': {
      from: () => killed,
      damage: () => fs.truncateSync(database()),
      words: /is empty, but/,
    },
    'a database without tables': {
      from: () => closed,
      damage: () => {
        fs.rmSync(database());
        const db = new DatabaseSync(database());
        db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a); DROP TABLE t');
        db.close();
      },
      words: /has nothing in it, but/,
    },
    'a database of another program': {
      from: () => closed,
      damage: () => {
        fs.rmSync(database());
        const db = new DatabaseSync(database());
        db.exec('CREATE TABLE runs (run_uuid TEXT)');
        db.close();
      },
      words: /is a database of something else/,
    },
    'a database of zeros': {
      from: () => closed,
      damage: () => fs.writeFileSync(database(), Buffer.alloc(fs.statSync(database()).size)),
      words: /is not a Trainyard store/,
    },
    'the database of another store': {
      from: () => closed,
      damage: () => fs.copyFileSync(path.join(other, 'trainyard.db'), database()),
      words: /are of two stores/,
    },
    'the objects of another store': {
      from: () => closed,
      damage: () => {
        fs.renameSync(path.join(folder, 'objects'), path.join(folder, 'objects-before'));
        fs.cpSync(path.join(other, 'objects'), path.join(folder, 'objects'), { recursive: true });
      },
      words: /are of two stores/,
    },
    'a log that is gone': {
      from: () => killed,
      damage: () => fs.rmSync(log()),
      words: /has lost its last \d+ changes: those since 20\d\d-.*, up to 20\d\d-.* Its log .* is gone/,
    },
    'a log of 0 bytes': {
      from: () => killed,
      damage: () => fs.truncateSync(log()),
      words: /has lost its last \d+ changes/,
    },
    'half a log': {
      from: () => killed,
      damage: () => fs.truncateSync(log(), fs.statSync(log()).size / 2),
      words: /has lost its last \d+ changes: .* does not fit or is damaged/,
    },
    'the log of another store': {
      from: () => killed,
      damage: () => fs.copyFileSync(path.join(other, 'copy', '000000001.wal'), log()),
      words: /damaged|two stores|another store|something else/,
    },
    'half a database': {
      from: () => closed,
      damage: () => fs.truncateSync(database(), 4096 * Math.floor(fs.statSync(database()).size / 8192)),
      words: /damaged/,
    },
    'an older database': {
      from: () => closed,
      damage: () => {
        const older = path.join(root, 'older.db');
        fs.copyFileSync(path.join(killed, 'trainyard.db'), older);
        fs.copyFileSync(older, database());
      },
      words: /has lost its last \d+ changes/,
    },
  };
  for (const [name, { from, damage, words }] of Object.entries(losses))
    it(`refuses ${name}, changes nothing, and has all of it again once it is recovered`, async () => {
      take(from());
      const all = objects(folder);
      damage();
      const error = refusal();
      assert.match(error?.message ?? 'opened', words);
      const isSwapped = name.startsWith('the objects');
      if (!isSwapped) assert.deepEqual(objects(folder), all, 'no object was removed');
      const made = await recover(folder);
      if (isSwapped) {
        assert.equal(made.missingObjects.length, all.length);
        assert.equal(made.unnamedObjects, RUNS);
        return;
      }
      assert.deepEqual(objects(folder), all);
      // The last change of the killed one came after the copy.
      assert.ok((made.lostChanges ?? 9) <= 1, `${made.lostChanges} lost`);
      assert.deepEqual(made.missingObjects, []);
      assert.equal(made.unnamedObjects, 0);
      await holdsAll(['first', 'second']);
      assert.deepEqual(objects(folder), all);
      assert.ok(fs.existsSync(made.setAside ?? ''));
    });

  it('says of each flipped bit of the database that there is one, and gets it back', async () => {
    take(closed);
    const size = fs.statSync(database()).size;
    const all = objects(folder);
    const flips = 40;
    for (let i = 0; i < flips; i++) {
      // Half of them in the first page, which has the format and the tables.
      const reach = i < flips / 2 ? 4096 : size;
      const offset = Math.floor((reach * ((i % (flips / 2)) + Math.random())) / (flips / 2));
      // SQLite counts changes here; another number does no harm.
      if ((offset >= 24 && offset < 28) || (offset >= 92 && offset < 96)) continue;
      flip(database(), offset);
      assert.ok(refusal(), `bit at ${offset}`);
      assert.deepEqual(objects(folder), all);
      if (i % 20 === 5) {
        await recover(folder);
        await holdsAll(['first', 'second']);
        fs.rmSync(folder, { recursive: true });
        take(closed);
      } else flip(database(), offset);
    }
  });

  it('says of each flipped bit of the log that there is one, and loses what came after the copy at most', async () => {
    const size = fs.statSync(path.join(killed, 'trainyard.db-wal')).size;
    take(killed);
    for (let i = 0; i < 40; i++) {
      const offset = i < 32 ? i : Math.floor(32 + ((size - 32) * (i - 32 + Math.random())) / 8);
      flip(log(), offset);
      const error = refusal();
      assert.match(error?.message ?? `opened with bit at ${offset}`, /lost its last/);
      flip(log(), offset);
    }
    flip(log(), 18);
    const made = await recover(folder);
    assert.deepEqual([made.from, made.lostChanges], ['copy', 1]);
    await holdsAll(['first', 'second']);
  });

  it('without a second copy, has the rows that can be read, and all files in a run of their own', async () => {
    take(closed);
    fs.rmSync(path.join(folder, 'copy'), { recursive: true });
    const size = fs.statSync(database()).size;
    const handle = fs.openSync(database(), 'r+');
    fs.writeSync(handle, Buffer.alloc(4096, 0xaa), 0, 4096, 4096 * Math.floor(size / 8192));
    fs.closeSync(handle);
    assert.ok(refusal());
    const made = await recover(folder);
    assert.deepEqual([made.from, made.lostChanges], ['rows', null]);
    assert.ok(made.runs >= RUNS, `${made.runs} runs`);

    fs.rmSync(folder, { recursive: true });
    take(closed);
    fs.rmSync(path.join(folder, 'copy'), { recursive: true });
    fs.rmSync(database());
    const all = objects(folder);
    assert.ok(refusal());
    const { from, unnamedObjects, filesRun, lostChanges } = await recover(folder);
    assert.deepEqual([from, unnamedObjects], ['nothing', all.length]);
    assert.equal(lostChanges, 4 * RUNS + 1);
    const store = Store.open(folder);
    assert.equal(store.artifacts.list(`runs/${filesRun}`, '').length, all.length);
    await store.artifacts.sweep(new AbortController().signal);
    await store.close();
    assert.deepEqual(objects(folder), all);
  });

  it('is told what a content has become, and what is missing', async () => {
    take(closed);
    assert.deepEqual(
      { ...(await verify(folder, () => undefined)), bytes: 0 },
      { database: null, objects: 2 * RUNS, bytes: 0, damaged: [], missing: [], unnamed: 0 },
    );
    const [first = '', second = ''] = objects(folder);
    flip(path.join(folder, 'objects', first), 7);
    fs.rmSync(path.join(folder, 'objects', second));
    const found = await verify(folder, () => undefined);
    assert.deepEqual(found.damaged, [first.replace(/[/\\]/, '')]);
    assert.deepEqual(found.missing, [second.replace(/[/\\]/, '')]);
    flip(database(), 5000);
    assert.match((await verify(folder, () => undefined)).database ?? '', /damaged/);
  });

  it('is set aside whole by a reset, and the next one is empty', async () => {
    take(closed);
    const all = objects(folder);
    fs.rmSync(database());
    const aside = reset(folder) ?? '';
    assert.deepEqual(objects(aside), all);
    const store = Store.open(folder);
    assert.equal(store.runs.count('all'), 0);
    await store.close();
    fs.rmSync(aside, { recursive: true });
    assert.equal(reset(path.join(root, 'nowhere')), null);
  });

  it('that another program has written to is taken as it is, and copied anew', async () => {
    take(closed);
    const db = new DatabaseSync(database());
    db.exec(`UPDATE runs SET name = 'by hand' WHERE id = 'first0'; VACUUM`);
    db.close();
    await Store.open(folder).close();
    fs.rmSync(database());
    await recover(folder);
    const store = Store.open(folder);
    assert.equal(store.runs.get('first0')?.name, 'by hand');
    await store.close();
  });

  it('that was never used starts anew', async () => {
    await Store.open(folder).close();
    fs.rmSync(database());
    const store = Store.open(folder);
    assert.equal(store.runs.count('all'), 0);
    await store.close();
  });

  it('of a version before stores had identities gets one, and a second copy, at the first start', async () => {
    const sha256 = createHash('sha256').update('old').digest('hex');
    const object = path.join(folder, 'objects', sha256.slice(0, 2), sha256.slice(2));
    fs.mkdirSync(path.dirname(object), { recursive: true });
    fs.writeFileSync(object, 'old');
    const db = new Database(database());
    const has = (table: string) => db.get('SELECT 1 FROM sqlite_schema WHERE name = ?', table) !== undefined;
    let version = 0;
    for (let to = 1; !has('store'); to++) {
      version = to;
      const steps = new Database(':memory:');
      migrate(steps, 0, to);
      const isLast = steps.get(`SELECT 1 FROM sqlite_schema WHERE name = 'store'`) !== undefined;
      steps.close();
      if (isLast) break;
      migrate(db, to - 1, to);
    }
    assert.ok(version > 1);
    db.exec(`PRAGMA journal_mode = WAL;
      INSERT INTO experiments VALUES (0, 'Default', 'mlflow-artifacts:/0', 'active', 0, 0);
      INSERT INTO runs (id, experiment_id, name, user, status, start_time, lifecycle, artifact_uri)
      VALUES ('old', 0, 'old run', '', 'finished', 0, 'active', 'mlflow-artifacts:/0/old/artifacts');
      INSERT INTO artifacts VALUES ('runs/old', 'a.txt', '${sha256}', 3, 0)`);
    db.close();

    const holds = async () => {
      const store = Store.open(folder);
      assert.equal(store.runs.get('old')?.name, 'old run');
      assert.equal(fs.readFileSync(store.artifacts.stat('runs/old', 'a.txt')?.file ?? '', 'utf8'), 'old');
      await store.artifacts.sweep(new AbortController().signal);
      await store.close();
    };
    await holds();
    fs.rmSync(database());
    assert.ok(refusal());
    assert.equal((await recover(folder)).from, 'copy');
    await holds();
  });
});
