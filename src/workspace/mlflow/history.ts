import { LRUCache } from 'lru-cache';
import { TrainyardError } from '../../base/errors.js';
import { mapBounded } from '../../base/map-bounded.js';
import { type Columns, concatenate, order, slice, take } from '../../base/series/columns.js';
import { landmarks, pickSample, sampleOf, within } from '../../base/series/landmarks.js';
import type { Points, PointsRequest } from '../types.js';
import type { Connection } from './connection.js';
import { allPages } from './pages.js';
import { readDouble } from './read-run.js';
import type { WireMetric } from './wire.js';

/** Points of one page of a history: the most that MLflow gives. */
const PAGE = 25_000;
/** Steps that the server chooses at most. */
const MOST_STEPS = 2_500;
const MOST_RUNS = 100;
const AT_ONCE = 4;
/** Points that are kept as they were read, of 24 bytes. */
const POINTS_KEPT = 1_000_000;

type Series = Pick<PointsRequest, 'runId' | 'key'>;

/** A series as far as it was read, in the order of logging: by time, step and value. */
interface Known {
  columns: Columns;
  /** It is too long to be whole: the server chose its steps. */
  isSampled: boolean;
}

/**
 * The points of metrics. A series of up to 2,500 steps is read whole, those of several runs in one request. Of a longer
 * one the server chooses the steps, and more of them where somebody looks closer. What was read is kept, and read on from
 * its end.
 */
export class History {
  private readonly connection: Connection;
  private readonly kept = new LRUCache<string, Known>({
    maxSize: POINTS_KEPT,
    sizeCalculation: ({ columns }) => columns.steps.length + 1,
  });
  /** Servers of old know whole histories only. */
  private choosesSteps = true;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** In the order of the requests. */
  async points(
    requests: readonly PointsRequest[],
    maxPoints: number,
    signal?: AbortSignal,
  ): Promise<Points[]> {
    const found = await this.read(requests, signal);
    return mapBounded(requests, AT_ONCE, async (request) => {
      const known = found.get(nameOf(request)) ?? NOTHING;
      const { runId, key, fromStep, toStep } = request;
      if (!known.isSampled || (fromStep === undefined && toStep === undefined))
        return thinned(request, known, maxPoints);
      const steps = { from: fromStep, to: toStep };
      const columns = (await this.interval([runId], key, signal, steps)).get(runId) ?? EMPTY;
      const detail = thinned(request, { columns, isSampled: isCut([columns]) }, maxPoints);
      return { ...detail, total: known.columns.steps.length };
    });
  }

  /** What there is of each series now, by its name. */
  private async read(requests: readonly Series[], signal?: AbortSignal): Promise<Map<string, Known>> {
    const found = new Map<string, Known>();
    const keep = (series: Series, known: Known) => {
      found.set(nameOf(series), known);
      this.kept.set(nameOf(series), known);
    };
    const series = [...new Map(requests.map((request) => [nameOf(request), request])).values()];
    const unknown = new Map<string, string[]>();
    const tasks: (() => Promise<void>)[] = [];
    for (const { runId, key } of series) {
      const known = this.kept.get(nameOf({ runId, key }));
      if (!known || known.columns.steps.length === 0) unknown.set(key, [...(unknown.get(key) ?? []), runId]);
      else tasks.push(async () => keep({ runId, key }, await this.readOn({ runId, key }, known, signal)));
    }
    for (const [key, runIds] of unknown)
      for (let i = 0; i < runIds.length; i += MOST_RUNS)
        tasks.push(async () => {
          const some = runIds.slice(i, i + MOST_RUNS);
          for (const [runId, known] of await this.readNew(some, key, signal)) keep({ runId, key }, known);
        });
    await mapBounded(tasks, AT_ONCE, (task) => task());
    return found;
  }

  private async readNew(
    runIds: readonly string[],
    key: string,
    signal?: AbortSignal,
  ): Promise<[runId: string, known: Known][]> {
    if (this.choosesSteps)
      try {
        const found = await this.interval(runIds, key, signal);
        const isSampled = isCut([...found.values()]);
        if (!isSampled || runIds.length === 1)
          return runIds.map((runId) => [runId, { columns: found.get(runId) ?? EMPTY, isSampled }]);
        // The steps of a long run would leave few to a short one.
        const alone = await mapBounded(runIds, AT_ONCE, (id) => this.readNew([id], key, signal));
        return alone.flat();
      } catch (error) {
        if (!TrainyardError.is(error, 'NOT_SUPPORTED')) throw error;
        this.choosesSteps = false;
      }
    return mapBounded(runIds, AT_ONCE, async (runId) => [
      runId,
      { columns: await this.whole({ runId, key }, signal), isSampled: false },
    ]);
  }

