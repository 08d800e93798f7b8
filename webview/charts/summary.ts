import { formatValue } from './format.js';
import type { ChartsModel } from './model.js';
import type { Series } from './series-store.js';

/** Runs named one by one; a screen reader's listener does not want thirty. */
const NAMED = 5;

/** What a chart shows, in words. */
export function summaryOf(
  metric: string,
  { shownRuns }: Pick<ChartsModel, 'shownRuns'>,
  seriesOf: (runId: string) => Series | undefined,
): string {
  const parts = shownRuns.flatMap((run) => {
    const series = seriesOf(run.id);
    if (!series || series.length === 0) return [];
    const last = formatValue(series.values[series.length - 1]!);
    return `${run.name}: last ${last}, minimum ${formatValue(series.min)}, maximum ${formatValue(series.max)}`;
  });
  const more = parts.length > NAMED ? `; and ${parts.length - NAMED} more runs` : '';
  return `${metric}. ${parts.slice(0, NAMED).join('; ')}${more}. Arrow keys move the cursor, plus and minus zoom.`;
}
