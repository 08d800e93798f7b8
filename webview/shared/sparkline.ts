import type { Curve } from '../../src/workspace/types.js';
import { shareOf } from './share.js';

/**
 * The path (`d` of an SVG path) of a small curve in a box of this size. Of the values of one pixel column, the least and
 * the greatest are drawn, so that no spike is lost. What is not finite breaks the line.
 *
 * @param width pixels, from the first step to the last
 * @param height pixels; the least value lies at the bottom, the greatest at the top, a constant in the middle
 */
export function sparkline({ steps, values }: Curve, width: number, height: number): string {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return '';
  const y = (value: number) => round(high === low ? height / 2 : shareOf(value, high, low) * height);
  const x = placesOf(steps, width);
  // A single value is a line across the box: a dot would not be seen.
  if (values.length === 1) return `M0 ${y(low)}H${width}`;

  const parts: string[] = [];
  let isPenUp = true;
  for (let i = 0; i < values.length;) {
    const column = Math.floor(x(i));
    const begin = i;
    let least = -1;
    let greatest = -1;
    for (; i < values.length && (i === begin || Math.floor(x(i)) === column); i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      if (least < 0 || value < values[least]!) least = i;
      if (greatest < 0 || value > values[greatest]!) greatest = i;
    }
    if (least < 0) {
      isPenUp = true;
      continue;
    }
    for (const at of least === greatest ? [least] : [Math.min(least, greatest), Math.max(least, greatest)]) {
      parts.push(`${isPenUp ? 'M' : 'L'}${round(x(at))} ${y(values[at]!)}`);
      isPenUp = false;
    }
  }
  return parts.join('');
}

/** By step; evenly where steps do not ascend: logged without one they are all 0, and a resumed run goes back. */
function placesOf(steps: Float64Array, width: number): (i: number) => number {
  const last = steps.length - 1;
  const [first, end] = [steps[0]!, steps[last]!];
  const isAscending = end > first && steps.every((step, i) => i === 0 || step >= steps[i - 1]!);
  return isAscending ? (i) => shareOf(steps[i]!, first, end) * width : (i) => (i / last) * width;
}

/** A tenth of a pixel is enough. */
function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
