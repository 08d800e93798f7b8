import { TrainyardError } from '../../base/errors.js';
import type { MetricSummary, Points, PointsRequest } from '../../workspace/types.js';
import { Blocks, toSql } from './blocks.js';
import { type Columns, type Floats, range } from '../../base/series/columns.js';
import { Drawings } from './drawings.js';
import { History } from './history.js';
import type { Database } from './sql.js';
import type { StoreChange } from './store.js';
import { touchRun } from './touch-run.js';

export interface MetricPoint {
  key: string;
  value: number;
  /** ms since the epoch */
  timestamp: number;
  step: number;
}

/** Adjacent points of a series. */
export interface Stretch {
  key: string;
  /** Position of the first. */
  first: number;
  count: number;
}

interface SeriesRow {
  id: number;
  run_id: string;
  key: string;
  count: number;
  /** Points that stand in blocks; those after them are the tail. */
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

/** Series kept in memory between appends. */
const CACHED_SERIES = 20_000;

/**
 * Metric series: a summary of each in a row of `series`, its points in blocks. Changing methods are for use inside
 * Store.write.
 */
export class Metrics {
  private readonly db: Database;
  private readonly blocks: Blocks;
  private readonly drawings: Drawings;
  private readonly touch: (change: StoreChange) => void;
  /** Rows of `series` as they will be written, by run and key. */
  private cache = new Map<string, SeriesRow>();

  constructor(db: Database, touch: (change: StoreChange) => void) {
    this.db = db;
    this.blocks = new Blocks(db);
    this.drawings = new Drawings(this.blocks);
    this.touch = touch;
  }

  /** After a rollback: the state in memory may not be on disk. */
  forget(): void {
    this.cache.clear();
  }

  /** Bytes that the points of these runs take. */
  bytesOf(runIds: readonly string[]): number {
    return this.blocks.bytes(
      'SELECT id FROM series WHERE run_id IN (SELECT value FROM json_each(?))',
      JSON.stringify(runIds),
    );
  }

  /** Permanently removes all points of these runs. */
  purge(runIds: readonly string[]): void {
    const ofRuns = 'FROM series WHERE run_id IN (SELECT value FROM json_each(?))';
    const listed = JSON.stringify(runIds);
    for (const { id } of this.db.all<{ id: number }>(`SELECT id ${ofRuns}`, listed)) this.blocks.remove(id);
    this.db.run(`DELETE ${ofRuns}`, listed);
    this.forget();
    this.drawings.forget();
  }

  /**
   * Appends points in this order. A point that repeats one of the series exactly (key, step, timestamp, value) is
   * ignored, so that a request may be repeated.
   * @returns the positions of those that were added
   */
  append(runId: string, points: readonly MetricPoint[]): Stretch[] {
    const stretches = [...byKey(points)].flatMap(([key, ofKey]): Stretch[] => {
      const series = this.series(runId, key, ofKey[0] as MetricPoint);
      const added = this.withoutRepeats(series, ofKey);
      return added.length === 0 ? [] : [this.add(series, added)];
    });
    if (stretches.length > 0) this.changed(runId);
    return stretches;
  }

  /**
   * Moves ranges of the run's series to other keys. They are appended to the points already under the new key; a series
   * with no points left is removed. @returns the new position of each range
   */
  move(runId: string, moves: readonly { from: Stretch; to: string }[]): Stretch[] {
    const keys = new Set(moves.map(({ from }) => from.key));
    // All are removed before any is added, since keys may be swapped.
    const taken = new Map([...keys].map((key) => [key, this.take(runId, key, moves)]));
    const moved = moves.map(({ from, to }): Stretch => {
      const whole = taken.get(from.key);
      if (typeof whole === 'number' && !this.row(runId, to)) {
        this.db.run('UPDATE series SET key = ? WHERE id = ?', to, whole);
        return { ...from, key: to };
      }
      const points = typeof whole === 'number' ? this.remove(whole) : (whole ?? []);
      const ofStretch =
        typeof whole === 'number' ? points : points.slice(from.first, from.first + from.count);
      return this.add(this.series(runId, to, ofStretch[0] as MetricPoint), ofStretch);
    });
    this.changed(runId);
    return moved;
  }

  /**
   * Removes the series from its key. @returns its id if it is moved as a whole, otherwise its points; points outside
   * the ranges were put back
   */
  private take(runId: string, key: string, moves: readonly { from: Stretch }[]): number | MetricPoint[] {
    const series = this.row(runId, key);
    if (!series) throw new TrainyardError('INTERNAL', `The run has no points of ${key} to move.`);
    this.cache.delete(`${runId}/${key}`);
    const stretches = moves.flatMap(({ from }) => (from.key === key ? [from] : []));
    if (stretches.length === 1 && stretches[0]?.count === series.count) {
      // No key begins with a NUL.
      this.db.run('UPDATE series SET key = ? WHERE id = ?', `\0${key}`, series.id);
      return series.id;
    }
    const points = this.remove(series.id);
    const isMoved = new Uint8Array(points.length);
    for (const { first, count } of stretches) isMoved.fill(1, first, first + count);
    const rest = points.filter((_, i) => isMoved[i] === 0);
    if (rest.length > 0) this.add(this.series(runId, key, rest[0] as MetricPoint), rest);
    return points;
  }

  /** @returns its points */
  private remove(id: number): MetricPoint[] {
    const series = this.db.get<SeriesRow>('SELECT * FROM series WHERE id = ?', id) as SeriesRow;
    const { steps, times, values } = this.blocks.read(series, 0);
    this.blocks.remove(id);
    this.drawings.forget();
    this.db.run('DELETE FROM series WHERE id = ?', id);
    return Array.from(steps, (step, i) => ({
      key: series.key,
      value: values[i] as number,
      timestamp: times[i] as number,
      step,
    }));
  }

