import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../../base/errors.js';
import { corrupt } from './damage.js';
import { type LastChange, lastChangeIn, readLastChange } from './last-change.js';
import { checkVersion } from './migrations.js';
import { objectsIn } from './objects.js';
import { compareWithCopy, hasCopy } from './second-copy.js';
import { Database, isSqlError, translateSqlError } from './sql.js';

/** The checks of a store before anything is written: its parts are intact and belong together. */

const MAGIC = 'SQLite format 3\0';
/** Larger files are not fully read at every start. */
const CHECKED_AT_OPEN = 64 * 1024 * 1024;

export interface Standing {
  /** There was neither a database nor anything that belonged to one. */
  isNew: boolean;
  /** Another program has written into the database since its second copy was made. */
  isCopyOutdated: boolean;
}

/**
 * Checks the files of a store without changing any. `thorough`: includes slow checks.
 * @throws TrainyardError STORE_NEWER | STORE_CORRUPT | CONFLICT (another process has it)
 */
export function inspect(folder: string, { thorough = false } = {}): Standing {
  const file = databaseOf(folder);
  const bytes = fs.statSync(file, { throwIfNoEntry: false })?.size;
  if (!bytes) {
    refuseBesideContents(folder, `The database ${file} is ${bytes === 0 ? 'empty' : 'gone'}`);
    return { isNew: true, isCopyOutdated: false };
  }
  requireMagic(file);
  const isChecked = thorough || bytes <= CHECKED_AT_OPEN;
  const { isEmpty, last } = tryReading(file, isChecked);
  if (isEmpty) {
    refuseBesideContents(folder, `The database ${file} has nothing in it`);
    return { isNew: true, isCopyOutdated: false };
  }
  compare(folder, last);
  return { isNew: false, isCopyOutdated: compareCopy(file, isChecked) };
}

export const databaseOf = (folder: string) => path.join(folder, 'trainyard.db');

/** A foreign file is never opened: SQLite might write to it. */
function requireMagic(file: string): void {
  const handle = fs.openSync(file, 'r');
  try {
    const head = Buffer.alloc(MAGIC.length);
    fs.readSync(handle, head, 0, head.length, 0);
    if (head.toString('latin1') === MAGIC) return;
  } finally {
    fs.closeSync(handle);
  }
  throw corrupt(`${file} is not a Trainyard store.`);
}

/** An empty database would know none of it. */
function refuseBesideContents(folder: string, what: string): void {
  const last = readLastChange(folder);
  const objects = objectsIn(folder);
  if (objects.some) throw corrupt(`${what}, but the files of its runs are there.`);
  if (last && last.changes > 0)
    throw corrupt(`${what}. It had ${last.changes} changes, the last at ${timeOf(last.at)}.`);
  if (!last && hasCopy(databaseOf(folder))) throw corrupt(`${what}, but its second copy is there.`);
}

/** @returns whether another program has written into the database, so that the copy does not count */
function compareCopy(file: string, isChecked: boolean, cause?: unknown): boolean {
  if (!hasCopy(file)) return false;
  const { differing, isWritten } = compareWithCopy(file, isChecked ? Infinity : 1);
  if (isWritten || differing === 0) return isWritten;
  const pages = differing === 1 ? 'one of its pages differs' : `${differing} of its pages differ`;
  throw corrupt(`The store ${file} is damaged: ${pages} from the second copy.`, cause);
}

function tryReading(file: string, isChecked: boolean): ReturnType<typeof read> {
  try {
    return read(file, isChecked);
  } catch (error) {
    // A flipped bit looks like a newer version, too.
    if (TrainyardError.is(error, 'STORE_NEWER')) compareCopy(file, isChecked, error);
    // Errors without a code of ours, such as an unknown file format.
    if (isSqlError(error)) throw corrupt(`The store ${file} is damaged: ${error.message}.`, error);
    throw error;
  }
}

/** A connection that only reads also leaves SQLite's log as it is when it is closed. */
function read(file: string, isChecked: boolean): { isEmpty: boolean; last?: LastChange } {
  let db: Database | undefined;
  try {
    db = new Database(file, { readOnly: true });
    db.exec('PRAGMA busy_timeout = 200');
    const version = checkVersion(db);
    const tables = new Set(
      db.all<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table'`).map(({ name }) => name),
    );
    if (version === 0 && tables.size === 0) return { isEmpty: true };
    if (version === 0 || !tables.has('experiments') || !tables.has('runs'))
      throw corrupt(`${file} is a database of something else, not a Trainyard store.`);
    if (isChecked) {
      const found = db.get<{ quick_check: string }>('PRAGMA quick_check(1)')?.quick_check;
      if (found !== 'ok') throw corrupt(`The store ${file} is damaged: ${found}.`);
    }
    const last = tables.has('store') ? lastChangeIn(db) : undefined;
    return { isEmpty: false, ...(last && { last }) };
  } catch (error) {
    throw translateSqlError(error, file);
  } finally {
    db?.close();
    // Made to be shared, which the connection that stays does not need.
    if (db) fs.rmSync(`${file}-shm`, { force: true });
  }
}

/** @param last what the database says */
function compare(folder: string, last: LastChange | undefined): void {
  const file = databaseOf(folder);
  const known = readLastChange(folder);
  const objects = objectsIn(folder);
  const isAnother = (identity: string | undefined) =>
    identity !== undefined && last !== undefined && identity !== last.identity;
  if (isAnother(objects.identity) || (last && objects.some && objects.identity === undefined))
    throw corrupt(`The database ${file} and the folder objects beside it are of two stores.`);
  if (isAnother(known?.identity)) throw corrupt(`The database ${file} is of another store.`);
  const changes = last?.changes ?? 0;
  if (!known || known.changes <= changes) return;
  const missing = known.changes - changes;
  const since = last ? `those since ${timeOf(last.at)}` : 'all since it was updated';
  const log = fs.statSync(`${file}-wal`, { throwIfNoEntry: false })?.size
    ? `Its log ${file}-wal does not fit or is damaged, or the database is an older copy.`
    : `Its log ${file}-wal is gone, or the database is an older copy.`;
  throw corrupt(
    `The database ${file} has lost its last ${missing === 1 ? 'change' : `${missing} changes`}: ${since}, ` +
      `up to ${timeOf(known.at)}. ${log}`,
  );
}

const timeOf = (ms: number) => new Date(ms).toISOString();
