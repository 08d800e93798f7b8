import { formatValue } from '../shared/format.js';
import { between, shareOf } from '../shared/share.js';
import type { Variable } from './variables.js';

/** A variable along a line: places run from 0 at its low end to 1 at its high one. */
export interface Axis {
  variable: Variable;
  isLog: boolean;
  canBeLog: boolean;
  min: number;
  max: number;
}

/** A stretch of an axis, in places. */
export interface Brush {
  from: number;
  to: number;
}

/** A greatest value so many times the least asks for a log axis; a metric is expected to be looked at as it is. */
const LOG_FROM = { param: 10, metric: 1000 };
const TICKS = 5;

/** @param isLog undefined: as the values ask for */
export function axisOf(variable: Variable, isLog?: boolean): Axis {
  let min = Infinity;
  let max = -Infinity;
  for (const value of variable.values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  // Neighbours among the largest doubles have one logarithm.
  const canBeLog = !variable.words && min > 0 && Math.log(max) > Math.log(min);
  const asked = isLog ?? max / min >= LOG_FROM[variable.kind];
  return { variable, isLog: canBeLog && asked, canBeLog, min, max };
}

/** NaN for a value that is none. One value alone lies in the middle; words share the axis evenly. */
export function placeOf({ variable: { words }, isLog, min, max }: Axis, value: number): number {
  if (words) return (value + 0.5) / words.length;
  if (min === max) return Number.isNaN(value) ? NaN : 0.5;
  return isLog ? shareOf(Math.log(value), Math.log(min), Math.log(max)) : shareOf(value, min, max);
}

/** The value at a place; of words, the nearest. */
export function valueAt({ variable: { words }, isLog, min, max }: Axis, place: number): number {
  if (words) return Math.max(0, Math.min(words.length - 1, Math.floor(place * words.length)));
  if (!isLog) return between(min, max, place);
  // The ends may be further apart than a double can say.
  const value = Number.isFinite(max / min)
    ? min * (max / min) ** place
    : Math.exp(between(Math.log(min), Math.log(max), place));
  return Math.min(max, Math.max(min, value));
}

export function labelOf({ variable: { words } }: Axis, value: number): string {
  if (Number.isNaN(value)) return '–';
  return words ? (words[value] ?? '') : formatValue(value);
}

/** Where labels stand: at each value while there are few, else at the ends and round values between. */
export function ticksOf(axis: Axis, most = TICKS): { place: number; label: string }[] {
  const { variable, min, max, isLog } = axis;
  const { words } = variable;
  const at = (value: number) => ({ place: placeOf(axis, value), label: labelOf(axis, value) });
  if (words) {
    const each = Math.ceil(words.length / Math.max(most, 2));
    return words.flatMap((_, i) => (i % each === 0 ? [at(i)] : []));
  }
  if (min === max) return [at(min)];
  const few = distinctOf(variable, most);
  if (few) return few.map(at);
  const round = isLog ? powersOf10(min, max, most) : roundBetween(min, max, most);
  const gap = 0.6 / most;
  const inner = round.map(at).filter(({ place }) => place > gap && place < 1 - gap);
  return [at(min), ...inner, at(max)];
}

/** The values themselves, in their order; undefined when there are more than so many. */
export function distinctOf({ values }: Variable, most: number): number[] | undefined {
  const seen = new Set<number>();
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    seen.add(value);
    if (seen.size > most) return undefined;
  }
  return [...seen].sort((a, b) => a - b);
}

function powersOf10(min: number, max: number, most: number): number[] {
  const first = Math.ceil(Math.log10(min));
  const last = Math.floor(Math.log10(max));
  const each = Math.max(1, Math.ceil((last - first + 1) / most));
  return Array.from(
    { length: Math.max(0, Math.floor((last - first) / each) + 1) },
    (_, i) => 10 ** (first + i * each),
  );
}

function roundBetween(min: number, max: number, most: number): number[] {
  const rough = max / most - min / most;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * size).find((each) => each >= rough);
  // Of neighbours among the least doubles nothing lies between.
  if (!step) return [];
  const first = Math.ceil(min / step);
  const count = Math.floor(max / step) - first + 1;
  return Array.from({ length: Math.min(most + 1, Math.max(0, count)) }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/** Which of the runs lie within all brushes. A run without a value lies within none. */
export function brushed(
  count: number,
  axes: readonly Axis[],
  brushes: ReadonlyMap<string, Brush>,
): Uint8Array {
  const isIn = new Uint8Array(count).fill(1);
  for (const axis of axes) {
    const brush = brushes.get(axis.variable.id);
    if (!brush) continue;
    for (let i = 0; i < count; i++) {
      const place = placeOf(axis, axis.variable.values[i]!);
      // A brush that was typed ends where a value is: rounding must not leave it out.
      if (!(place >= brush.from - 1e-9 && place <= brush.to + 1e-9)) isIn[i] = 0;
    }
  }
  return isIn;
}
