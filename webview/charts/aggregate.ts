import type { Band } from '../../src/panels/messages.js';
import { between, shareOf } from '../shared/share.js';
import { type Curve, lowerBound } from './curve.js';
import type { Mark } from './m4.js';
import type { Range } from './range.js';

/** Several curves combined: their mean, their spread, and how many there are at each position. */
export interface Aggregate {
  curve: Curve;
  /** Edges of the band; equal to the mean if no band is shown. */
  low: Float64Array;
  high: Float64Array;
  /** Curves that the mean is of. */
  counts: Uint32Array;
  /** Positions where some curve has a value that is not finite; such values are left out of the mean. */
  marks: Mark[];
}

/**
 * The mean and band of curves between two positions of the x axis, with at most one position per pixel column. A column
 * without any point is skipped, since everything is straight between points.
 *
 * In each column a curve contributes the mean of its points, and their extremes to the band, so that no spike is lost.
 * Without a point it contributes the value of its line. It counts between its first and last point, except where a
 * value that is not finite breaks its line. So a run that ended earlier, or diverged, stops counting.
 *
 * The time follows points + curves × columns.
 */
export function aggregate(curves: readonly Curve[], x: Range, columns: number, band: Band): Aggregate {
  const grid = gridOf(curves, x, columns);
  const tallies = new Tallies(grid.places.length);
  for (const curve of curves) tally(curve, curve.smooth ?? curve.y, grid, tallies);
  const isSmooth = curves.some(({ smooth }) => smooth !== undefined);
  let originals = tallies;
  if (isSmooth) {
    originals = new Tallies(grid.places.length);
    for (const curve of curves) tally(curve, curve.y, grid, originals);
  }
  return {
    curve: {
      x: grid.places,
      y: originals.means(),
      smooth: isSmooth ? tallies.means() : undefined,
      length: grid.places.length,
      origin: 0,
      unit: 1,
      ...(curves.every((curve) => curve.isStepless) && { isStepless: true }),
    },
    ...tallies.band(band),
    counts: tallies.counts,
    marks: tallies.marks(grid.places),
  };
}

/** Places where means are taken. */
interface Grid {
  x: Range;
  /** The column of a place of the axis. */
  columnOf: (at: number) => number;
  /** Ascending: the column of each place; before the first and behind the last for the edges of a view that cuts curves. */
  columns: Int32Array;
  places: Float64Array;
}

function gridOf(curves: readonly Curve[], x: Range, count: number): Grid {
  const last = count - 1;
  const columnOf = (at: number) => Math.min(last, Math.floor(shareOf(at, x.min, x.max) * count));
  const low = new Float64Array(count).fill(Infinity);
  const high = new Float64Array(count).fill(-Infinity);
  let hasBefore = false;
  let hasBehind = false;
  for (const curve of curves) {
    const from = lowerBound(curve, x.min);
    if (from > 0) hasBefore = true;
    let i = from;
    for (; i < curve.length; i++) {
      const at = (curve.x[i]! - curve.origin) * curve.unit;
      if (at > x.max) break;
      const column = columnOf(at);
      if (at < low[column]!) low[column] = at;
      if (at > high[column]!) high[column] = at;
    }
    if (i < curve.length) hasBehind = true;
  }
  const columns: number[] = [];
  const places: number[] = [];
  // At the edges too, unless a column has its place right there.
  if (hasBefore && !(low[0] === x.min && high[0] === x.min)) {
    columns.push(-1);
    places.push(x.min);
  }
  for (let column = 0; column < count; column++) {
    if (low[column]! > high[column]!) continue;
    columns.push(column);
    // Exact where all points of a column are at one place, as they are at few epochs.
    places.push(low[column] === high[column] ? low[column]! : low[column]! / 2 + high[column]! / 2);
  }
  if (hasBehind && places.at(-1) !== x.max) {
    columns.push(count);
    places.push(x.max);
  }
  return { x, columnOf, columns: Int32Array.from(columns), places: Float64Array.from(places) };
}

