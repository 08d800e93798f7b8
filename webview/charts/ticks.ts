/** Where an axis has labels, and what they say. Pure; times are in the browser's time zone. */
import { formatDuration, formatLogTick, formatTick, formatTimeTicks } from './format.js';
import type { Range } from './range.js';
import type { Scale, Symlog } from './scale.js';
import { timeTicks } from './time-ticks.js';

export interface Tick {
  at: number;
  label: string;
}

/** What the numbers of an x axis are: steps, seconds, ms since the epoch, values of a metric. */
export type XKind = 'count' | 'duration' | 'time' | 'number';

/** Least distances between labels, in CSS pixels. */
const X_SPACE: Record<XKind, number> = { count: 60, duration: 56, time: 72, number: 60 };
const Y_SPACE = 32;
const LOG_SPACE = 24;
/** Where labels about zero get crowded: as high as they are. */
const NEAR_SPACE = 13;
/** More labels than any screen has room for. What is worked out from an axis ends here, whatever its ends are. */
const MOST = 1000;

/** @param width of the axis in CSS pixels */
export function xTicks(kind: XKind, range: Range, width: number): Tick[] {
  if (!isAxis(range)) return [];
  const room = roomFor(width, X_SPACE[kind]);
  const least = range.max / room - range.min / room;
  switch (kind) {
    case 'count':
      return numberTicks(range, Math.max(1, roundUp(least)));
    case 'number':
      return numberTicks(range, roundUp(least));
    case 'duration': {
      const distance = DURATIONS.find((step) => step >= least) ?? roundUp(least / DAY) * DAY;
      return multiples(range, distance).map((at) => ({ at, label: formatDuration(at * 1000) }));
    }
    case 'time': {
      const { times, distance } = timeTicks(range, least);
      const labels = formatTimeTicks(times, distance);
      return times.map((at, i) => ({ at, label: labels[i]! }));
    }
  }
}

/** @param height of the axis in CSS pixels */
export function yTicks(scale: Scale, range: Range, height: number): Tick[] {
  if (!isAxis(range)) return [];
  switch (scale.kind) {
    case 'linear': {
      const room = roomFor(height, Y_SPACE);
      return numberTicks(range, roundUp(range.max / room - range.min / room));
    }
    case 'log':
      return logTicks(range, height / LOG_SPACE).map((at) => ({ at, label: formatLogTick(at) }));
    case 'symlog':
      return symlogTicks(scale as Symlog, range, height).map((at) => ({ at, label: formatLogTick(at) }));
  }
}

function isAxis({ min, max }: Range): boolean {
  return min < max && Number.isFinite(min) && Number.isFinite(max);
}

/** How many labels fit, of which each takes so many pixels: one at least. */
function roomFor(pixels: number, each: number): number {
  return Math.min(MOST, Math.max(1, pixels / each || 1));
}

const DAY = 86_400;
/** Distances between the labels of a relative axis, in seconds; beyond them days. */
const DURATIONS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
  3600, 7200, 10_800, 21_600, 43_200, 86_400,
];

function numberTicks(range: Range, distance: number): Tick[] {
  return multiples(range, distance).map((at) => ({ at, label: formatTick(at, distance) }));
}

/** The least of 1, 2, 5 times a power of ten that is as much or more. */
function roundUp(least: number): number {
  if (!(least > 0)) return Number.MIN_VALUE;
  const power = Math.floor(Math.log10(least));
  const digit = [1, 2, 5].find((factor) => Number(`${factor}e${power}`) >= least);
  // 2e-5 as it is written, not 2 * 0.00001
  return digit === undefined ? Number(`1e${power + 1}`) : Number(`${digit}e${power}`);
}

