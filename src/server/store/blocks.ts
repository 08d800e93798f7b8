import { type Columns, concatenate, range, slice } from '../../base/series/columns.js';
import { decode, encode } from './codec.js';
import { landmarks, pickSample, type Sample, sampleOf } from '../../base/series/landmarks.js';
import type { Database } from './sql.js';

/** The fields of a row of `series` needed to find its points. Points from `sealed` on are the tail. */
export interface Extent {
  id: number;
  sealed: number;
  count: number;
}

/** Where a block stands and what it spans. */
export interface Span {
  first: number;
  count: number;
  min_step: number;
  max_step: number;
  min_time: number;
  max_time: number;
}

/** Ranges of steps and times, both ends included. */
export type Ranges = Pick<Span, 'min_step' | 'max_step' | 'min_time' | 'max_time'>;

/** The steps that a block spans, both ends included. */
export type StepRange = [first: number, count: number, min: number, max: number];

type Three = [Float64Array, Float64Array, Float64Array];
type Four = [...Three, Float64Array];

/** A tail of this many points is sealed into a small block, so that short series are compact, too. */
const SMALL = 64;
/** Small blocks are merged once they fill a block of this size. */
export const BLOCK = 1024;
/** An overview covers this many blocks, or overviews of the level below. */
const FAN = 4;

/** Positions that an overview of `level` (from 1) covers, and of how many of them it has one bucket. */
export const spanOf = (level: number) => BLOCK * FAN ** level;
export const bucketOf = (level: number) => spanOf(level) / 128;

/** Approximate bytes of a point stored as a row. */
const TAIL_ROW = 32;

/**
 * The points of series on disk, in logging order: a tail of rows, compressed blocks, and above the blocks a pyramid of
 * overviews. Each overview has the landmarks of what it covers, so that drawing any range reads about as many points as
 * it shows (see drawings.ts). An overview is created with its last block. Only small blocks are ever rewritten.
 */
export class Blocks {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** Bytes of the points of the series that a query gives. */
  bytes(series: string, value: string): number {
    const sum = (what: string, table: string) =>
      this.db.get<{ bytes: number | null }>(
        `SELECT sum(${what}) AS bytes FROM ${table} WHERE series_id IN (${series})`,
        value,
      )?.bytes ?? 0;
    return (
      sum('length(points)', 'blocks') + sum('length(points)', 'overviews') + sum(String(TAIL_ROW), 'tail')
    );
  }

  /** Appends points. @returns how many are sealed; the caller updates the series' row. */
  append({ id, sealed, count }: Extent, points: Columns): number {
    const { length } = points.steps;
    if (count + length - sealed < SMALL) {
      this.addToTail(id, count, points);
      return sealed;
    }
    let rest = concatenate([this.tail(id, sealed, count), points]);
    this.db.run('DELETE FROM tail WHERE series_id = ?', id);
    let at = sealed;
    while (rest.steps.length >= SMALL) {
      const size = at % BLOCK === 0 && rest.steps.length >= BLOCK ? BLOCK : SMALL;
      this.add(id, at, slice(rest, 0, size));
      rest = slice(rest, size);
      at += size;
      if (at % BLOCK > 0) continue;
      if (size === SMALL) this.merge(id, at - BLOCK);
      this.overview(id, at);
    }
    this.addToTail(id, at, rest);
    return at;
  }

  /** Removes all points of a series. */
  remove(id: number): void {
    for (const table of ['tail', 'blocks', 'overviews'])
      this.db.run(`DELETE FROM ${table} WHERE series_id = ?`, id);
  }

  private addToTail(id: number, first: number, { steps, times, values }: Columns): void {
    for (let i = 0; i < steps.length; i++)
      this.db.run(
        'INSERT INTO tail VALUES (?, ?, ?, ?, ?)',
        id,
        first + i,
        steps[i] as number,
        times[i] as number,
        toSql(values[i] as number),
      );
  }

  private add(id: number, first: number, columns: Columns): void {
    const [steps, times] = [range(columns.steps), range(columns.times)];
    this.db.run(
      'INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      first,
      columns.steps.length,
      steps.min,
      steps.max,
      times.min,
      times.max,
      encode([columns.steps, columns.times, columns.values]),
    );
  }

