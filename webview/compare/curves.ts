import type { Points } from '../../src/workspace/types.js';
import { shareOf } from '../shared/share.js';
import { isStepless } from '../shared/stepless.js';

/** Curves over one x and one y axis, as paths in a box. */
export interface Overlay {
  /** By run: `d` of an SVG path; '' where there is nothing to draw. */
  paths: ReadonlyMap<string, string>;
  /** Of all curves, finite values only; NaN when there is none. */
  min: number;
  max: number;
  firstStep: number;
  lastStep: number;
  /** Curves whose steps say nothing: they are drawn in the order of logging. */
  stepless?: number;
}

/**
 * Lays the curves of runs over each other. Points are joined in the order of their steps; what is not finite breaks the
 * line, and a point that stands alone is a dot.
 *
 * @param width units of the box; the first step of all curves lies at its left edge, the last at its right one
 * @param height units of the box; the greatest value of all curves lies at its top
 */
export function overlay(logged: readonly Points[], width: number, height: number): Overlay {
  const curves = logged.map((curve) =>
    isStepless(curve.steps) ? { ...curve, steps: orderOf(curve) } : curve,
  );
  const stepless = curves.filter((curve, i) => curve !== logged[i]).length;
  const steps = rangeOf(curves.map((curve) => curve.steps));
  const values = rangeOf(curves.map((curve) => curve.values));
  const x = scale(steps, width);
  const y = scale(values, height);
  const paths = curves.map(({ runId, ...curve }): [string, string] => [
    runId,
    path(curve, x, (value) => height - y(value)),
  ]);
  return {
    paths: new Map(paths),
    min: values.min,
    max: values.max,
    firstStep: steps.min,
    lastStep: steps.max,
    ...(stepless > 0 && { stepless }),
  };
}

/** Places in the order of logging, from 0; of thinned points evenly. */
function orderOf({ steps, total }: Points): Float64Array {
  const last = steps.length - 1;
  return steps.map((_, i) => (i / last) * (total - 1));
}

interface Range {
  min: number;
  max: number;
}

function rangeOf(columns: readonly Float64Array[]): Range {
  let min = Infinity;
  let max = -Infinity;
  for (const column of columns)
    for (const value of column) {
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  return min > max ? { min: NaN, max: NaN } : { min, max };
}

/** A constant lies in the middle. */
function scale({ min, max }: Range, size: number): (value: number) => number {
  return max === min ? () => size / 2 : (value) => shareOf(value, min, max) * size;
}

function path(
  { steps, values }: Pick<Points, 'steps' | 'values'>,
  x: (step: number) => number,
  y: (value: number) => number,
): string {
  const order = isSorted(steps)
    ? undefined
    : Uint32Array.from(steps, (_, i) => i).sort((a, b) => steps[a]! - steps[b]!);
  const parts: string[] = [];
  let isPenUp = true;
  for (let i = 0; i < steps.length; i++) {
    const at = order ? order[i]! : i;
    const value = values[at]!;
    if (!Number.isFinite(value)) {
      isPenUp = true;
      continue;
    }
    const place = `${tenth(x(steps[at]!))} ${tenth(y(value))}`;
    // A line of no length with round ends is a dot.
    parts.push(isPenUp ? `M${place}h0` : `L${place}`);
    isPenUp = false;
  }
  return parts.join('');
}

function isSorted(steps: Float64Array): boolean {
  for (let i = 1; i < steps.length; i++) if (steps[i]! < steps[i - 1]!) return false;
  return true;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
