import type { Trace } from './m4.js';

export interface Range {
  min: number;
  max: number;
}

/** A y range that shows every value of the traces inside the x range, with some air around. */
export function yRange(traces: readonly Trace[], x: Range, log: boolean, ignoreOutliers = false): Range {
  const { min: low, max: high } = ignoreOutliers ? bulkOf(traces, x) : extremesOf(traces, x);
  if (low > high) return log ? { min: 0.1, max: 10 } : { min: 0, max: 1 };
  return log ? airLog(low, high) : airLinear(low, high);
}

/** Least and greatest value; the greater first when there is none. */
function extremesOf(traces: readonly Trace[], x: Range): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const trace of traces) {
    for (let i = 0; i < trace.length; i++) {
      const at = trace.x[i]!;
      const value = trace.y[i]!;
      if (at < x.min || at > x.max || Number.isNaN(value)) continue;
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
function bulkOf(traces: readonly Trace[], x: Range): Range {
  const values = traces
    .flatMap((trace) =>
      Array.from(trace.y.subarray(0, trace.length)).filter((_, i) => inside(trace.x[i]!, x)),
    )
    .filter((value) => !Number.isNaN(value))
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

const inside = (at: number, { min, max }: Range) => at >= min && at <= max;

function airLinear(low: number, high: number): Range {
  if (low === high) {
    // A constant: in the middle, on an axis whose numbers are about its own size.
    const air = low === 0 ? 1 : Math.abs(low) * 0.1;
    return { min: low - air, max: high + air };
  }
  const air = (high - low) * 0.06;
  // Losses and rates end at zero; an axis that goes on below it would say otherwise.
  return {
    min: low >= 0 && low - air < 0 ? 0 : low - air,
    max: high <= 0 && high + air > 0 ? 0 : high + air,
  };
}

function airLog(low: number, high: number): Range {
  const factor = low === high ? 2 : Math.max(1.05, (high / low) ** 0.06);
  return { min: low / factor, max: high * factor };
}

/**
 * Places of the labels of a logarithmic axis: powers of ten, with 2 and 5 between them or all digits where there is
 * room, every second or third power where there is not.
 *
 * @param room how many labels fit
 */
export function logTicks({ min, max }: Range, room: number): number[] {
  const first = Math.floor(Math.log10(min));
  const last = Math.ceil(Math.log10(max));
  const ticks = (digits: readonly number[], stride = 1) => {
    const all: number[] = [];
    for (let exponent = Math.ceil(first / stride) * stride; exponent <= last; exponent += stride)
      for (const digit of digits) {
        // 2e-5 as it is written, not 2 * 0.00001
        const tick = Number(`${digit}e${exponent}`);
        if (tick >= min && tick <= max) all.push(tick);
      }
    return all;
  };
  for (const digits of [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]]) {
    const all = ticks(digits);
    if (all.length > room) continue;
    return all.length > 1 ? all : evenTicks({ min, max }, Math.min(room, 5));
  }
  return ticks([1], Math.ceil((last - first) / Math.max(1, room)));
}

/** For a stretch that is shorter than from one digit to the next. */
function evenTicks({ min, max }: Range, room: number): number[] {
  const least = (max - min) / Math.max(1, room);
  const power = Math.floor(Math.log10(least));
  const digit = [1, 2, 5, 10].find((factor) => Number(`${factor}e${power}`) >= least) ?? 10;
  const step = Number(`${digit}e${power}`);
  const first = Math.ceil(min / step);
  // Not first * step: the places are to read as they are written.
  return Array.from({ length: Math.floor(max / step) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/** A single place on the x axis gets room around it, so that it is drawn in the middle. */
export function xRange(extent: Range): Range {
  if (extent.min < extent.max) return extent;
  const air = Math.max(1, Math.abs(extent.min) * 1e-9);
  return { min: extent.min - air, max: extent.max + air };
}

/** Zooms around `center`, inside of `limits`; undefined when that is all there is. */
export function zoomRange(range: Range, center: number, factor: number, limits: Range): Range | undefined {
  const min = Math.max(limits.min, center - (center - range.min) * factor);
  const max = Math.min(limits.max, center + (range.max - center) * factor);
  return min <= limits.min && max >= limits.max ? undefined : { min, max };
}
