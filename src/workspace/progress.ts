import type { Progress } from './types.js';

/** Whole percent, 0 to 100. */
export function percentOf({ done, total }: Progress): number {
  return total > 0 ? Math.floor((Math.min(done, total) / total) * 100) : 0;
}
