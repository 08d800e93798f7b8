import type { ColumnId } from '../../src/panels/table-messages.js';
import { formatDuration, formatValue, minus } from '../shared/format.js';

/** A mean and how far the values lie from it, as papers print them. Pure. */

/** Beyond these a number is written with an exponent, or its thousands are set apart. */
const PLAIN = { least: 1e-4, most: 1000, decimals: 8 };

/** To the digit that the deviation makes sense of. @param deviation NaN of a single value */
export function meanText(id: ColumnId, mean: number, deviation: number): string {
  if (id === 'duration') return formatDuration(mean);
  const decimals = decimalsOf(mean, deviation);
  return decimals === undefined ? formatValue(mean) : minus(mean.toFixed(decimals));
}

/** To two digits; '' where there is no deviation. */
export function spreadText(id: ColumnId, mean: number, deviation: number): string {
  if (!(deviation > 0)) return '';
  if (id === 'duration') return `±${formatDuration(deviation)}`;
  const decimals = decimalsOf(mean, deviation);
  return `±${decimals === undefined ? formatValue(Number(deviation.toPrecision(2))) : deviation.toFixed(decimals)}`;
}

/** How many show two digits of the deviation; undefined where plain decimals are not what one reads. */
function decimalsOf(mean: number, deviation: number): number | undefined {
  const size = Math.abs(mean);
  if (!(deviation > 0) || size < PLAIN.least || size >= PLAIN.most) return undefined;
  const decimals = 1 - Math.floor(Math.log10(deviation));
  return decimals >= 0 && decimals <= PLAIN.decimals ? decimals : undefined;
}