  private add(series: SeriesRow, points: readonly MetricPoint[]): Stretch {
    const first = series.count;
    series.sealed = this.blocks.append(series, columnsOf(points));
    for (const point of points) include(series, point);
    this.save(series);
    return { key: series.key, first, count: points.length };
  }

  private changed(runId: string): void {
    touchRun(this.db, this.touch, runId, 'metrics');
  }

  private save(s: SeriesRow): void {
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
  }

  private series(runId: string, key: string, first: MetricPoint): SeriesRow {
    const name = `${runId}/${key}`;
    const known = this.cache.get(name);
    if (known) return known;
    let row = this.row(runId, key);
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
      row = this.row(runId, key) as SeriesRow;
    }
    if (this.cache.size >= CACHED_SERIES) this.cache.clear();
    // A plain copy, since rows of the driver have no prototype and are slow to change.
    const series = { ...row };
    this.cache.set(name, series);
    return series;
  }

  private withoutRepeats(series: SeriesRow, points: MetricPoint[]): MetricPoint[] {
    // The usual point is newer than all before it; nothing needs to be read then.
    let [maxStep, maxTime] = series.count === 0 ? [-Infinity, -Infinity] : [series.max_step, series.max_time];
    const suspects: MetricPoint[] = [];
    for (const point of points) {
      if (point.step <= maxStep && point.timestamp <= maxTime) suspects.push(point);
      maxStep = Math.max(maxStep, point.step);
      maxTime = Math.max(maxTime, point.timestamp);
    }
    if (suspects.length === 0) return points;
    const held = this.identitiesNear(series, columnsOf(suspects));
    return points.filter(
      (point) => held.size !== held.add(identity(point.step, point.timestamp, point.value)).size,
    );
  }

  /** Of all points that may be one of `columns`. */
  private identitiesNear(series: SeriesRow, columns: Columns): Set<string> {
    const [steps, times] = [range(columns.steps), range(columns.times)];
    const ranges = { min_step: steps.min, max_step: steps.max, min_time: times.min, max_time: times.max };
    const near = this.blocks
      .spans(series.id, ranges)
      .map(({ first, count }) => this.blocks.read(series, first, first + count));
    const found = new Set<string>();
    for (const { steps, times, values } of [...near, this.blocks.read(series, series.sealed)])
      for (let i = 0; i < steps.length; i++)
        found.add(identity(steps[i] as number, times[i] as number, values[i] as number));
    return found;
  }

  summaries(runId: string): Record<string, MetricSummary> {
    const rows = this.db.arrays<[string, ...SummaryColumns]>(
      `SELECT key, ${SUMMARY_COLUMNS} FROM series WHERE run_id = ?`,
      runId,
    );
    return Object.fromEntries(rows.map(([key, ...summary]) => [key, summaryOf(...summary)]));
  }

  /**
   * Points from index `from` in logging order, and within the range of steps when one is given; thinned to about
   * `maxPoints` when there are more, in arrays of `floats` then.
   */
  points({ runId, key, from, fromStep, toStep }: PointsRequest, maxPoints: number, floats?: Floats): Points {
    const series = this.row(runId, key);
    if (!series) return { runId, key, total: 0, reduced: false, ...columnsOf([]) };
    const window = { from, to: series.count, fromStep: fromStep ?? -Infinity, toStep: toStep ?? Infinity };
    const { columns, reduced } = this.drawings.draw(series, window, maxPoints, floats);
    return { runId, key, total: series.count, reduced, ...columns };
  }

  /** The whole series, ordered by timestamp, step, value. */
  history(runId: string, key: string): History {
    const series = this.row(runId, key);
    if (!series) return new History([], () => columnsOf([]));
    const load = (from: number, to: number) => this.blocks.read(series, from, to);
    const parts = this.blocks.spans(series.id);
    const tail = this.blocks.read(series, series.sealed);
    if (tail.steps.length > 0) {
      const [steps, times] = [range(tail.steps), range(tail.times)];
      parts.push({
        first: series.sealed,
        count: tail.steps.length,
        min_step: steps.min,
        max_step: steps.max,
        min_time: times.min,
        max_time: times.max,
      });
    }
    return new History(parts, load);
  }

  private row(runId: string, key: string): SeriesRow | undefined {
    return this.db.get<SeriesRow>('SELECT * FROM series WHERE run_id = ? AND key = ?', runId, key);
  }
}

/** Adds a new point to the series' summary. The newest is the one with the largest step, then time, then value. */
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

/** Columns of `series` that its summary needs. */
export const SUMMARY_COLUMNS = 'last_value, last_step, last_time, count, min, max';
export type SummaryColumns = [
  value: number | null,
  step: number,
  time: number,
  count: number,
  min: number | null,
  max: number | null,
];

export function summaryOf(...[value, step, timestamp, count, min, max]: SummaryColumns): MetricSummary {
  return { value: value ?? NaN, step, timestamp, count, min: min ?? NaN, max: max ?? NaN };
}

const identity = (step: number, time: number, value: number) => `${step} ${time} ${value}`;

function byKey(points: readonly MetricPoint[]): Map<string, MetricPoint[]> {
  const groups = new Map<string, MetricPoint[]>();
  for (const point of points) {
    const group = groups.get(point.key);
    if (group) group.push(point);
    else groups.set(point.key, [point]);
  }
  return groups;
}

function columnsOf(points: readonly MetricPoint[]): Columns {
  return {
    steps: Float64Array.from(points, ({ step }) => step),
    times: Float64Array.from(points, ({ timestamp }) => timestamp),
    values: Float64Array.from(points, ({ value }) => value),
  };
}
