import { formatDifference, formatValue } from '../shared/format.js';
import type { Goal } from '../shared/goal.js';

export interface Delta {
  absolute: number;
  /** Of the size of the first; undefined when that is zero. */
  relative: number | undefined;
  verdict: 'better' | 'worse' | 'same' | 'unknown';
}

/** How a value compares with the first run's; undefined if either is not a finite number. */
export function deltaOf(first: number | undefined, value: number | undefined, goal: Goal): Delta | undefined {
  if (first === undefined || value === undefined) return undefined;
  const absolute = value - first;
  if (!Number.isFinite(absolute)) return undefined;
  const relative = first === 0 ? undefined : absolute / Math.abs(first);
  if (absolute === 0) return { absolute, relative, verdict: 'same' };
  if (goal === 'unknown') return { absolute, relative, verdict: 'unknown' };
  return { absolute, relative, verdict: absolute < 0 === (goal === 'lower') ? 'better' : 'worse' };
}

/** e.g. `+0.012`, `−3`, `±0`. */
export function formatDelta({ absolute }: Delta): string {
  if (absolute === 0) return '±0';
  return formatDifference(absolute);
}

/** e.g. `+1.2%`; '' when there is nothing to divide by. */
export function formatRelative({ relative }: Delta): string {
  if (relative === undefined || relative === 0) return '';
  const percent = Number((relative * 100).toPrecision(2));
  return `${percent > 0 ? '+' : ''}${formatValue(percent)}%`;
}
