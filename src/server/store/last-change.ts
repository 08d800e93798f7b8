import fs from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { Database } from './sql.js';

/** The progress of a database. */
export interface LastChange {
  /** Of the store. */
  identity: string;
  /** How many changes were committed since the store was created. */
  changes: number;
  /** When the last one was, in ms since the epoch. */
  at: number;
}

/**
 * The last change, written beside the database after each commit. A database that is behind it has lost changes. Not
 * synced: after a power loss it may be older, which is safe.
 */
export class LastChangeFile {
  private readonly handle: number;

  constructor(folder: string, now: LastChange) {
    this.handle = fs.openSync(fileOf(folder), fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
    this.write(now);
  }

  write(now: LastChange): void {
    fs.writeSync(this.handle, lineOf(now), 0);
  }

  close(): void {
    fs.closeSync(this.handle);
  }
}

/** The last change that a database knows of; undefined: it has none yet. */
export function lastChangeIn(db: Database): LastChange | undefined {
  const row = db.get<LastChange>('SELECT identity, changes, changed_at AS at FROM store');
  return row && { ...row };
}

/** From the file beside the database; undefined: there is none, or it is damaged. */
export function readLastChange(folder: string): LastChange | undefined {
  const file = fileOf(folder);
  if (!fs.existsSync(file)) return undefined;
  const text = fs.readFileSync(file, 'latin1');
  const [identity = '', changes, at] = text.split(/ +/);
  const now = { identity, changes: Number(changes), at: Number(at) };
  return lineOf(now) === text ? now : undefined;
}

const fileOf = (folder: string) => path.join(folder, 'last-change');

/** Of constant length, so that it can be overwritten in place. */
function lineOf({ identity, changes, at }: LastChange): string {
  const words = [identity, String(changes).padStart(16), String(at).padStart(16)].join(' ');
  return `${words} ${crc32(words).toString(16).padStart(8, '0')}\n`;
}
