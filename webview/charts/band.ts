import type { Aggregate } from './aggregate.js';
import { type Frame, project } from './frame.js';
import type { Trace } from './m4.js';
import type { Path } from './surface.js';

/** The band around the mean of a group, from left to right. */
export interface BandTrace {
  x: Float64Array;
  low: Float64Array;
  high: Float64Array;
  length: number;
}

/** The stretches of a group where it has a mean, as one: beside a gap the band ends as the line does. */
export function bandOf({ curve, low, high, counts }: Aggregate): BandTrace {
  const gap = (values: Float64Array) => values.map((value, i) => (counts[i] === 0 ? NaN : value));
  return { x: curve.x, low: gap(low), high: gap(high), length: curve.length };
}

/** The edges of a band as lines, so that the y axis has room for them. */
export function edgesOf({ x, low, high, length }: BandTrace): Trace[] {
  return [low, high].map((y) => ({ x, y, length, marks: [], points: length }));
}

/** Adds the outline of a band to a path. */
export function traceBand(path: Path, { x, low, high, length }: BandTrace, frame: Frame): Path {
  const { px, py } = project(frame);
  // Values that a logarithmic axis cannot show end at its lower edge.
  const at = (value: number) => py(frame.scale.kind === 'log' ? Math.max(value, frame.y.min) : value);
  for (let start = 0; start < length; start++) {
    if (Number.isNaN(low[start])) continue;
    let end = start;
    while (end + 1 < length && !Number.isNaN(low[end + 1])) end++;
    path.moveTo(px(x[start]!), at(high[start]!));
    for (let i = start + 1; i <= end; i++) path.lineTo(px(x[i]!), at(high[i]!));
    for (let i = end; i >= start; i--) path.lineTo(px(x[i]!), at(low[i]!));
    path.closePath();
    start = end;
  }
  return path;
}
