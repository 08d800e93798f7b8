import { between, shareOf } from '../shared/share.js';
import type { Range } from './range.js';
import type { Scale } from './scale.js';

/** CSS pixels. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The area between the axes, and what of them it shows. */
export interface Frame extends Box {
  x: Range;
  y: Range;
  scale: Scale;
}

/** Places of values in a frame. */
export interface Projection {
  px(x: number): number;
  py(y: number): number;
}

export function project({ left, top, width, height, x, y, scale }: Frame): Projection {
  const across = along(x.min, x.max, width);
  const down = along(scale.height(y.max), scale.height(y.min), height);
  return {
    px: (at) => left + across(at),
    py: (at) => top + down(scale.height(at)),
  };
}

/** Pixels from `from` on, of so many up to `to`. */
function along(from: number, to: number, pixels: number): (at: number) => number {
  const perUnit = pixels / (to - from);
  // Avoids extents that overflow a double or are too small to divide by.
  return Number.isFinite(perUnit) && perUnit !== 0
    ? (at) => (at - from) * perUnit
    : (at) => shareOf(at, from, to) * pixels;
}

/** The value of the x axis at a place. */
export function xOf({ left, width, x }: Frame, place: number): number {
  return between(x.min, x.max, (place - left) / width);
}