  private async readOn(series: Series, known: Known, signal?: AbortSignal): Promise<Known> {
    const { columns, isSampled } = known;
    const last = columns.steps.length - 1;
    if (isSampled) {
      const { runId, key } = series;
      const from = columns.steps.reduce((a, b) => Math.max(a, b));
      const newer = (await this.interval([runId], key, signal, { from })).get(runId) ?? EMPTY;
      const first = newer.steps.findIndex((_, i) => compare(newer, i, columns, last) > 0);
      return first < 0 ? known : { columns: concatenate([columns, slice(newer, first)]), isSampled };
    }
    const more = await this.from(series, last, signal);
    if (more && compare(more, 0, columns, last) === 0)
      return more.steps.length === 1 ? known : { columns: concatenate([columns, slice(more, 1)]), isSampled };
    // A server of old does not know where to begin, and gives all; or points came between those that are known.
    const isAll = more && compare(more, 0, columns, 0) === 0;
    return { columns: isAll ? more : await this.whole(series, signal), isSampled };
  }

  /** From the place `at` of a series on; undefined when the server does not take it, or there is nothing. */
  private async from(series: Series, at: number, signal?: AbortSignal): Promise<Columns | undefined> {
    try {
      const more = await this.whole(series, signal, pageToken(at));
      return more.steps.length > 0 ? more : undefined;
    } catch (error) {
      if (!TrainyardError.is(error, 'BAD_REQUEST')) throw error;
      return undefined;
    }
  }

  private async whole({ runId, key }: Series, signal?: AbortSignal, from?: string): Promise<Columns> {
    const parts = await allPages(async (page) => {
      const query = { run_id: runId, metric_key: key, max_results: PAGE, page_token: page };
      const { metrics = [], next_page_token: next } = await this.connection.get<{
        metrics?: WireMetric[];
        next_page_token?: string;
      }>('mlflow/metrics/get-history', query, signal);
      return { items: [columnsOf(metrics)], next };
    }, from);
    return ordered(concatenate(parts));
  }

  private async interval(
    runIds: readonly string[],
    key: string,
    signal?: AbortSignal,
    steps?: { from?: number; to?: number },
  ): Promise<Map<string, Columns>> {
    const from = Math.ceil(Math.max(steps?.from ?? -Infinity, Number.MIN_SAFE_INTEGER));
    const to = Math.floor(Math.min(steps?.to ?? Infinity, Number.MAX_SAFE_INTEGER));
    if (from > to) return new Map();
    const { metrics = [] } = await this.connection.get<{ metrics?: WireMetric[] }>(
      'mlflow/metrics/get-history-bulk-interval',
      {
        run_ids: runIds,
        metric_key: key,
        max_results: MOST_STEPS,
        // One step is no range to MLflow.
        ...(steps && { start_step: from, end_step: from === to ? to + 1 : to }),
      },
      signal,
    );
    const byRun = new Map<string, WireMetric[]>();
    for (const metric of metrics) {
      if (steps && Number(metric.step ?? 0) > to) continue;
      const ofRun = byRun.get(metric.run_id ?? '');
      if (ofRun) ofRun.push(metric);
      else byRun.set(metric.run_id ?? '', [metric]);
    }
    return new Map([...byRun].map(([runId, ofRun]) => [runId, ordered(columnsOf(ofRun))]));
  }
}

const EMPTY: Columns = { steps: new Float64Array(), times: new Float64Array(), values: new Float64Array() };
const NOTHING: Known = { columns: EMPTY, isSampled: false };

const nameOf = ({ runId, key }: Series) => `${runId}\0${key}`;

/** Where MLflow's server begins a page: the form of the tokens that it gives out itself. */
const pageToken = (offset: number) => Buffer.from(JSON.stringify({ offset })).toString('base64');

function columnsOf(metrics: readonly WireMetric[]): Columns {
  return {
    steps: Float64Array.from(metrics, ({ step = 0 }) => Number(step)),
    times: Float64Array.from(metrics, ({ timestamp = 0 }) => Number(timestamp)),
    values: Float64Array.from(metrics, ({ value = 0 }) => readDouble(value)),
  };
}

const ordered = (columns: Columns) => take(columns, order(columns));

/** Whether the server may have left something out. */
function isCut(parts: readonly Columns[]): boolean {
  const steps = new Set<number>();
  for (const part of parts) for (const step of part.steps) steps.add(step);
  return steps.size >= MOST_STEPS || parts.some((part) => part.steps.length >= PAGE);
}

/** By time, step and value, as they were logged. */
function compare(a: Columns, i: number, b: Columns, j: number): number {
  const number = (value = 0) => (Number.isNaN(value) ? 0 : value);
  return (
    a.times[i]! - b.times[j]! ||
    a.steps[i]! - b.steps[j]! ||
    Math.sign(number(a.values[i]) - number(b.values[j])) ||
    0
  );
}

function thinned(request: PointsRequest, { columns, isSampled }: Known, maxPoints: number): Points {
  const { runId, key, from, fromStep = -Infinity, toStep = Infinity } = request;
  const total = columns.steps.length;
  const wanted = within(sampleOf(0, columns), { from, to: total, fromStep, toStep });
  const length = wanted.steps.length;
  const head = { runId, key, total };
  const of = ({ steps, times, values }: Columns) => ({ steps, times, values });
  if (length <= maxPoints) return { ...head, reduced: isSampled, ...of(wanted) };
  const size = Math.ceil(length / Math.max(1, Math.floor(maxPoints / 4)));
  return { ...head, reduced: true, ...of(pickSample([wanted], landmarks([wanted], size))) };
}
