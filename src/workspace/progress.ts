import type { Progress } from './types.js';

const count = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

/** e.g. `45%`; `1,234 it` when the total is not known. */
export function formatProgress({ done, total, unit }: Progress): string {
  if (total === undefined) return `${count.format(done)} ${unit ?? ''}`.trimEnd();
  return `${total > 0 ? Math.floor((Math.min(done, total) / total) * 100) : 0}%`;
}