function multiples({ min, max }: Range, distance: number): number[] {
  const first = Math.ceil(min / distance - 1e-9);
  const last = Math.floor(max / distance + 1e-9);
  const count = Math.min(MOST, last - first + 1);
  if (!(count > 0)) return [];
  // So many digits tell one from the next.
  const digits = Math.max(Math.abs(first), Math.abs(last)) < 1e11 ? 12 : 17;
  // The places are to read as they are written. Not −0.
  const all = Array.from(
    { length: count },
    (_, i) => Number(((first + i) * distance).toPrecision(digits)) + 0,
  );
  // Where doubles lie no nearer than the labels, several are one, and the outermost are beyond the axis.
  const slack = Math.min(distance, max / 2 - min / 2) * 1e-9;
  return all.filter((at, i) => at >= min - slack && at <= max + slack && at !== all[i - 1]);
}

/**
 * Places of the labels of a logarithmic axis: powers of ten, with 2 and 5 between them or all digits where there is
 * room, every second or third power where there is not.
 *
 * @param room how many labels fit
 */
export function logTicks(range: Range, room: number): number[] {
  // Zero and what is below have no place on it.
  if (!isAxis(range) || range.min <= 0) return [];
  for (const digits of [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]]) {
    const all = powers(range, digits);
    if (!(all.length <= room)) continue;
    return all.length > 1 ? all : shortStretch(range, room);
  }
  const decades = Math.ceil(Math.log10(range.max)) - Math.floor(Math.log10(range.min));
  return powers(range, [1], Math.ceil(decades / Math.max(1, room || 1)));
}

/**
 * Places of the labels of a symmetric logarithmic axis: zero, and on either side the threshold times powers of ten, as
 * near as there is room.
 *
 * @param height of the axis in CSS pixels
 */
export function symlogTicks(scale: Symlog, range: Range, height: number): number[] {
  if (!isAxis(range)) return [];
  const perUnit = height / (scale.height(range.max) - scale.height(range.min));
  const digits = perUnit >= 4 * LOG_SPACE ? [1, 2, 5] : perUnit >= 2.2 * LOG_SPACE ? [1, 3] : [1];
  const stride = Math.min(MOST, Math.max(1, Math.ceil(LOG_SPACE / perUnit) || 1));
  const side = (sign: 1 | -1) => {
    const [low, high] = sign > 0 ? [range.min, range.max] : [-range.max, -range.min];
    if (high < scale.threshold) return [];
    const from = Math.max(low, scale.threshold);
    const all = powers({ min: from, max: high }, digits, stride).map((value) => sign * value);
    // Outwards; near zero there is less room than beyond the threshold.
    let last = low <= 0 ? 0 : undefined;
    return all.filter((value) => {
      const isFar =
        last === undefined || Math.abs(scale.height(value) - scale.height(last)) * perUnit >= NEAR_SPACE;
      if (isFar) last = value;
      return isFar;
    });
  };
  const zero = range.min <= 0 && range.max >= 0 ? [0] : [];
  const all = [...side(-1).reverse(), ...zero, ...side(1)];
  return all.length > 2 ? all : shortStretch(range, height / LOG_SPACE);
}

/** These digits of each power of ten that is a multiple of `stride`, inside of the range. */
function powers({ min, max }: Range, digits: readonly number[], stride = 1): number[] {
  // A double has some six hundred powers of ten, and they end this only when the least of them is one.
  if (!(min > 0 && max < Infinity && stride >= 1)) return [];
  const first = Math.floor(Math.log10(min));
  const last = Math.ceil(Math.log10(max));
  const all: number[] = [];
  for (let exponent = Math.ceil(first / stride) * stride; exponent <= last; exponent += stride)
    for (const digit of digits) {
      const tick = Number(`${digit}e${exponent}`);
      // Among the least doubles several are one.
      if (tick >= min && tick <= max && tick !== all.at(-1)) all.push(tick);
    }
  return all;
}

/** For a stretch that is about as short as from one digit to the next. */
function shortStretch(range: Range, room: number): number[] {
  const count = Math.max(1, Math.min(room || 1, 5));
  return multiples(range, roundUp(range.max / count - range.min / count));
}
