/**
 * Numbers, sizes, durations and times as people read them: the only formatter of the editor, the command line and the
 * panels. Pure. Every function takes the locale as a BCP 47 tag, `en` by default; a malformed tag throws a RangeError.
 * Any number is accepted: NaN and infinities are shown as such. The time zone is that of the process.
 */

/** The latest date in ms since the epoch; its negative is the earliest. */
export const LAST_TIME = 8.64e15;

const DEFAULT = 'en';
/** Sizes of values that are shown without an exponent: from what rounds to 1e-4 up to what rounds to 1e7. */
const PLAIN = { from: 9.9995e-5, to: 9_999_999.5 };
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const plain = perLocale((locale) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 5 }));
const large = perLocale((locale) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 7 }));
const scientific = perLocale(
  (locale) => new Intl.NumberFormat(locale, { notation: 'scientific', maximumSignificantDigits: 4 }),
);
const grouped = perLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }));
const dates = perLocale(
  (locale) => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }),
);
const ages = perLocale(
  (locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'narrow' }),
);
const justNow = perLocale((locale) =>
  new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(0, 'second'),
);

/** A value to five significant digits, seven from 1,000 on: `0.12346`, `1,234.568`, `1.235e7`, `−2.5`, `∞`. */
export function formatValue(value: number, locale = DEFAULT): string {
  if (!Number.isFinite(value)) return notFinite(value);
  if (value === 0) return grouped(locale).format(0);
  const size = Math.abs(value);
  if (size < PLAIN.from || size >= PLAIN.to) return withExponent(value, locale);
  return minus((size < 1000 ? plain : large)(locale).format(value));
}

/** How many, to three decimals at most: `1,000`, `12.5`. */
export function formatCount(count: number, locale = DEFAULT): string {
  if (!Number.isFinite(count)) return notFinite(count);
  if (Math.abs(count) >= 1e15) return withExponent(count, locale);
  // Adding zero makes −0, and what rounds to it, a zero without a sign.
  return minus(grouped(locale).format(Math.round(count * 1000) / 1000 + 0));
}

