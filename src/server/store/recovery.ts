import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../../base/errors.js';
import type { StoreRecovery, StoreVerification } from '../../workspace/local/contract.js';
import { databaseOf, inspect } from './inspect.js';
import { type LastChange, lastChangeIn, readLastChange } from './last-change.js';
import { SCHEMA_VERSION } from './migrations.js';
import { hashes, hashOf, objectFile, objectsIn, signObjects, Trash } from './objects.js';
import { readLog, hasCopy, segmentCount, writeCopy } from './second-copy.js';
import { Database, isSqlError } from './sql.js';
import { Store } from './store.js';
import { salvage } from './salvage.js';

/** Maintenance of a refused store. Nothing here removes anything, and no server may be running. */

/** The experiment and run for files that belong to no run. */
const RECOVERED = 'Recovered files';

/**
 * Rebuilds a store from what is left: first the database or its second copy, whichever is intact and more recent, or
 * else all readable rows; then the jobs from their folders; then the objects. Objects that belong to no run become
 * files of a new run.
 * @throws STORE_NEWER | CONFLICT (a server has it)
 */
export async function recover(
  folder: string,
  takeJobs: (store: Store) => Promise<number> = async () => 0,
): Promise<StoreRecovery> {
  const known = readLastChange(folder);
  const before = standing(folder);
  let from: StoreRecovery['from'] = 'database';
  let setAside: string | null = null;
  if (before !== 'whole') {
    const work = path.join(folder, 'recovering');
    fs.rmSync(work, { recursive: true, force: true });
    fs.mkdirSync(work, { recursive: true, mode: 0o700 });
    const made = await best(folder, work, objectsIn(folder).identity ?? known?.identity);
    from = made.from;
    setAside = putInPlace(folder, made);
    fs.rmSync(work, { recursive: true, force: true });
  }
  const store = Store.open(folder);
  try {
    const { changes, at } = store.lastChange;
    const jobs = await takeJobs(store);
    return {
      from,
      ...(await collectObjects(store)),
      jobs,
      lostChanges: from === 'rows' ? null : Math.max(0, (known?.changes ?? 0) - changes),
      lastChangeAt: changes > 0 ? at : null,
      setAside,
    };
  } finally {
    await store.close();
  }
}

/** Moves everything to a folder beside the store, so that the next start has an empty store. @returns that folder */
export function reset(folder: string): string | null {
  if (!fs.existsSync(folder)) return null;
  standing(folder);
  const target = freeName(`${folder}-set-aside-${stamp()}`);
  fs.renameSync(folder, target);
  return target;
}

/** @throws CONFLICT (a server has it) | STORE_NEWER */
function standing(folder: string): 'whole' | 'damaged' {
  try {
    inspect(folder, { thorough: true });
    return 'whole';
  } catch (error) {
    if (TrainyardError.is(error, 'STORE_CORRUPT')) return 'damaged';
    throw error;
  }
}

interface Made {
  file: string;
  /** undefined: it has none yet. */
  identity?: string | undefined;
  from: StoreRecovery['from'];
}

/** The most recent intact one. One with another identity than the objects only counts if there is nothing else. */
async function best(folder: string, work: string, identity: string | undefined): Promise<Made> {
  const database = databaseOf(folder);
  const log = readLog(database);
  const found: (Made & { last: LastChange })[] = [];
  const add = (name: string, from: StoreRecovery['from'], write: (target: string) => void): boolean => {
    const file = path.join(work, name);
    write(file);
    const last = intactAt(file);
    if (last) found.push({ file, from, last, ...(last.identity !== '' && { identity: last.identity }) });
    return last !== undefined;
  };
  // The second copy first: if both are equally recent, a flipped bit is more likely in the file in use.
  if (hasCopy(database)) {
    const segments = segmentCount(database);
    let isWhole = add('copy.db', 'copy', (target) => writeCopy(database, target, segments));
    for (let n = segments - 1; n >= 0 && !isWhole; n--)
      isWhole = add(`copy-${n}.db`, 'copy', (target) => writeCopy(database, target, n));
    // What the log has besides; one that does not fit makes no whole database, or another one.
    if (log) add('copy-and-log.db', 'copy', (target) => writeCopy(database, target, segments, log));
  }
  if (fs.existsSync(database)) {
    add('database.db', 'database', (target) => {
      fs.copyFileSync(database, target, fs.constants.COPYFILE_FICLONE);
      if (log) fs.writeFileSync(`${target}-wal`, log, { mode: 0o600 });
    });
  }
  const isOurs = (made: Made) => identity === undefined || made.identity === identity;
  const [furthest] = found.sort(
    (a, b) => Number(isOurs(b)) - Number(isOurs(a)) || b.last.changes - a.last.changes,
  );
  if (furthest) return furthest;
  const file = databaseOf(path.join(work, 'rows'));
  const from = (await salvage(database, path.dirname(file))) ? 'rows' : 'nothing';
  return { file, from, identity: intactAt(file)?.identity };
}

