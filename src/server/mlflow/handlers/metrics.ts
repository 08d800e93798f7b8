import { Type } from 'typebox';
import type { Columns } from '../../../base/series/columns.js';
import { endpoint } from '../endpoint.js';
import { invalid } from '../errors.js';
import { jsonDouble, maxResults, optionalInt64 } from '../params.js';
import { pageRange } from '../paging.js';
import { sampleRows } from '../sampling.js';
import { missing, OptionalInt64, Required, SEE_DOCS, Text, Texts } from '../schema.js';

/** Histories of metrics. Charts of the extension have a route of their own; these are for scripts and dashboards. */

const MOST_RUNS = 100;
const MOST_POINTS = 25_000;
const MOST_INTERVAL = 2500;
/** The most points read to choose a sample; longer series are sampled from their landmarks. */
const LOOKED_AT = 25_000;

interface Point {
  key: string;
  value: number | string;
  timestamp: number;
  step: number;
}

function pointAt(key: string, { steps, times, values }: Columns, i: number): Point {
  return {
    key,
    value: jsonDouble(values[i] as number),
    timestamp: times[i] as number,
    step: steps[i] as number,
  };
}

function pointsOf(key: string, columns: Columns): Point[] {
  return Array.from(columns.steps, (_, i) => pointAt(key, columns, i));
}

export const history = endpoint(
  Type.Object({ run_id: Required, metric_key: Required, max_results: OptionalInt64, page_token: Text }),
  (input, { store }) => {
    const series = store.metrics.history(input.run_id, input.metric_key);
    const { length } = series;
    // Clients before 2.14 ask without max_results and expect everything.
    const most = optionalInt64(input.max_results, 'max_results') ?? Math.max(length, 1);
    if (most <= 0)
      throw invalid(
        `Invalid value ${most} for parameter 'max_results' supplied. It must be a positive integer.`,
      );
    const identity = (i: number) => {
      const { times, steps, values } = series.read(i, i + 1);
      return `${times[0]} ${steps[0]} ${values[0]}`;
    };
    const { from, to, nextPage } = pageRange(length, identity, most, input.page_token);
    const metrics = pointsOf(input.metric_key, series.read(from, to));
    return { metrics: metrics.length > 0 ? metrics : undefined, next_page_token: nextPage };
  },
);

export const bulk = endpoint(
  Type.Object({ run_id: Texts, metric_key: Text, max_results: OptionalInt64 }),
  ({ run_id: runIds = [], metric_key: key, max_results: most }, { store }) => {
    if (runIds.length === 0) throw invalid('GetMetricHistoryBulk request must specify at least one run_id.');
    if (runIds.length > MOST_RUNS)
      throw invalid(
        `GetMetricHistoryBulk request cannot specify more than ${MOST_RUNS} run_ids. Received ${runIds.length} run_ids.`,
      );
    if (key === undefined) throw invalid('GetMetricHistoryBulk request must specify a metric_key.');
    const limit = Math.min(maxResults(most, Number.MAX_SAFE_INTEGER, MOST_POINTS), MOST_POINTS);
    const metrics: (Point & { run_id: string })[] = [];
    for (const runId of [...new Set(runIds)].sort()) {
      const columns = store.metrics.history(runId, key).read(0, limit - metrics.length);
      for (const point of pointsOf(key, columns)) metrics.push({ ...point, run_id: runId });
    }
    return { metrics };
  },
);

export const bulkInterval = endpoint(
  Type.Object({
    run_ids: Texts,
    metric_key: Required,
    start_step: OptionalInt64,
    end_step: OptionalInt64,
    max_results: OptionalInt64,
  }),
  (input, { store }) => {
    const { run_ids: runIds = [], metric_key: key } = input;
    if (runIds.length === 0) throw missing('run_ids');
    if (runIds.length > MOST_RUNS)
      throw invalid(
        `GetMetricHistoryBulkInterval request must specify at most ${MOST_RUNS} run_ids. ` +
          `Received ${runIds.length} run_ids.${SEE_DOCS}`,
      );
    const count = optionalInt64(input.max_results, 'max_results') ?? MOST_INTERVAL;
    if (count < 1 || count > MOST_INTERVAL)
      throw invalid(`max_results must be between 1 and ${MOST_INTERVAL}.${SEE_DOCS}`);
    const [start, end] = stepRange(input.start_step, input.end_step);
    const each = Math.max(4 * count, Math.floor(LOOKED_AT / runIds.length));
    const metrics = runIds.flatMap((runId) => {
      const series = store.metrics.points({ runId, key, from: 0, fromStep: start, toStep: end }, each);
      const rows = byStep(series);
      return sampleRows(rows.length, count).map((row) => ({
        ...pointAt(key, series, rows[row] as number),
        run_id: runId,
      }));
    });
    return { metrics: metrics.length > 0 ? metrics : undefined };
  },
);

/** Indices of the points by step, time and value. */
function byStep({ steps, times, values }: Columns): number[] {
  const by = (column: Float64Array, a: number, b: number) => (column[a] || 0) - (column[b] || 0);
  return Array.from(steps.keys()).sort((a, b) => by(steps, a, b) || by(times, a, b) || by(values, a, b));
}

function stepRange(start: number | string | undefined, end: number | string | undefined): [number, number] {
  const [from, to] = [optionalInt64(start, 'start_step'), optionalInt64(end, 'end_step')];
  if ((from === undefined) !== (to === undefined))
    throw invalid('If either start step or end step are specified, both must be specified.');
  if (from === undefined || to === undefined) return [-Infinity, Infinity];
  if (from > to)
    throw invalid(`end_step must be greater than start_step. Found start_step=${from} and end_step=${to}.`);
  return [from, to];
}