function tally(curve: Curve, values: Float64Array, grid: Grid, tallies: Tallies): void {
  const { x, columnOf, columns, places } = grid;
  const { origin, unit, length } = curve;
  const at = (i: number) => (curve.x[i]! - origin) * unit;
  let i = lowerBound(curve, x.min);
  for (let k = 0; k < places.length; k++) {
    const column = columns[k]!;
    let sum = 0;
    let count = 0;
    let low = Infinity;
    let high = -Infinity;
    let isBroken = false;
    for (; i < length; i++) {
      const place = at(i);
      if (place > x.max || columnOf(place) > column) break;
      const value = values[i]!;
      if (!Number.isFinite(value)) {
        isBroken = true;
        tallies.mark(k, value);
        continue;
      }
      sum += value;
      count++;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (count > 0) {
      // A sum may overflow a double, although the mean lies between the values.
      const mean = Number.isFinite(sum) ? sum / count : low / 2 + high / 2;
      tallies.add(k, mean, low, high);
      continue;
    }
    if (isBroken || i === 0 || i === length) continue;
    const [left, right] = [values[i - 1]!, values[i]!];
    if (!Number.isFinite(left) || !Number.isFinite(right)) continue;
    const start = at(i - 1);
    const value = between(left, right, shareOf(places[k]!, start, at(i)));
    tallies.add(k, value, value, value);
  }
}

const NAN = 1;
const ABOVE = 2;
const BELOW = 4;

/** Running means and spreads, one for each place. */
class Tallies {
  readonly counts: Uint32Array<ArrayBuffer>;
  readonly #mean: Float64Array<ArrayBuffer>;
  /** Sum of squared differences from the mean (Welford), which stays precise for a large mean. */
  readonly #squares: Float64Array;
  readonly #low: Float64Array<ArrayBuffer>;
  readonly #high: Float64Array<ArrayBuffer>;
  readonly #odd: Uint8Array;

  constructor(places: number) {
    this.counts = new Uint32Array(places);
    this.#mean = new Float64Array(places);
    this.#squares = new Float64Array(places);
    this.#low = new Float64Array(places).fill(Infinity);
    this.#high = new Float64Array(places).fill(-Infinity);
    this.#odd = new Uint8Array(places);
  }

  add(place: number, value: number, low: number, high: number): void {
    const count = ++this.counts[place]!;
    const difference = value - this.#mean[place]!;
    this.#mean[place]! += Number.isFinite(difference)
      ? difference / count
      : value / count - this.#mean[place]! / count;
    this.#squares[place]! += difference * (value - this.#mean[place]!);
    if (low < this.#low[place]!) this.#low[place] = low;
    if (high > this.#high[place]!) this.#high[place] = high;
  }

  mark(place: number, value: number): void {
    this.#odd[place]! |= Number.isNaN(value) ? NAN : value > 0 ? ABOVE : BELOW;
  }

  /** Where no curve has a number, the value that one has instead, which breaks the line and marks the place. */
  means(): Float64Array {
    return this.#mean.map((mean, place) => {
      const odd = this.#odd[place]!;
      if (this.counts[place]! > 0) return mean;
      return odd === ABOVE ? Infinity : odd === BELOW ? -Infinity : NaN;
    });
  }

  band(kind: Band): { low: Float64Array; high: Float64Array } {
    const mean = this.#mean;
    switch (kind) {
      case 'range':
        return { low: this.#low, high: this.#high };
      case 'deviation': {
        const deviation = (place: number) =>
          this.counts[place]! > 1 ? Math.sqrt(this.#squares[place]! / (this.counts[place]! - 1)) : 0;
        return {
          low: mean.map((value, place) => value - deviation(place)),
          high: mean.map((value, place) => value + deviation(place)),
        };
      }
      case 'none':
        return { low: mean, high: mean };
    }
  }

  marks(places: Float64Array): Mark[] {
    const marks: Mark[] = [];
    for (const [place, odd] of this.#odd.entries()) {
      // Without any number the line itself is marked there.
      if (odd === 0 || this.counts[place] === 0) continue;
      const x = places[place]!;
      if (odd & NAN) marks.push({ x, kind: 'nan' });
      if (odd & ABOVE) marks.push({ x, kind: 'above' });
      if (odd & BELOW) marks.push({ x, kind: 'below' });
    }
    return marks;
  }
}
