import type { MetricSummary, Run } from '../types.js';
import type { ServedRun } from './contract.js';

/** NaN and the infinities travel as strings. */
export function readRun(run: ServedRun, workspace: string): Run {
  const metrics = Object.entries(run.metrics).map(([key, summary]): [string, MetricSummary] => [
    key,
    {
      ...summary,
      value: Number(summary.value),
      min: Number(summary.min),
      max: Number(summary.max),
    },
  ]);
  return { ...run, workspace, metrics: Object.fromEntries(metrics) };
}
