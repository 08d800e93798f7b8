import fs from 'node:fs';
import path from 'node:path';
import { databaseOf } from './inspect.js';
import { readLog } from './second-copy.js';
import { Database, isSqlError } from './sql.js';
import { Store } from './store.js';

/**
 * Creates a store in `folder` from the readable rows of a damaged database: for each table, those before and after the
 * damage.
 * @returns whether there were any runs
 */
export async function salvage(database: string, folder: string): Promise<boolean> {
  const store = Store.open(folder);
  const target = store.folder;
  await store.close();
  if (!fs.existsSync(database)) return false;
  const copy = path.join(target, 'damaged.db');
  fs.copyFileSync(database, copy, fs.constants.COPYFILE_FICLONE);
  const log = readLog(database);
  if (log) fs.writeFileSync(`${copy}-wal`, log, { mode: 0o600 });
  const to = new Database(databaseOf(target));
  let from: Database | undefined;
  try {
    from = new Database(copy);
    to.exec('PRAGMA foreign_keys = OFF; BEGIN');
    for (const table of tablesOf(to)) copyTable(from, to, table);
    to.exec('COMMIT');
    return (to.get<{ n: number }>('SELECT count(*) AS n FROM runs')?.n ?? 0) > 0;
  } finally {
    from?.close();
    to.close();
  }
}

function copyTable(from: Database, to: Database, table: string): void {
  try {
    const known = new Set(columnsOf(from, table));
    const columns = columnsOf(to, table).filter((name) => known.has(name));
    if (columns.length === 0) return;
    const list = columns.map((name) => `"${name}"`).join(', ');
    const insert = `INSERT OR IGNORE INTO "${table}" (${list}) VALUES (${columns.map(() => '?').join(', ')})`;
    for (const direction of ['ASC', 'DESC'])
      if (
        copyRows(
          from,
          to,
          `SELECT ${list} FROM "${table}" ORDER BY ${keyOf(from, table)} ${direction}`,
          insert,
        )
      )
        return;
  } catch (error) {
    if (!isSqlError(error)) throw error;
  }
}

/** @returns whether all of them could be read */
function copyRows(from: Database, to: Database, select: string, insert: string): boolean {
  try {
    for (const row of from.each(select)) to.run(insert, ...row);
    return true;
  } catch (error) {
    // The damage ends what can be read there.
    if (!isSqlError(error)) throw error;
    return false;
  }
}

function tablesOf(db: Database): string[] {
  return db
    .all<{ name: string }>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'store'`,
    )
    .map(({ name }) => name);
}

function columnsOf(db: Database, table: string): string[] {
  return db.arrays<[string]>('SELECT name FROM pragma_table_info(?)', table).map(([name]) => name);
}

/** A table without rowids is in the order of its first key column; reading by another one would need an index. */
function keyOf(db: Database, table: string): string {
  const [first] = db.arrays<[string, number]>('SELECT name, wr FROM pragma_table_list(?)', table);
  if (first?.[1] === 0) return 'rowid';
  const key = db.arrays<[string]>('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk', table);
  return key.map(([name]) => `"${name}"`).join(', ');
}
