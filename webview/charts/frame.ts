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
  const perX = width / (x.max - x.min);
  const high = scale.height(y.max);
  const perY = height / (high - scale.height(y.min));
  return {
    px: (at) => left + (at - x.min) * perX,
    py: (at) => top + (high - scale.height(at)) * perY,
  };
}

/** The value of the x axis at a place. */
export function xOf({ left, width, x }: Frame, place: number): number {
  return x.min + ((place - left) / width) * (x.max - x.min);
}
