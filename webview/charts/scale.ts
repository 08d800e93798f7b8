import type { YScale } from '../../src/panels/messages.js';

/** Values of the y axis as heights: equal distances on the axis are equal distances of `height`. */
export interface Scale {
  readonly kind: YScale;
  height(value: number): number;
  value(height: number): number;
}

/** A scale that goes through zero by logarithms on either side. */
export interface Symlog extends Scale {
  readonly kind: 'symlog';
  /** About linear up to here, logarithmic beyond. */
  readonly threshold: number;
}

export const LINEAR: Scale = { kind: 'linear', height: (value) => value, value: (height) => height };

export const LOG: Scale = { kind: 'log', height: Math.log10, value: (height) => 10 ** height };

/**
 * sign(v) · log10(1 + |v| / threshold), the bisymmetric logarithm of Webber (2013): no kink at the threshold, a distance
 * of 1 for each power of ten beyond it.
 */
export function symlog(threshold: number): Symlog {
  return {
    kind: 'symlog',
    threshold,
    height: (value) => Math.sign(value) * Math.log10(1 + Math.abs(value) / threshold),
    value: (height) => Math.sign(height) * threshold * (10 ** Math.abs(height) - 1),
  };
}