/** A signed difference to three significant digits: `+0.0123`, `−4.5`, `0`. */
export function formatDifference(difference: number, locale = DEFAULT): string {
  const text = formatValue(Number(difference.toPrecision(3)), locale);
  return difference > 0 ? `+${text}` : text;
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** A size in decimal units, to two digits or to a whole number: `12 B`, `3.4 kB`, `120 MB`. */
export function formatBytes(bytes: number, locale = DEFAULT): string {
  if (!Number.isFinite(bytes)) return notFinite(bytes);
  let size = bytes;
  let unit = 0;
  while (Math.abs(size) >= 999.5 && unit < SIZES.length - 1) {
    size /= 1000;
    unit++;
  }
  const isWhole = unit === 0 || Math.abs(size) >= 99.5;
  return `${formatCount(isWhole ? Math.round(size) : Number(size.toPrecision(2)), locale)} ${SIZES[unit]}`;
}

/** How much of it there is: `1.2 of 3 GB`, `950 kB of 3 GB`. */
export function formatShare(done: number, total: number): string {
  const [size = '', unit = ''] = formatBytes(total).split(' ');
  const [doneSize = '', doneUnit = ''] = formatBytes(Math.min(done, total)).split(' ');
  return `${unit === doneUnit ? doneSize : `${doneSize} ${doneUnit}`} of ${size} ${unit}`;
}

/**
 * A duration in its two largest units, rounded: `250ms`, `12.3s`, `3m 05s`, `2h 14m`, `3d 4h`. A second unit of zero is
 * left out, a negative duration has a minus sign.
 *
 * @param milliseconds any number
 */
export function formatDuration(milliseconds: number, locale = DEFAULT): string {
  if (!Number.isFinite(milliseconds)) return notFinite(milliseconds);
  if (milliseconds < 0) {
    const size = formatDuration(-milliseconds, locale);
    return size === formatDuration(0, locale) ? size : `−${size}`;
  }
  if (milliseconds < 999.5) {
    const shown = Number(milliseconds.toPrecision(3));
    return shown < 0.005 ? withUnit('second', 0, locale) : withUnit('millisecond', shown, locale, 2);
  }
  // 9.996 s is 10 s, 59.96 s is 1 min, and so on: round first, then choose the units.
  const seconds = milliseconds / SECOND;
  const shown = Number(seconds.toFixed(seconds < 9.995 ? 2 : 1));
  if (shown < 60) return withUnit('second', shown, locale, 2);
  const wholeSeconds = Math.round(seconds);
  if (wholeSeconds < 3600)
    return twoUnits('minute', Math.floor(wholeSeconds / 60), 'second', wholeSeconds % 60, locale);
  const minutes = Math.round(milliseconds / MINUTE);
  if (minutes < 24 * 60) return twoUnits('hour', Math.floor(minutes / 60), 'minute', minutes % 60, locale);
  const hours = Math.round(milliseconds / HOUR);
  const days = Math.floor(hours / 24);
  return days < 1000 ? twoUnits('day', days, 'hour', hours % 24, locale) : manyDays(days, locale);
}

const AGES: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['week', 7 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
];

/**
 * How long ago a time was, in the largest unit that fits: `3m ago`, `2w ago`, `in 1h`; `now` within a minute of it.
 *
 * @param time ms since the epoch; a number that is no date is shown as by {@link formatTime}
 * @param now ms since the epoch
 */
export function formatAge(time: number, now: number, locale = DEFAULT): string {
  if (!isTime(time)) return formatTime(time, locale);
  const age = now - time;
  const unit = AGES.find(([, length]) => Math.abs(age) >= length);
  return unit ? ages(locale).format(-Math.trunc(age / unit[1]), unit[0]) : justNow(locale);
}

/** Whether a number of ms since the epoch is a date. What a client logs may lie outside. */
export function isTime(time: number): boolean {
  return Math.abs(time) <= LAST_TIME;
}

/** A date with its time of day: `Mar 3, 2026, 14:05:09`. @param time ms since the epoch; shown as a number if it is no date */
export function formatTime(time: number, locale = DEFAULT): string {
  return isTime(time) ? dates(locale).format(time) : `${formatValue(time, locale)} ms`;
}

/** ISO 8601, for programs. @param time ms since the epoch; the number itself if it is no date */
export function isoTime(time: number): string {
  return isTime(time) ? new Date(time).toISOString() : String(time);
}

/** The formatters bound to one locale. @param locale a BCP 47 tag */
export function formatsIn(locale: string) {
  return {
    formatValue: (value: number) => formatValue(value, locale),
    formatCount: (count: number) => formatCount(count, locale),
    formatDifference: (difference: number) => formatDifference(difference, locale),
    formatBytes: (bytes: number) => formatBytes(bytes, locale),
    formatDuration: (milliseconds: number) => formatDuration(milliseconds, locale),
    formatAge: (time: number, now: number) => formatAge(time, now, locale),
    formatTime: (time: number) => formatTime(time, locale),
  };
}

/** With the typographic minus sign, which is as wide as plus and digits. */
export function minus(text: string): string {
  return text.replaceAll('-', '−');
}

function notFinite(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
}

function withExponent(value: number, locale: string): string {
  const parts = scientific(locale).formatToParts(value);
  return minus(parts.map(({ type, value }) => (type === 'exponentSeparator' ? 'e' : value)).join(''));
}

function twoUnits(large: string, count: number, small: string, rest: number, locale: string): string {
  const first = withUnit(large, count, locale);
  if (rest === 0) return first;
  return `${first} ${withUnit(small, rest, locale, 0, small === 'hour' ? 1 : 2)}`;
}

const units = perLocale(() => new Map<string, Intl.NumberFormat>());

function withUnit(unit: string, count: number, locale: string, decimals = 0, digits = 1): string {
  const formats = units(locale);
  const key = `${unit} ${decimals} ${digits}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      ...{ style: 'unit', unit, unitDisplay: 'narrow' },
      ...{ maximumFractionDigits: decimals, minimumIntegerDigits: digits },
    });
    formats.set(key, format);
  }
  return format.format(count);
}

/** e.g. `1,158d`, `1.157e10d`. */
function manyDays(days: number, locale: string): string {
  const text = formatValue(days, locale);
  return withUnit('day', 2, locale).replace(grouped(locale).format(2), () => text);
}

/** A value that is made once for each locale. */
function perLocale<T>(make: (locale: string) => T): (locale: string) => T {
  const made = new Map<string, T>();
  return (locale) => {
    let value = made.get(locale);
    if (value === undefined) made.set(locale, (value = make(locale)));
    return value;
  };
}
