import { type Columns, concatenate, range, slice } from './columns.js';
import { decode, encode } from './codec.js';
import { joinSamples, landmarks, type Sample, sampleOf, type Window, within } from './landmarks.js';
import type { Database } from './sql.js';

/** What is needed of a row of `series` to find its points. Those from `sealed` on are the tail. */
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

/** The landmarks of a stretch of the series. */
interface Overview {
  first: number;
  min_step: number;
  max_step: number;
  count: number;
  points: Uint8Array;
}

/** All steps. */
const WHOLE = { fromStep: -Infinity, toStep: Infinity };

/** A tail is sealed into a small block when it holds so many points; so a short series is compact too. */
const SMALL = 64;
/** Small blocks become one when they fill this. */
const BLOCK = 1024;
/** An overview stands for so many blocks, or for so many overviews of the level below. */
const FAN = 4;

/** Positions that an overview of `level` (from 1) covers, and of how many of them it has one bucket. */
const spanOf = (level: number) => BLOCK * FAN ** level;
const bucketOf = (level: number) => spanOf(level) / 128;
/** A drawing may have so many times fewer buckets than were asked for, when that spares a level. */
const COARSER = 1.25;

/**
 * The points of series on disk, in logging order: a tail of rows, sealed into compressed blocks; and above the blocks
 * a pyramid of overviews, each with the landmarks of what it covers, so that a drawing of any stretch reads about as
 * many points as it shows. Overviews are made when their last block is; nothing is rewritten but small blocks.
 */
export class Blocks {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** Adds points at the end. @returns what is sealed then; the caller keeps the series' row. */
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
      const below =
        level === 1
          ? this.samples(id, first, end)
          : this.overviews(id, level - 1, { ...WHOLE, from: first, to: end }).map(decodeOverview);
      const { positions, steps, times, values } = landmarks(joinSamples(below), bucketOf(level));
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

  /** Points at positions `from` (included) to `to`. */
  read({ id, sealed, count }: Extent, from: number, to = count): Columns {
    const parts = this.samples(id, from, Math.min(to, sealed)).map((sample) => {
      const first = sample.positions[0] as number;
      return slice(sample, Math.max(from - first, 0), to - first);
    });
    return concatenate([...parts, this.tail(id, Math.max(from, sealed), to)]);
  }

  /** How many points the window may hold at most. */
  size({ id, sealed, count }: Extent, { from, to, fromStep, toStep }: Window): number {
    const { n } = this.db.get<{ n: number | null }>(
      `SELECT sum(min(first + count, ?) - max(first, ?)) AS n FROM blocks
       WHERE series_id = ? AND first >= ? AND first < ? AND first + count > ? AND max_step >= ? AND min_step <= ?`,
      to,
      from,
      id,
      from - (from % BLOCK),
      to,
      from,
      fromStep,
      toStep,
    ) ?? { n: 0 };
    return (n ?? 0) + Math.max(Math.min(count, to) - Math.max(sealed, from), 0);
  }

  /**
   * The points within `window`; when it holds more than `mostPoints`, the landmarks of at most about a quarter as many
   * buckets of equal size.
   */
  sample(series: Extent, window: Window, mostPoints: number): { sample: Sample; reduced: boolean } {
    const size = this.size(series, window);
    if (size <= mostPoints)
      return { sample: joinSamples([...this.collect(series, 0, window)]), reduced: false };
    const wanted = size / Math.max(1, Math.floor(mostPoints / 4));
    let level = 0;
    while (bucketOf(level + 1) <= COARSER * wanted && spanOf(level + 1) <= series.sealed) level++;
    const unit = level === 0 ? 1 : bucketOf(level);
    const whole = joinSamples([...this.collect(series, level, window)]);
    const sample = landmarks(whole, Math.ceil(wanted / unit) * unit);
    return { sample, reduced: sample.positions.length < size };
  }

  /** Landmarks of `level` within the window; where overviews are cut by it or not made yet, those of lower levels. */
  private *collect(series: Extent, level: number, window: Window): Generator<Sample> {
    const { from, to, fromStep, toStep } = window;
    if (level === 0) {
      for (const sample of this.samples(series.id, from, Math.min(to, series.sealed), window))
        yield within(sample, window);
      const tail = this.tail(series.id, Math.max(from, series.sealed), to);
      yield within(sampleOf(Math.max(from, series.sealed), tail), window);
      return;
    }
    const span = spanOf(level);
    const covered = Math.min(to, series.sealed - (series.sealed % span));
    for (const overview of this.overviews(series.id, level, window)) {
      const { first, min_step, max_step } = overview;
      const inside = first >= from && first + span <= to && min_step >= fromStep && max_step <= toStep;
      if (inside) yield decodeOverview(overview);
      else
        yield* this.collect(series, level - 1, {
          ...window,
          from: Math.max(from, first),
          to: Math.min(to, first + span),
        });
    }
    if (covered < to) yield* this.collect(series, level - 1, { ...window, from: Math.max(from, covered) });
  }

  /** The overviews of `level` that reach into the window. */
  private overviews(id: number, level: number, { from, to, fromStep, toStep }: Window): Overview[] {
    return this.db.all<Overview>(
      `SELECT first, min_step, max_step, count, points FROM overviews
       WHERE series_id = ? AND level = ? AND first >= ? AND first < ? AND max_step >= ? AND min_step <= ? ORDER BY first`,
      id,
      level,
      from - (from % spanOf(level)),
      to,
      fromStep,
      toStep,
    );
  }

  /** The blocks that hold positions from `from` to `to`, whole; with `steps`, only those that reach into them. */
  private samples(
    id: number,
    from: number,
    to: number,
    { fromStep, toStep }: Pick<Window, 'fromStep' | 'toStep'> = WHOLE,
  ): Sample[] {
    return this.db
      .all<{ first: number; count: number; points: Uint8Array }>(
        `SELECT first, count, points FROM blocks WHERE series_id = ? AND first >= ? AND first < ? AND first + count > ?
         AND max_step >= ? AND min_step <= ? ORDER BY first`,
        id,
        from - (from % BLOCK),
        to,
        from,
        fromStep,
        toStep,
      )
      .map(({ first, count, points }) => {
        const [steps, times, values] = decode(points, 3, count) as [Float64Array, Float64Array, Float64Array];
        return sampleOf(first, { steps, times, values });
      });
  }

  private tail(id: number, from: number, to: number): Columns {
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

function decodeOverview({ count, points }: Overview): Sample {
  const [positions, steps, times, values] = decode(points, 4, count) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { positions, steps, times, values };
}

/** SQLite has no NaN: NULL stands for it. */
export const toSql = (value: number): number | null => (Number.isNaN(value) ? null : value);
