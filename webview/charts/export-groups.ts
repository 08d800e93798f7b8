import type { Band, XAxis } from '../../src/panels/messages.js';
import { quoted } from '../shared/csv.js';
import { isoTime } from '../shared/format.js';
import { axisMetric } from './axes.js';
import { xAt } from './curve.js';
import type { ChartLine } from './lines.js';
import type { Range } from './range.js';

const AXES: Partial<Record<XAxis, string>> = { step: 'step', relative: 'seconds', time: 'time' };

/**
 * The lines of a chart of groups as they are drawn, a place each: mean, ends of the band, how many runs. A run that is a
 * line of its own has its value as the mean. Times are ISO 8601.
 */
export function groupsToCsv(
  lines: readonly ChartLine[],
  { axis, x, band }: { axis: XAxis; x: Range | null; band: Band },
): string {
  const place = (at: number) => (axis === 'time' ? isoTime(at) : String(at));
  const rows = lines.flatMap(({ entry, metric, curve, group }) => {
    const start = [entry.name, metric].map(quoted).join(',');
    const shown = curve.smooth ?? curve.y;
    return Array.from({ length: curve.length }, (_, i) => i)
      .filter((i) => !x || (xAt(curve, i) >= x.min && xAt(curve, i) <= x.max))
      .map((i) => {
        const ends = group && band !== 'none' ? [group.low[i], group.high[i]] : ['', ''];
        return [start, place(xAt(curve, i)), shown[i], ...ends, group?.counts[i] ?? 1].join(',');
      });
  });
  const isByOrder = axis === 'step' && lines.every(({ curve }) => curve.isStepless);
  const head = [
    'group',
    'metric',
    quoted(axisMetric(axis) ?? (isByOrder ? 'order' : (AXES[axis] ?? axis))),
    'mean',
    'low',
    'high',
    'runs',
  ];
  return `${[head.join(','), ...rows].join('\n')}\n`;
}
