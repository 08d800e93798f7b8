import { formatCount } from '../base/format.js';
import type { Progress } from './types.js';

/** `45%`; when the total is not known, what was counted: `1,234 it`. @param locale a BCP 47 tag */
export function formatProgress({ done, total, unit }: Progress, locale = 'en'): string {
  if (total === undefined) return `${formatCount(done, locale)} ${unit ?? ''}`.trimEnd();
  return `${total > 0 ? Math.floor((Math.min(done, total) / total) * 100) : 0}%`;
}