/** The last change of a database that is an intact store; its log is then part of the file. */
function intactAt(file: string): LastChange | undefined {
  let db: Database | undefined;
  try {
    db = new Database(file);
    const version = Number(db.get<{ user_version: number }>('PRAGMA user_version')?.user_version);
    if (version === 0 || version > SCHEMA_VERSION) return undefined;
    if (db.get<{ integrity_check: string }>('PRAGMA integrity_check(1)')?.integrity_check !== 'ok')
      return undefined;
    db.get('SELECT 1 FROM runs, experiments LIMIT 1');
    const isNamed = db.get(`SELECT 1 FROM sqlite_schema WHERE name = 'store'`) !== undefined;
    return (isNamed && lastChangeIn(db)) || { identity: '', changes: 0, at: 0 };
  } catch (error) {
    // SQLite says what is wrong with it; what counts here is that something is.
    if (isSqlError(error)) return undefined;
    throw error;
  } finally {
    db?.close();
  }
}

/** @returns the folder that has what was there */
function putInPlace(folder: string, { file, identity }: Made): string {
  const database = databaseOf(folder);
  const aside = freeName(path.join(folder, 'set-aside', stamp()));
  fs.mkdirSync(aside, { recursive: true, mode: 0o700 });
  const move = (from: string) => {
    if (fs.existsSync(from)) fs.renameSync(from, path.join(aside, path.basename(from)));
  };
  // The log first, since SQLite would apply it to the new database. Last the file that shows that something is wrong.
  for (const end of ['-wal', '-shm', '']) move(database + end);
  fs.renameSync(file, database);
  if (identity !== undefined) signObjects(folder, identity);
  for (const name of ['copy', 'last-change']) move(path.join(folder, name));
  return aside;
}

/** Restores referenced objects from the trash, and adds unreferenced ones to a run. */
async function collectObjects(
  store: Store,
): Promise<Pick<StoreRecovery, 'runs' | 'unnamedObjects' | 'filesRun' | 'missingObjects'>> {
  const { artifacts, folder } = store;
  const runs = store.runs.count('all');
  new Trash(folder).restore((sha256) => artifacts.isNamed(sha256));
  const unnamed: string[] = [];
  for await (const names of hashes(folder))
    unnamed.push(...names.filter((sha256) => !artifacts.isNamed(sha256)));
  const filesRun = unnamed.length > 0 ? await adoptObjects(store, unnamed) : null;
  return { runs, unnamedObjects: unnamed.length, filesRun, missingObjects: artifacts.missing() };
}

async function adoptObjects(store: Store, objects: readonly string[]): Promise<string> {
  const run = await store.write(() => {
    const experiment = store.experiments.byName(RECOVERED) ?? store.experiments.create({ name: RECOVERED });
    const name = `${RECOVERED} ${new Date().toISOString()}`;
    return store.runs.create({
      experimentId: experiment.id,
      name,
      startTime: Date.now(),
      status: 'finished',
    });
  });
  for (const sha256 of objects) await store.artifacts.adopt(`runs/${run.id}`, sha256, sha256);
  await store.write(() => store.runs.update(run.id, { endTime: Date.now() }));
  return run.id;
}

const stamp = () => new Date().toISOString().replaceAll(/[:.]/g, '-');

function freeName(wanted: string): string {
  let name = wanted;
  for (let n = 2; fs.existsSync(name); n++) name = `${wanted}-${n}`;
  return name;
}

/**
 * Checks that the store is intact: its database, and each content against its name, which is its hash.
 * @param progress called with the number of objects read
 * @throws STORE_NEWER | CONFLICT (a server has it)
 */
export async function verify(
  folder: string,
  progress: (objects: number) => void,
): Promise<StoreVerification> {
  const found: StoreVerification = {
    database: null,
    objects: 0,
    bytes: 0,
    damaged: [],
    missing: [],
    unnamed: 0,
  };
  const named = new Set<string>();
  try {
    inspect(folder, { thorough: true });
    for (const sha256 of namedIn(folder)) named.add(sha256);
  } catch (error) {
    if (!TrainyardError.is(error, 'STORE_CORRUPT')) throw error;
    found.database = error.message;
  }
  const there = new Set<string>();
  for await (const names of hashes(folder))
    for (const sha256 of names) {
      there.add(sha256);
      const file = objectFile(folder, sha256);
      found.objects++;
      found.bytes += fs.statSync(file).size;
      if ((await hashOf(file)) !== sha256) found.damaged.push(sha256);
      if (!named.has(sha256)) found.unnamed++;
      progress(found.objects);
    }
  found.missing = [...named].filter((sha256) => !there.has(sha256));
  return found;
}

function namedIn(folder: string): string[] {
  if (!fs.existsSync(databaseOf(folder))) return [];
  const db = new Database(databaseOf(folder), { readOnly: true });
  try {
    return db.arrays<[string]>('SELECT DISTINCT sha256 FROM artifacts').map(([sha256]) => sha256);
  } finally {
    db.close();
    fs.rmSync(`${databaseOf(folder)}-shm`, { force: true });
  }
}
