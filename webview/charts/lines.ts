import type { Band, ChartRun } from '../../src/panels/messages.js';
import { type Aggregate, aggregate } from './aggregate.js';
import { isCombined, metricsOf } from './chart-id.js';
import type { Curve } from './curve.js';
import type { Entry } from './entries.js';
import { DASHES, type RunLook } from './palette.js';
import type { Range } from './range.js';
import type { Series } from './series-store.js';

/** One metric of one run that has points. */
export interface RunCurve {
  run: ChartRun;
  metric: string;
  series: Series;
  curve: Curve;
}

/** A line of a chart: one metric of a run, or the mean of a group's. */
export interface ChartLine {
  entry: Entry;
  metric: string;
  /** Of the entry, and of the metric where the chart has several. */
  name: string;
  look: RunLook;
  curve: Curve;
  /** Of a run: the points. */
  series?: Series;
  /** Of a group: the band around the mean. */
  group?: Aggregate;
}

/**
 * The lines of a chart between two places of its axis, the baseline last so that it lies above the others.
 *
 * @param curves of the runs that are shown
 * @param columns pixels of the chart's width, in which groups are taken together
 */
export function linesOf(
  chartId: string,
  entries: readonly Entry[],
  curves: readonly RunCurve[],
  { x, columns, band }: { x: Range; columns: number; band: Band },
): ChartLine[] {
  const metrics = metricsOf(chartId);
  const byName = new Map<string, RunCurve>();
  for (const each of curves) byName.set(`${each.run.id}\n${each.metric}`, each);
  const lines = entries.flatMap((entry) =>
    metrics.flatMap((metric, place): ChartLine[] => {
      const members = entry.runs.flatMap((run) => byName.get(`${run.id}\n${metric}`) ?? []);
      if (members.length === 0) return [];
      const line = {
        entry,
        metric,
        name: isCombined(chartId) ? `${entry.name}, ${metric}` : entry.name,
        look: isCombined(chartId) ? { ...entry.look, dash: place % DASHES.length } : entry.look,
      };
      if (!entry.isGroup) return [{ ...line, curve: members[0]!.curve, series: members[0]!.series }];
      const group = aggregate(
        members.map(({ curve }) => curve),
        x,
        columns,
        band,
      );
      return group.curve.length > 0 ? [{ ...line, curve: group.curve, group }] : [];
    }),
  );
  return lines.sort((a, b) => Number(a.look.isBaseline ?? false) - Number(b.look.isBaseline ?? false));
}
