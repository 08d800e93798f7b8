import { faulty, type Literal } from './query.js';

/** The meaning of values in a filter. */

const NUMBER = /^\s*[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)\s*$/i;

/** undefined: not a number. */
export function numberOf(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const plain = text.trim().toLowerCase();
  if (plain.includes('inf')) return plain.startsWith('-') ? -Infinity : Infinity;
  return Number(plain);
}

const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** In ms since the epoch. A number is taken as such, a date is in local time unless it has a time zone. */
export function timeOf({ text, at }: Literal): number {
  const number = numberOf(text);
  if (number !== undefined) return number;
  // A date alone would be read as UTC.
  const time = DATE.test(text) ? new Date(text.length === 10 ? `${text}T00:00` : text).getTime() : NaN;
  if (Number.isNaN(time))
    throw faulty(`Expected a date such as 2026-11-30 or 2026-11-30T18:00, not ${text}`, at);
  return time;
}

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** In ms. `90s`, `1h30m`; a plain number means seconds. */
export function durationOf({ text, at }: Literal): number {
  const number = numberOf(text);
  if (number !== undefined) return number * 1000;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text))
    throw faulty(`Expected a duration such as 90s, 10m or 1h30m, not ${text}`, at);
  return [...text.matchAll(/([\d.]+)(ms|[smhd])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? NaN),
    0,
  );
}
