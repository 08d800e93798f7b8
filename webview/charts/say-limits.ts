import type { Limits, YScale } from '../../src/panels/messages.js';

/** The ends of a y axis that a person set, in a sentence. */
export function sayLimits({ min, max }: Limits, yScale: YScale): string {
  const ends = [min === undefined ? '' : ` from ${min}`, max === undefined ? '' : ` to ${max}`].join('');
  const isBeyond = yScale === 'log' && [min, max].some((end) => end !== undefined && end <= 0);
  return `The y axis was set${ends}.${isBeyond ? ' A logarithmic axis cannot show zero or negative values.' : ''}`;
}
