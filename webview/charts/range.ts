import type { Limits } from '../../src/panels/messages.js';
import type { Trace } from './m4.js';
import { LINEAR, type Scale } from './scale.js';

export interface Range {
  min: number;
  max: number;
}

/** A y range that shows every value of the traces inside the x range, with some padding. */
export function yRange(traces: readonly Trace[], x: Range, scale: Scale, ignoreOutliers = false): Range {
  const { min: low, max: high } = ignoreOutliers ? bulkOf(traces, x, scale) : extremesOf(traces, x, scale);
  switch (scale.kind) {
    case 'linear':
      return low > high ? { min: 0, max: 1 } : airLinear(low, high);
    case 'log':
      return low > high ? { min: 0.1, max: 10 } : airOn(scale, low, high);
    case 'symlog':
      return low > high ? { min: -1, max: 1 } : airOn(scale, low, high);
  }
}

/**
 * The range with the ends that were set. Ends that the scale cannot show, such as zero on a logarithmic one, are
 * ignored.
 */
export function limited(range: Range, limits: Limits, scale: Scale): Range {
  const low = placeOn(scale, limits.min);
  const high = placeOn(scale, limits.max);
  const least = low ?? range.min;
  const most = high ?? range.max;
  if (least < most) return { min: least, max: most };
  // All values lie beyond the end that was set.
  return low !== undefined
    ? proper(low, scale.value(scale.height(low) + 1), scale)
    : proper(scale.value(scale.height(most) - 1), most, scale);
}

/** Whether there are values, and all lie on one side of the axis: nothing of them is seen. */
export function isBeyond(traces: readonly Trace[], x: Range, y: Range): boolean {
  const { min, max } = extremesOf(traces, x, LINEAR);
  return min <= max && (max < y.min || min > y.max);
}

function placeOn(scale: Scale, limit: number | undefined): number | undefined {
  return limit !== undefined && Number.isFinite(scale.height(limit)) ? limit : undefined;
}

/** Share of the values in sight that may be less than the threshold. */
const SMALL = 0.1;
/** Powers of ten that a symmetric logarithmic axis shows at most on either side of zero. */
const DECADES = 6;
/** A lesser power of ten is no full double, and one over it none at all. */
const LEAST_POWER = -307;

/**
 * The threshold of a symmetric logarithmic axis: the power of ten at or below the tenth percentile of the sizes of the
 * values in sight, zeros left out; at most six powers of ten below the greatest.
 */
export function symlogThreshold(traces: readonly Trace[], x: Range): number {
  const counts = new Map<number, number>();
  let total = 0;
  for (const trace of traces)
    for (let i = 0; i < trace.length; i++) {
      const size = Math.abs(trace.y[i]!);
      if (!(size > 0 && size < Infinity) || !inside(trace.x[i]!, x)) continue;
      const power = Math.floor(Math.log10(size));
      counts.set(power, (counts.get(power) ?? 0) + 1);
      total++;
    }
  if (total === 0) return 1;
  const powers = [...counts.keys()].sort((a, b) => a - b);
  let seen = 0;
  const small = powers.find((power) => (seen += counts.get(power)!) >= total * SMALL)!;
  return Number(`1e${Math.max(small, powers.at(-1)! - DECADES, LEAST_POWER)}`);
}

