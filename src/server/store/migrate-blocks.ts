import { Blocks } from './blocks.js';
import type { Columns } from '../../base/series/columns.js';
import type { Database } from './sql.js';

/**
 * From blocks of three Float64 columns to compressed ones with overviews. Every point is appended anew, block by block,
 * so that a large store does not have to fit into memory. Whoever changes what Blocks writes gives this step a copy of
 * it as it is now.
 */
export function compressBlocks(db: Database): void {
  db.exec(`
    ALTER TABLE blocks RENAME TO old_blocks;
    ALTER TABLE tail RENAME TO old_tail;
    CREATE TABLE tail (
      series_id INTEGER NOT NULL, n INTEGER NOT NULL,
      step REAL NOT NULL, time REAL NOT NULL, value REAL,
      PRIMARY KEY (series_id, n)
    ) WITHOUT ROWID;
    CREATE TABLE blocks (
      series_id INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
      min_step REAL NOT NULL, max_step REAL NOT NULL, min_time REAL NOT NULL, max_time REAL NOT NULL,
      points BLOB NOT NULL
    );
    -- All but the points, so that what a search for some of them steps over stays small.
    CREATE UNIQUE INDEX block_spans ON blocks (series_id, first, count, min_step, max_step, min_time, max_time);
    CREATE TABLE overviews (
      series_id INTEGER NOT NULL, level INTEGER NOT NULL, first INTEGER NOT NULL,
      min_step REAL NOT NULL, max_step REAL NOT NULL,
      count INTEGER NOT NULL, points BLOB NOT NULL
    );
    CREATE UNIQUE INDEX overview_spans ON overviews (series_id, level, first, min_step, max_step);
  `);
  const blocks = new Blocks(db);
  for (const { id } of db.all<{ id: number }>('SELECT id FROM series')) {
    let [sealed, count] = [0, 0];
    const append = (columns: Columns) => {
      sealed = blocks.append({ id, sealed, count }, columns);
      count += columns.steps.length;
    };
    const firsts = db.all<{ first: number }>(
      'SELECT first FROM old_blocks WHERE series_id = ? ORDER BY first',
      id,
    );
    for (const { first } of firsts) append(oldBlock(db, id, first));
    append(oldTail(db, id));
    db.run('UPDATE series SET sealed = ? WHERE id = ?', sealed, id);
  }
  db.forget();
  db.exec('DROP TABLE old_blocks; DROP TABLE old_tail');
}

function oldBlock(db: Database, id: number, first: number): Columns {
  const row = db.get<{ steps: Uint8Array; times: Uint8Array; points: Uint8Array }>(
    'SELECT steps, times, points FROM old_blocks WHERE series_id = ? AND first = ?',
    id,
    first,
  );
  if (!row) throw new RangeError(`series ${id} has no block at ${first}`);
  // A typed array must begin at a multiple of 8; what SQLite gives may not.
  const column = (bytes: Uint8Array) => new Float64Array(bytes.slice().buffer);
  return { steps: column(row.steps), times: column(row.times), values: column(row.points) };
}

function oldTail(db: Database, id: number): Columns {
  const rows = db.all<{ step: number; time: number; value: number | null }>(
    'SELECT step, time, value FROM old_tail WHERE series_id = ? ORDER BY n',
    id,
  );
  return {
    steps: Float64Array.from(rows, ({ step }) => step),
    times: Float64Array.from(rows, ({ time }) => time),
    values: Float64Array.from(rows, ({ value }) => value ?? NaN),
  };
}
