import type { MetricSummary, Points } from '../../workspace/types.js';
import { type Columns, concatenate, fromBlobs, order, take, toBlob } from './columns.js';
import type { Database } from './sql.js';
import type { StoreChange } from './store.js';
import { thin } from './thin.js';

export interface MetricPoint {
  key: string;
  value: number;
  /** ms since the epoch */
  timestamp: number;
  step: number;
}

export interface SeriesRow {
  id: number;
  run_id: string;
  key: string;
  count: number;
  /** Points that stand in blocks; the rest is the tail. */
  sealed: number;
  /** null: NaN */
  last_value: number | null;
  last_step: number;
  last_time: number;
  /** Over finite values; null when there is none. */
  min: number | null;
  max: number | null;
  max_step: number;
  max_time: number;
}

interface BlockRow {
  first: number;
  steps: Uint8Array;
  times: Uint8Array;
  points: Uint8Array;
}

interface TailRow {
  n: number;
  step: number;
  time: number;
  value: number | null;
}

/** The tail is sealed when it holds this many points. */
const BLOCK = 1024;
/** Series kept in memory between appends. */
const CACHED_SERIES = 20_000;

/**
 * Metric series: a small tail of rows that is sealed into columnar blocks of Float64.
 * Changing methods are for use inside Store.write.
 */
export class Metrics {
  private readonly db: Database;
  private readonly touch: (change: StoreChange) => void;
  /** Rows of `series` as they will be written, by run and key. */
  private cache = new Map<string, SeriesRow>();

  constructor(db: Database, touch: (change: StoreChange) => void) {
    this.db = db;
    this.touch = touch;
  }

  /** After a change was undone: what is in memory may not be on disk. */
  forget(): void {
    this.cache.clear();
  }

  /**
   * Appends points in this order. A point that repeats one of the series exactly (key, step, timestamp, value) is
   * ignored, so that a request may be repeated.
   */
  append(runId: string, points: readonly MetricPoint[]): void {
    const changed = new Set<SeriesRow>();
    for (const point of points) {
      const series = this.series(runId, point.key, point);
      if (this.holds(series, point)) continue;
      this.db.run(
        'INSERT INTO tail VALUES (?, ?, ?, ?, ?)',
        series.id,
        series.count,
        point.step,
        point.timestamp,
        toSql(point.value),
      );
      include(series, point);
      changed.add(series);
      if (series.count - series.sealed >= BLOCK) this.seal(series);
    }
    for (const s of changed)
      this.db.run(
        `UPDATE series SET count = ?, sealed = ?, last_value = ?, last_step = ?, last_time = ?, min = ?, max = ?,
         max_step = ?, max_time = ? WHERE id = ?`,
        s.count,
        s.sealed,
        s.last_value,
        s.last_step,
        s.last_time,
        s.min,
        s.max,
        s.max_step,
        s.max_time,
        s.id,
      );
    if (changed.size === 0) return;
    const run = this.db.get<{ experiment_id: number }>('SELECT experiment_id FROM runs WHERE id = ?', runId);
    if (run) this.touch({ type: 'run', runId, experimentId: String(run.experiment_id), part: 'metrics' });
  }

  private series(runId: string, key: string, first: MetricPoint): SeriesRow {
    const name = `${runId}/${key}`;
    const known = this.cache.get(name);
    if (known) return known;
    const select = 'SELECT * FROM series WHERE run_id = ? AND key = ?';
    let row = this.db.get<SeriesRow>(select, runId, key);
    if (!row) {
      this.db.run(
        'INSERT INTO series (run_id, key, count, sealed, last_value, last_step, last_time, min, max, max_step, max_time) VALUES (?, ?, 0, 0, NULL, ?, ?, NULL, NULL, ?, ?)',
        runId,
        key,
        first.step,
        first.timestamp,
        first.step,
        first.timestamp,
      );
      row = this.db.get<SeriesRow>(select, runId, key) as SeriesRow;
    }
    if (this.cache.size >= CACHED_SERIES) this.cache.clear();
    // A plain copy: rows of the driver have no prototype and are slow to change.
    const series = { ...row };
    this.cache.set(name, series);
    return series;
  }

  private holds(series: SeriesRow, { step, timestamp, value }: MetricPoint): boolean {
    // The usual point is newer than all before it; nothing needs to be read then.
    if (series.count === 0 || step > series.max_step || timestamp > series.max_time) return false;
    const inTail = this.db.get(
      'SELECT 1 FROM tail WHERE series_id = ? AND step = ? AND time = ? AND value IS ?',
      series.id,
      step,
      timestamp,
      toSql(value),
    );
    if (inTail) return true;
    const blocks = this.db.all<BlockRow>(
      `SELECT * FROM blocks WHERE series_id = ? AND ? BETWEEN min_step AND max_step AND ? BETWEEN min_time AND max_time`,
      series.id,
      step,
      timestamp,
    );
    return blocks.some((block) => {
      const { steps, times, values } = fromBlobs(block.steps, block.times, block.points);
      return steps.some(
        (s, i) => s === step && times[i] === timestamp && (values[i] === value || bothNaN(values[i], value)),
      );
    });
  }

