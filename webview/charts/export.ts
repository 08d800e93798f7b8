import { quoted } from '../shared/csv.js';
import { isoTime } from '../shared/format.js';
import { lowerBound, xAt } from './curve.js';
import type { ChartLine } from './lines.js';
import type { Range } from './range.js';

type Shown = Pick<ChartLine, 'entry' | 'metric' | 'series' | 'curve'>;

const HEAD = 'run_id,run,metric,step,time,value';

/** The points of a chart inside the visible part of its x axis, a line each; times as ISO 8601. */
export function toCsv(shown: readonly Shown[], x: Range | null): string {
  const lines = [HEAD];
  for (const { entry, metric, series, curve } of shown) {
    if (!series) continue;
    const start = [entry.id, entry.name, metric].map(quoted).join(',');
    // A curve that is not in the order of its axis has other indices than its series, so all of it is returned.
    const isAsLogged = curve.y === series.values;
    const from = x && isAsLogged ? lowerBound(curve, x.min) : 0;
    for (let i = from; i < series.length; i++) {
      if (x && isAsLogged && xAt(curve, i) > x.max) break;
      const time = isoTime(series.times[i]!);
      lines.push(`${start},${series.steps[i]!},${time},${series.values[i]!}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The same of curves along another metric: places on that axis stand for steps and times. */
export function toCsvAlong(axis: string, shown: readonly Shown[], x: Range | null): string {
  const lines = [`run_id,run,metric,${quoted(axis)},value`];
  for (const { entry, metric, curve } of shown) {
    const start = [entry.id, entry.name, metric].map(quoted).join(',');
    for (let i = x ? lowerBound(curve, x.min) : 0; i < curve.length; i++) {
      const place = xAt(curve, i);
      if (x && place > x.max) break;
      lines.push(`${start},${place},${curve.y[i]!}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
