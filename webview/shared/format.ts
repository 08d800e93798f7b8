/** The formatters of `src/base` in the language of the page. */
import { formatsIn } from '../../src/base/format.js';

export { isoTime, isTime, LAST_TIME, minus } from '../../src/base/format.js';

/** A BCP 47 tag. Outside a page, in tests, English. */
export const LOCALE = (typeof document === 'undefined' ? '' : document.documentElement.lang) || 'en';

export const {
  formatValue,
  formatCount,
  formatDifference,
  formatBytes,
  formatDuration,
  formatAge,
  formatTime,
} = formatsIn(LOCALE);