  private seal(series: SeriesRow): void {
    const rows = this.tail(series.id, 0);
    const { steps, times, values } = columnsOf(rows);
    const range = (column: Float64Array) => [
      column.reduce((a, b) => Math.min(a, b)),
      column.reduce((a, b) => Math.max(a, b)),
    ];
    this.db.run(
      'INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      series.id,
      series.sealed,
      rows.length,
      ...(range(steps) as [number, number]),
      ...(range(times) as [number, number]),
      toBlob(steps),
      toBlob(times),
      toBlob(values),
    );
    this.db.run('DELETE FROM tail WHERE series_id = ?', series.id);
    series.sealed = series.count;
  }

  private tail(seriesId: number, from: number): TailRow[] {
    return this.db.all<TailRow>(
      'SELECT * FROM tail WHERE series_id = ? AND n >= ? ORDER BY n',
      seriesId,
      from,
    );
  }

  summaries(runId: string): Record<string, MetricSummary> {
    const rows = this.db.all<SeriesRow>('SELECT * FROM series WHERE run_id = ?', runId);
    return Object.fromEntries(rows.map((row) => [row.key, summaryOf(row)]));
  }

  /** Points from index `from` in logging order; thinned to about `maxPoints` when there are more. */
  points(runId: string, key: string, from: number, maxPoints: number): Points {
    const { columns, total } = this.read(runId, key, from);
    const kept = thin(columns, maxPoints);
    return { runId, key, total, reduced: kept !== columns, ...kept };
  }

  /** The whole series, ordered by timestamp, step, value, as columns. */
  history(runId: string, key: string): Columns {
    const { columns } = this.read(runId, key, 0);
    return take(columns, order(columns));
  }

  private read(runId: string, key: string, from: number): { columns: Columns; total: number } {
    const series = this.db.get<SeriesRow>('SELECT * FROM series WHERE run_id = ? AND key = ?', runId, key);
    if (!series) return { columns: concatenate([]), total: 0 };
    const blocks = this.db.all<BlockRow>(
      'SELECT * FROM blocks WHERE series_id = ? AND first + count > ? ORDER BY first',
      series.id,
      from,
    );
    const parts = blocks.map((block) => {
      const columns = fromBlobs(block.steps, block.times, block.points);
      return block.first >= from ? columns : slice(columns, from - block.first);
    });
    parts.push(columnsOf(this.tail(series.id, from)));
    return { columns: concatenate(parts), total: series.count };
  }
}

/** Takes a new point into the series' summary. The newest is the one with the largest step, then time, then value. */
function include(series: SeriesRow, { step, timestamp, value }: MetricPoint): void {
  const before = series.last_value ?? 0;
  const now = Number.isNaN(value) ? 0 : value;
  const newer =
    series.count === 0 ||
    step > series.last_step ||
    (step === series.last_step &&
      (timestamp > series.last_time || (timestamp === series.last_time && now >= before)));
  if (newer) {
    series.last_value = toSql(value);
    series.last_step = step;
    series.last_time = timestamp;
  }
  if (Number.isFinite(value)) {
    series.min = Math.min(series.min ?? value, value);
    series.max = Math.max(series.max ?? value, value);
  }
  series.max_step = Math.max(series.max_step, step);
  series.max_time = Math.max(series.max_time, timestamp);
  series.count++;
}

export function summaryOf(row: SeriesRow): MetricSummary {
  return {
    value: row.last_value ?? NaN,
    step: row.last_step,
    timestamp: row.last_time,
    count: row.count,
    min: row.min ?? NaN,
    max: row.max ?? NaN,
  };
}

const toSql = (value: number): number | null => (Number.isNaN(value) ? null : value);
const bothNaN = (a: number | undefined, b: number) => Number.isNaN(a) && Number.isNaN(b);

function columnsOf(rows: readonly TailRow[]): Columns {
  return {
    steps: Float64Array.from(rows, ({ step }) => step),
    times: Float64Array.from(rows, ({ time }) => time),
    values: Float64Array.from(rows, ({ value }) => value ?? NaN),
  };
}

function slice({ steps, times, values }: Columns, from: number): Columns {
  return { steps: steps.subarray(from), times: times.subarray(from), values: values.subarray(from) };
}
