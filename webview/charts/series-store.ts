import type { Points } from '../../src/workspace/types.js';

/** One metric of one run as append-only columns, in logging order. */
export class Series {
  steps = new Float64Array(0);
  /** ms since the epoch */
  times = new Float64Array(0);
  values = new Float64Array(0);
  length = 0;
  /** Points the store holds: what the next request asks from. */
  total = 0;
  /** True when some stretch was thinned by the store. */
  reduced = false;
  /** Whether the column never descends, so that it can be searched and drawn as it is. */
  sorted = { steps: true, times: true };
  /** Least and greatest finite value; NaN when there is none. */
  min = NaN;
  max = NaN;
  /** Increases when the start of the series changes, which invalidates everything derived from it. */
  generation = 0;
  /** What was taken in: the places of its points here, and in the order of logging, the last included. */
  readonly #stretches: { begin: number; end: number; first: number; last: number }[] = [];
  #order = new Float64Array(0);
  #ordered = 0;

  /** See webview/shared/stepless.ts. */
  get isStepless(): boolean {
    return this.length > 1 && this.sorted.steps && this.steps[0] === this.steps[this.length - 1];
  }

  /** Places of the points in the order of logging, from 0; those of a thinned stretch evenly between its ends. */
  get order(): Float64Array {
    if (this.#order.length < this.length) this.#order = grown(this.#order, this.#ordered, this.values.length);
    for (const { begin, end, first, last } of this.#stretches) {
      const each = end - begin > 1 ? (last - first) / (end - begin - 1) : 0;
      for (let i = Math.max(begin, this.#ordered); i < end; i++)
        this.#order[i] = each === 0 ? last : first + (i - begin) * each;
    }
    this.#ordered = this.length;
    return this.#order;
  }

  append(points: Pick<Points, 'steps' | 'times' | 'values' | 'total' | 'reduced'>): void {
    const end = this.length + points.values.length;
    if (end > this.values.length) {
      const capacity = Math.max(end, this.values.length * 2);
      this.steps = grown(this.steps, this.length, capacity);
      this.times = grown(this.times, this.length, capacity);
      this.values = grown(this.values, this.length, capacity);
    }
    this.steps.set(points.steps, this.length);
    this.times.set(points.times, this.length);
    this.values.set(points.values, this.length);
    for (let i = this.length; i < end; i++) {
      if (i > 0 && this.steps[i]! < this.steps[i - 1]!) this.sorted.steps = false;
      if (i > 0 && this.times[i]! < this.times[i - 1]!) this.sorted.times = false;
      const value = this.values[i]!;
      if (!Number.isFinite(value)) continue;
      if (!(value >= this.min)) this.min = value;
      if (!(value <= this.max)) this.max = value;
    }
    this.#take(end, points.total);
    this.length = end;
    this.total = points.total;
    this.reduced ||= points.reduced;
  }

  #take(end: number, total: number): void {
    if (end === this.length) return;
    const stretch = { begin: this.length, end, first: this.total, last: total - 1 };
    const before = this.#stretches.at(-1);
    const isWhole = ({ begin, end, first, last }: typeof stretch) => end - begin === last - first + 1;
    // Points that come one by one are one stretch.
    if (before && isWhole(before) && isWhole(stretch)) Object.assign(before, { end, last: stretch.last });
    else this.#stretches.push(stretch);
  }

  clear(): void {
    this.#stretches.length = 0;
    this.#ordered = 0;
    this.length = 0;
    this.total = 0;
    this.reduced = false;
    this.sorted = { steps: true, times: true };
    this.min = NaN;
    this.max = NaN;
    this.generation++;
  }
}

function grown(
  column: Float64Array<ArrayBuffer>,
  length: number,
  capacity: number,
): Float64Array<ArrayBuffer> {
  const bigger = new Float64Array(capacity);
  bigger.set(column.subarray(0, length));
  return bigger;
}

/** A stretch of a thinned series with more of its points. */
export interface Detail {
  series: Series;
  /** The steps it was asked for, both included. */
  fromStep: number;
  toStep: number;
}

export class SeriesStore {
  readonly #runs = new Map<string, Map<string, Series>>();
  readonly #details = new WeakMap<Series, Detail>();

  get(runId: string, key: string): Series | undefined {
    return this.#runs.get(runId)?.get(key);
  }

  open(runId: string, key: string): Series {
    let run = this.#runs.get(runId);
    if (!run) this.#runs.set(runId, (run = new Map()));
    let series = run.get(key);
    if (!series) run.set(key, (series = new Series()));
    return series;
  }

  /** The newest stretch of this series. */
  detail(series: Series): Detail | undefined {
    return this.#details.get(series);
  }

  setDetail(series: Series, detail: Detail): void {
    this.#details.set(series, detail);
  }

  /** New points arrived: a range that reached the end is no longer complete. */
  dropDetailAt(series: Series, step: number): void {
    const detail = this.#details.get(series);
    if (detail && detail.toStep >= step) this.#details.delete(series);
  }

  /** Frees the points of all runs but these. */
  keepOnly(runIds: ReadonlySet<string>): void {
    for (const id of this.#runs.keys()) if (!runIds.has(id)) this.#runs.delete(id);
  }
}
