import type { MetricSummary, Points } from '../../workspace/types.js';

export interface MetricPoint {
  key: string;
  value: number;
  /** ms since the epoch */
  timestamp: number;
  step: number;
}

/**
 * Metric series: a small tail of rows that is sealed into columnar blocks of Float64.
 * Changing methods are for use inside Store.write.
 */
export declare class Metrics {
  /**
   * Appends points in this order. A point that repeats one of the series exactly (key, step, timestamp, value) is
   * ignored, so that a request may be repeated.
   */
  append(runId: string, points: readonly MetricPoint[]): void;
  summaries(runId: string): Record<string, MetricSummary>;
  /** Points from index `from` in logging order; thinned to about `maxPoints` when there are more. */
  points(runId: string, key: string, from: number, maxPoints: number): Points;
  /** The whole series, ordered by timestamp, step, value, as columns. */
  history(runId: string, key: string): { steps: Float64Array; times: Float64Array; values: Float64Array };
}
