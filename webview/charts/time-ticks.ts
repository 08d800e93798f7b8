import { LAST_TIME } from '../shared/format.js';
import type { Range } from './range.js';

/** More labels than any screen has room for. */
const MOST = 1000;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances up to an hour, in ms. */
const EVEN = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30, 60].map((count) => count * MINUTE),
];

/** Distances on the calendar, where not all days and months are as long: how long about, and the n-th from a time on. */
const CALENDAR: readonly { length: number; at: (time: Date, n: number) => Date }[] = [
  ...[2, 3, 6, 12].map((hours) => ({
    length: hours * HOUR,
    at: (t: Date, n: number) => new Date(t.getFullYear(), t.getMonth(), t.getDate(), n * hours),
  })),
  ...[1, 2, 7, 14].map((days) => ({
    length: days * DAY,
    at: (t: Date, n: number) => {
      const day = Math.floor(Date.UTC(t.getFullYear(), t.getMonth(), t.getDate()) / DAY);
      // 1 January 1970 was a Thursday; weeks begin on Mondays.
      const since = (day + 3) % days;
      return new Date(t.getFullYear(), t.getMonth(), t.getDate() - since + n * days);
    },
  })),
  ...[1, 3, 6].map((months) => ({
    length: months * 30 * DAY,
    at: (t: Date, n: number) =>
      new Date(t.getFullYear(), (Math.floor(t.getMonth() / months) + n) * months, 1),
  })),
];

/**
 * Round times of the clock and the calendar, at least so far apart, and about how far they are.
 *
 * @param range ms since the epoch
 * @param least ms
 */
export function timeTicks(range: Range, least: number): { times: number[]; distance: number } {
  // What a client logs may lie beyond the dates there are.
  const min = Math.max(range.min, -LAST_TIME);
  const max = Math.min(range.max, LAST_TIME);
  if (!(min <= max && least >= 0)) return { times: [], distance: EVEN[0]! };
  const distance = EVEN.find((step) => step >= least);
  if (distance !== undefined) {
    const shift = new Date(min).getTimezoneOffset() * MINUTE;
    const first = Math.ceil((min - shift) / distance);
    const count = Math.floor((max - shift) / distance) - first + 1;
    return {
      times: Array.from(
        { length: Math.min(MOST, Math.max(0, count)) },
        (_, i) => (first + i) * distance + shift,
      ),
      distance,
    };
  }
  const { length, at } = CALENDAR.find((step) => step.length >= least) ?? yearsOf(least);
  const times: number[] = [];
  for (let n = 0; n < MOST; n++) {
    const time = at(new Date(min), n).getTime();
    if (time > max) break;
    // The first of a calendar may lie before all dates, and is none.
    if (time >= min) times.push(time);
  }
  return { times, distance: length };
}

/** The first day of a year. By a setter: to the constructor 70 is 1970. */
function firstOf(year: number): Date {
  const date = new Date(2000, 0, 1);
  date.setFullYear(year);
  return date;
}

function yearsOf(least: number): (typeof CALENDAR)[number] {
  const years = Math.ceil(least / (365 * DAY));
  return {
    length: years * 365 * DAY,
    at: (t, n) => firstOf((Math.floor(t.getFullYear() / years) + n) * years),
  };
}