/** Least and greatest value that the scale has a place for; the greater first when there is none. */
function extremesOf(traces: readonly Trace[], x: Range, scale: Scale): Range {
  const floor = floorOf(scale);
  let low = Infinity;
  let high = -Infinity;
  for (const { x: places, y: values, length } of traces) {
    for (let i = 0; i < length; i++) {
      const at = places[i]!;
      const value = values[i]!;
      // NaN is neither. A mean has a place where the least of its runs has none.
      if (!(value < low || value > high) || at < x.min || at > x.max) continue;
      if (value <= floor || value === Infinity) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { min: low, max: high };
}

/** Shares of the values that may lie beyond either end of the axis, and how far they must. */
const TAIL = 0.02;
const FAR = 1.5;

/**
 * The range of all values but a few that are far from the others: beyond the outer percentiles by more than their
 * distance and a half. A curve without such values is shown whole.
 */
function bulkOf(traces: readonly Trace[], x: Range, scale: Scale): Range {
  const floor = floorOf(scale);
  const values = traces
    .flatMap((trace) =>
      Array.from(trace.y.subarray(0, trace.length)).filter((_, i) => inside(trace.x[i]!, x)),
    )
    .filter((value) => value > floor && value < Infinity)
    .sort((a, b) => a - b);
  if (values.length === 0) return { min: Infinity, max: -Infinity };
  const at = (share: number) => values[Math.round(share * (values.length - 1))]!;
  const [low, high] = [at(TAIL), at(1 - TAIL)];
  const far = (high - low) * FAR;
  return {
    min: values.find((value) => value >= low - far)!,
    max: values.findLast((value) => value <= high + far)!,
  };
}

/** Values at or below it have no place. */
const floorOf = ({ kind }: Scale) => (kind === 'log' ? 0 : -Infinity);

const inside = (at: number, { min, max }: Range) => at >= min && at <= max;

function airLinear(low: number, high: number): Range {
  if (low === high) {
    // A constant: in the middle, on an axis whose numbers are about its own size.
    const air = low === 0 ? 1 : Math.abs(low) * 0.1;
    return proper(low - air, high + air, LINEAR);
  }
  const air = high * 0.06 - low * 0.06;
  // Losses and rates end at zero, so the axis must not extend below it.
  return proper(
    low >= 0 && low - air < 0 ? 0 : low - air,
    high <= 0 && high + air > 0 ? 0 : high + air,
    LINEAR,
  );
}

/** Air as the axis shows it, on an axis of logarithms. */
function airOn(scale: Scale, low: number, high: number): Range {
  const [bottom, top] = [scale.height(low), scale.height(high)];
  const air = low === high ? Math.log10(2) : Math.max(Math.log10(1.05), (top - bottom) * 0.06);
  return proper(scale.value(bottom - air), scale.value(top + air), scale);
}

/** The least share of its size by which the ends of an axis differ. */
const LEAST_EXTENT = 2 ** -40;

/** Two finite ends that differ and that the scale has places for: of the neighbours of all that a metric can be, too. */
function proper(min: number, max: number, { kind }: Pick<Scale, 'kind'>): Range {
  const floor = kind === 'log' ? Number.MIN_VALUE : -Number.MAX_VALUE;
  const low = Math.min(Number.MAX_VALUE, Math.max(floor, min));
  const high = Math.min(Number.MAX_VALUE, Math.max(floor, max));
  if (low < high) return { min: low, max: high };
  const air = Math.max(Math.abs(low) * LEAST_EXTENT, 100 * Number.MIN_VALUE);
  return { min: Math.max(floor, low - air), max: Math.min(Number.MAX_VALUE, high + air) };
}

/** A single place on the x axis gets room around it, so that it is drawn in the middle. */
export function xRange(extent: Range): Range {
  if (extent.min < extent.max) return extent;
  const air = Math.max(1, Math.abs(extent.min) * 1e-9);
  return proper(extent.min - air, extent.max + air, LINEAR);
}

/** Parts of the axis by which one with growing curves moves on. */
const MOVES = 128;

/**
 * The axis of growing curves: up to a hundredth longer than the data, so that it grows now and then and not with each
 * point. Between whole steps if there are few.
 */
export function growingRange(extent: Range): Range {
  const { min, max } = xRange(extent);
  const move = 2 ** Math.floor(Math.log2(max - min)) / MOVES;
  const end = min + Math.ceil((max - min) / move) * move;
  // Among the least and the greatest doubles there is nothing to move by.
  return { min, max: Number.isFinite(end) ? Math.max(end, max) : max };
}

/** Zooms around `center`, inside of `limits`; undefined when that is all there is. */
export function zoomRange(range: Range, center: number, factor: number, limits: Range): Range | undefined {
  const min = Math.max(limits.min, center - (center - range.min) * factor);
  const max = Math.min(limits.max, center + (range.max - center) * factor);
  if (min <= limits.min && max >= limits.max) return undefined;
  // Between two neighbouring numbers there is nothing to see.
  return max - min > LEAST_EXTENT * Math.max(Math.abs(min), Math.abs(max)) ? { min, max } : range;
}

/** As much of the axis, so much later, inside of `limits`. */
export function panRange({ min, max }: Range, by: number, limits: Range): Range {
  const within = Math.max(limits.min - min, Math.min(limits.max - max, by));
  return { min: min + within, max: max + within };
}
