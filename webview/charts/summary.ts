import { formatValue } from './format.js';
import type { ChartLine } from './lines.js';
import { t } from '../shared/l10n.js';

/** The most lines named for screen readers. */
const NAMED = 5;

/** A summary of a chart for screen readers. */
export function summaryOf(title: string, lines: readonly ChartLine[]): string {
  const parts = lines.slice(0, NAMED).map((line) => `${line.name}: ${wordsOf(line)}`);
  if (lines.length > NAMED) parts.push(t('and {0} more lines', lines.length - NAMED));
  return t('{0}. {1}. Arrow keys move the cursor, plus and minus zoom.', title, parts.join('; '));
}

function wordsOf({ series, group, curve }: ChartLine): string {
  if (!group) {
    const { min, max } = series ?? { min: NaN, max: NaN };
    const last = formatValue(curve.y[curve.length - 1]!);
    return t('last {0}, minimum {1}, maximum {2}', last, formatValue(min), formatValue(max));
  }
  const end = curve.length - 1;
  const runs = Math.max(...group.counts);
  const mean = formatValue((curve.smooth ?? curve.y)[end]!);
  return runs === 1 ? t('mean of one run, last {0}', mean) : t('mean of {0} runs, last {1}', runs, mean);
}