  private merge(id: number, first: number): void {
    const columns = concatenate(this.samples(id, first, first + BLOCK));
    this.db.run(
      'DELETE FROM blocks WHERE series_id = ? AND first BETWEEN ? AND ?',
      id,
      first,
      first + BLOCK - 1,
    );
    this.add(id, first, columns);
  }

  /** Makes the overviews that end at `end`. */
  private overview(id: number, end: number): void {
    for (let level = 1; end % spanOf(level) === 0; level++) {
      const first = end - spanOf(level);
      const below = level === 1 ? this.samples(id, first, end) : this.overviews(id, level - 1, first, end);
      const { positions, steps, times, values } = pickSample(below, landmarks(below, bucketOf(level)));
      const { min, max } = range(steps);
      const points = encode([positions, steps, times, values]);
      this.db.run(
        'INSERT INTO overviews VALUES (?, ?, ?, ?, ?, ?, ?)',
        id,
        level,
        first,
        min,
        max,
        steps.length,
        points,
      );
    }
  }

  /** All blocks of the series, or those that may hold points within `ranges`. */
  spans(id: number, ranges?: Ranges): Span[] {
    const {
      min_step = -Infinity,
      max_step = Infinity,
      min_time = -Infinity,
      max_time = Infinity,
    } = ranges ?? {};
    return this.db.all<Span>(
      `SELECT first, count, min_step, max_step, min_time, max_time FROM blocks WHERE series_id = ?
       AND max_step >= ? AND min_step <= ? AND max_time >= ? AND min_time <= ? ORDER BY first`,
      id,
      min_step,
      max_step,
      min_time,
      max_time,
    );
  }

  /** Of all blocks from position `from`, which has to be the first of one. */
  stepRanges(id: number, from: number): StepRange[] {
    return this.db.arrays<StepRange>(
      'SELECT first, count, min_step, max_step FROM blocks WHERE series_id = ? AND first >= ? ORDER BY first',
      id,
      from,
    );
  }

  /** Points at positions `from` (included) to `to`. */
  read({ id, sealed, count }: Extent, from: number, to = count): Columns {
    const parts = this.samples(id, from, Math.min(to, sealed)).map((sample) => {
      const first = sample.positions[0] as number;
      return slice(sample, Math.max(from - first, 0), to - first);
    });
    return concatenate([...parts, this.tail(id, Math.max(from, sealed), to)]);
  }

  /** The overviews of `level` that begin at positions from `from` to `to`. */
  overviews(id: number, level: number, from: number, to: number): Sample[] {
    return this.db
      .all<{ count: number; points: Uint8Array }>(
        'SELECT count, points FROM overviews WHERE series_id = ? AND level = ? AND first >= ? AND first < ? ORDER BY first',
        id,
        level,
        from,
        to,
      )
      .map(({ count, points }) => {
        const [positions, steps, times, values] = decode(points, 4, count) as Four;
        return { positions, steps, times, values };
      });
  }

  /** The blocks that hold positions from `from` to `to`, whole. */
  samples(id: number, from: number, to: number): Sample[] {
    return this.db
      .all<{ first: number; count: number; points: Uint8Array }>(
        `SELECT first, count, points FROM blocks WHERE series_id = ? AND first >= ? AND first < ? AND first + count > ?
         ORDER BY first`,
        id,
        from - (from % BLOCK),
        to,
        from,
      )
      .map(({ first, count, points }) => {
        const [steps, times, values] = decode(points, 3, count) as Three;
        return sampleOf(first, { steps, times, values });
      });
  }

  /** What comes after the blocks. */
  tail(id: number, from: number, to: number): Columns {
    const rows = this.db.all<{ step: number; time: number; value: number | null }>(
      'SELECT step, time, value FROM tail WHERE series_id = ? AND n >= ? AND n < ? ORDER BY n',
      id,
      from,
      to,
    );
    return {
      steps: Float64Array.from(rows, ({ step }) => step),
      times: Float64Array.from(rows, ({ time }) => time),
      values: Float64Array.from(rows, ({ value }) => value ?? NaN),
    };
  }
}

/** SQLite has no NaN: NULL stands for it. */
export const toSql = (value: number): number | null => (Number.isNaN(value) ? null : value);
