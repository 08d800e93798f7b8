import path from 'node:path';
import type { Database } from './sql.js';

/** How far a TensorBoard event file was read for a run. */
export interface EventFileRecord {
  /** Absolute, without links. */
  path: string;
  /** Its folder, as the run calls it; undefined: it was first read by a version that kept no names. */
  folder?: string;
  /** Time of its first record, ms since the epoch. */
  createdAt?: number;
  /** Bytes read. */
  offset: number;
  /** The first damage found. */
  fault?: string;
}

/** A folder with event files of a run. */
export interface EventFolderRecord {
  /** As the run calls it. */
  path: string;
  /** When its first file was created, ms since the epoch. */
  createdAt: number;
  host?: string;
  pid?: string;
  /** It holds params of the hyper-parameter plugin. */
  isSession: boolean;
  /** It contains something with a name. */
  isNamed: boolean;
  /** The prefix of its tags. */
  prefix: string;
}

/** Points that came from a folder's event files. */
export interface EventPoints {
  folder: string;
  /** Of their series, without the prefix of the folder. */
  name: string;
  /** Position of the first in the series. */
  first: number;
  count: number;
}

interface Row {
  path: string;
  offset: number;
  fault: string | null;
  folder: string | null;
  created_at: number | null;
}

interface FolderRow {
  path: string;
  created_at: number;
  host: string | null;
  pid: string | null;
  is_session: number;
  is_named: number;
  prefix: string;
}

/** Changing methods are for use inside Store.write. */
export class EventFiles {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  of(runId: string): Map<string, EventFileRecord> {
    const rows = this.db.all<Row>(
      'SELECT path, offset, fault, folder, created_at FROM event_files WHERE run_id = ?',
      runId,
    );
    return new Map(
      rows.map(({ path, offset, fault, folder, created_at }) => [
        path,
        {
          path,
          offset,
          ...(fault !== null && { fault }),
          ...(folder !== null && { folder }),
          ...(created_at !== null && { createdAt: created_at }),
        },
      ]),
    );
  }

  /** Whether another run reads this file already: runs may write below one folder. */
  isOfOther(runId: string, file: string): boolean {
    const query = 'SELECT 1 FROM event_files WHERE path = ? AND run_id <> ? LIMIT 1';
    return this.db.get(query, file, runId) !== undefined;
  }

  /** Whether a job that has not ended reads a file in the folder of this one, or in one above it. */
  isAmongOthers(runId: string, file: string): boolean {
    const rows = this.db.all<{ path: string }>(
      `SELECT path FROM event_files JOIN jobs USING (run_id)
       WHERE run_id <> ? AND jobs.state IN ('preparing', 'running', 'collecting')`,
      runId,
    );
    return rows.some((row) => file.startsWith(path.dirname(row.path) + path.sep));
  }

  set(runId: string, { path: file, offset, fault, folder, createdAt }: EventFileRecord): void {
    this.db.run(
      'INSERT OR REPLACE INTO event_files (run_id, path, offset, fault, folder, created_at) VALUES (?, ?, ?, ?, ?, ?)',
      runId,
      file,
      offset,
      fault ?? null,
      folder ?? null,
      createdAt ?? null,
    );
  }

  folders(runId: string): EventFolderRecord[] {
    const rows = this.db.all<FolderRow>('SELECT * FROM event_folders WHERE run_id = ?', runId);
    return rows.map(({ path, created_at, host, pid, is_session, is_named, prefix }) => ({
      path,
      createdAt: created_at,
      ...(host !== null && { host }),
      ...(pid !== null && { pid }),
      isSession: is_session === 1,
      isNamed: is_named === 1,
      prefix,
    }));
  }

  setFolder(runId: string, folder: EventFolderRecord): void {
    const { path, createdAt, host, pid, isSession, isNamed, prefix } = folder;
    this.db.run(
      'INSERT OR REPLACE INTO event_folders VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      runId,
      path,
      createdAt,
      host ?? null,
      pid ?? null,
      Number(isSession),
      Number(isNamed),
      prefix,
    );
  }

  points(runId: string): EventPoints[] {
    return this.db.all('SELECT folder, name, first, count FROM event_points WHERE run_id = ?', runId);
  }

  addPoints(runId: string, { folder, name, first, count }: EventPoints): void {
    const grown = this.db.run(
      `UPDATE event_points SET count = count + ?
       WHERE run_id = ? AND folder = ? AND name = ? AND first + count = ?`,
      count,
      runId,
      folder,
      name,
      first,
    );
    if (grown === 0)
      this.db.run('INSERT INTO event_points VALUES (?, ?, ?, ?, ?)', runId, folder, name, first, count);
  }

  removePoints(runId: string, { folder, name, first }: EventPoints): void {
    this.db.run(
      'DELETE FROM event_points WHERE run_id = ? AND folder = ? AND name = ? AND first = ?',
      runId,
      folder,
      name,
      first,
    );
  }
}
