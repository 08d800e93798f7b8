/**
 * A chart is a list of metrics, most often of one. Its id is that list, a metric a line, so that whatever is kept of a
 * chart (its place, its size) needs no other name; no metric has a line break in its name.
 */

function chartIdOf(metrics: readonly string[]): string {
  return metrics.join('\n');
}

export function metricsOf(chartId: string): string[] {
  return chartId.split('\n');
}

/** The chart with one metric more. */
export function combined(chartId: string, metric: string): string {
  return chartIdOf([...metricsOf(chartId), metric]);
}

export function isCombined(chartId: string): boolean {
  return chartId.includes('\n');
}

/** The name in full. */
export function titleOf(chartId: string): string {
  return metricsOf(chartId).join(', ');
}
