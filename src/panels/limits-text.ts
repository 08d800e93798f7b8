import type { Limits } from './messages.js';

/** Why a text says no limits. */
export type LimitsProblem = 'form' | 'order';

/** Limits as a person writes them: `0, 1`; `, 1` or `0,` with one end open; nothing when both are. */
export function parseLimits(text: string): Limits | LimitsProblem {
  if (text.trim() === '') return {};
  const ends = text.split(',').map((end) => end.trim());
  if (ends.length !== 2) return 'form';
  const [min, max] = ends.map((end) => (end === '' ? undefined : Number(end)));
  if ([min, max].some((end) => end !== undefined && !Number.isFinite(end))) return 'form';
  if (min !== undefined && max !== undefined && min >= max) return 'order';
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

export function writeLimits({ min, max }: Limits): string {
  return min === undefined && max === undefined ? '' : `${min ?? ''}, ${max ?? ''}`.trim();
}
