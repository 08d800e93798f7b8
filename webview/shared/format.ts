/** Numbers and times for people. Pure; times are in the browser's time zone. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const clockSeconds = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** A metric's value, to five significant digits. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4)
    return minus(
      value
        .toExponential(3)
        .replace(/\.?0+e/, 'e')
        .replace('e+', 'e'),
    );
  if (size >= 1000) return minus(grouped.format(Number(value.toPrecision(7))));
  return minus(String(Number(value.toPrecision(5))));
}

/** How many: `1,000`. */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** A difference with its sign, to three significant digits. */
export function formatDifference(value: number): string {
  const text = formatValue(Number(value.toPrecision(3)));
  return value > 0 ? `+${text}` : text;
}

/** @param seconds any; below a minute to the tenth, beyond an hour to the minute */
export function formatDuration(seconds: number): string {
  if (seconds < 0) return `−${formatDuration(-seconds)}`;
  if (seconds < 59.95) return `${Number(seconds.toFixed(seconds < 10 ? 2 : 1))}s`;
  const whole = Math.round(seconds);
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return hours > 0 ? `${days}d ${hours}h` : `${days}d`;
  if (hours > 0) return minutes > 0 ? `${hours}h ${pad(minutes)}m` : `${hours}h`;
  return whole % 60 > 0 ? `${minutes}m ${pad(whole % 60)}s` : `${minutes}m`;
}

/** The last millisecond that a date can be, and the first with a minus. What a client logs may lie beyond. */
export const LAST_TIME = 8.64e15;

export function isTime(time: number): boolean {
  return Math.abs(time) <= LAST_TIME;
}

/** @param time ms since the epoch; beyond the dates there are, the number itself */
export function formatTime(time: number): string {
  return isTime(time) ? `${day.format(time)} ${clockSeconds.format(time)}` : `${formatValue(time)} ms`;
}

/** ISO 8601, for programs. @param time ms since the epoch; beyond the dates there are, the number itself */
export function isoTime(time: number): string {
  return isTime(time) ? new Date(time).toISOString() : String(time);
}

const UNITS: readonly [string, number][] = [
  ['y', 365 * 86_400_000],
  ['mo', 30 * 86_400_000],
  ['w', 7 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
];

/** How long ago, in one unit: `3m`, `2d`; `now` within the first minute. */
export function formatAge(time: number, now: number): string {
  for (const [unit, ms] of UNITS) if (now - time >= ms) return `${Math.floor((now - time) / ms)}${unit}`;
  return 'now';
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** A minus sign as wide as the plus and the digits. */
export function minus(text: string): string {
  return text.replaceAll('-', '−');
}
