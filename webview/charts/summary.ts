import { formatValue } from './format.js';
import type { ChartLine } from './lines.js';

/** The most lines named for screen readers. */
const NAMED = 5;

/** A summary of a chart for screen readers. */
export function summaryOf(title: string, lines: readonly ChartLine[]): string {
  const parts = lines.slice(0, NAMED).map((line) => `${line.name}: ${wordsOf(line)}`);
  const more = lines.length > NAMED ? `; and ${lines.length - NAMED} more lines` : '';
  return `${title}. ${parts.join('; ')}${more}. Arrow keys move the cursor, plus and minus zoom.`;
}

function wordsOf({ series, group, curve }: ChartLine): string {
  if (!group) {
    const { min, max } = series ?? { min: NaN, max: NaN };
    const last = formatValue(curve.y[curve.length - 1]!);
    return `last ${last}, minimum ${formatValue(min)}, maximum ${formatValue(max)}`;
  }
  const end = curve.length - 1;
  const runs = Math.max(...group.counts);
  const mean = formatValue((curve.smooth ?? curve.y)[end]!);
  return `mean of ${runs === 1 ? 'one run' : `${runs} runs`}, last ${mean}`;
}
