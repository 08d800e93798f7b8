import { mapBounded } from '../base/map-bounded.js';

/** How many inner repositories are processed at a time; each takes some git processes. */
const AT_ONCE = 8;

/** Like Promise.all over `items`, a few at a time. The first error stops it. */
export function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  return mapBounded(items, AT_ONCE, work);
}
