/** Numbers and times as people read them. Pure: `now` and the locale are given. */

/** Four significant digits; very large and very small values in exponent form. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(3);
  return String(Number(value.toPrecision(4)));
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['week', 7 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** e.g. '3m ago'; 'now' within the first minute. Times are ms since the epoch. */
export function formatAge(time: number, now: number, locale: string): string {
  const age = Math.max(0, now - time);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'narrow' });
  for (const [unit, ms] of UNITS) if (age >= ms) return format.format(-Math.floor(age / ms), unit);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(0, 'second');
}

/** The last millisecond that a date can be. What a client logs may lie beyond. */
const LAST_TIME = 8.64e15;

/** e.g. '3 Mar 2026, 14:05:09'; of a time that is no date the number. @param time ms since the epoch */
export function formatDate(time: number, locale: string): string {
  if (!(Math.abs(time) <= LAST_TIME)) return `${formatValue(time)} ms`;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(time);
}

/** e.g. '850 ms', '12 s', '3 min 5 s', '2 h 14 min', '3 d 4 h'. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  const two = (big: number, bigUnit: string, small: number, smallUnit: string) =>
    small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}
