/** Labels of axes. Pure; times are in the browser's time zone. */
import { formatTime, isTime, LOCALE, minus } from '../shared/format.js';

export {
  formatCount as formatStep,
  formatDifference,
  formatDuration,
  formatTime,
  formatValue,
} from '../shared/format.js';

/** A label of the y axis, with no more digits than the distance of the labels needs. */
export function formatTick(value: number, distance: number): string {
  if (value === 0) return '0';
  const size = Math.max(Math.abs(value), distance);
  if (size >= 1e15 || size < 1e-4) {
    const digits = Math.max(0, Math.floor(Math.log10(Math.abs(value))) + decimals(distance));
    return minus(value.toExponential(Math.min(digits, 4)).replace('e+', 'e'));
  }
  const [divisor, suffix] =
    size >= 1e12
      ? [1e12, 'T']
      : size >= 1e9
        ? [1e9, 'G']
        : size >= 1e6
          ? [1e6, 'M']
          : size >= 1e4
            ? [1e3, 'k']
            : [1, ''];
  const digits = Math.max(0, decimals(distance / divisor));
  return minus((value / divisor).toFixed(Math.min(digits, 12)) + suffix);
}

/** Digits after the point that distinguish multiples of `distance`: 1 for 0.2, 2 for 0.25, −1 for 20. */
function decimals(distance: number): number {
  const first = -Math.floor(Math.log10(distance) + 1e-9);
  const scaled = distance * 10 ** first;
  return Math.abs(scaled - Math.round(scaled)) < 1e-6 ? first : first + 1;
}

/** A label of a y axis by logarithms. */
export function formatLogTick(value: number): string {
  if (value === 0) return '0';
  const exponent = Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  return exponent < -4 || exponent > 4
    ? minus(Number(value.toPrecision(6)).toExponential().replace('e+', 'e'))
    : minus(String(Number(value.toPrecision(6))));
}

const DAY = 86_400_000;
const MONTH = 30 * DAY;
const clock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockSeconds = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'medium', hourCycle: 'h23' });
const month = new Intl.DateTimeFormat(LOCALE, { month: 'short' });
const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });

/** Labels of a time axis; the first of each day says which day, the first of each year which year. */
export function formatTimeTicks(times: readonly number[], distance: number): string[] {
  let before = '';
  return times.map((time) => {
    if (!isTime(time)) return formatTime(time);
    if (distance >= MONTH) {
      const date = new Date(time);
      return date.getMonth() === 0 ? String(date.getFullYear()) : month.format(time);
    }
    const today = day.format(time);
    if (distance >= DAY) return today;
    const label =
      distance >= 60_000
        ? clock.format(time)
        : distance >= 1000
          ? clockSeconds.format(time)
          : `${clockSeconds.format(time)}.${String(Math.floor(time) % 1000).padStart(3, '0')}`;
    const isNewDay = before !== '' && before !== today;
    before = today;
    return isNewDay ? today : label;
  });
}
