import path from 'node:path';
import type { Database } from './sql.js';

/** How far an event file of TensorBoard was read for a run. */
export interface EventFileRecord {
  /** Absolute, without links. */
  path: string;
  /** Bytes read. */
  offset: number;
  /** What was first found damaged. */
  fault?: string;
}

interface Row {
  path: string;
  offset: number;
  fault: string | null;
}

/** Changing methods are for use inside Store.write. */
export class EventFiles {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  of(runId: string): Map<string, EventFileRecord> {
    const rows = this.db.all<Row>('SELECT path, offset, fault FROM event_files WHERE run_id = ?', runId);
    return new Map(rows.map(({ fault, ...row }) => [row.path, { ...row, ...(fault !== null && { fault }) }]));
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

  set(runId: string, record: EventFileRecord): void {
    const { path: file, offset, fault } = record;
    this.db.run('INSERT OR REPLACE INTO event_files VALUES (?, ?, ?, ?)', runId, file, offset, fault ?? null);
  }
}
