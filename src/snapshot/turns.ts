/** How many inner repositories are processed at a time; each takes some git processes. */
const AT_ONCE = 8;

/** Like Promise.all over `items`, a few at a time. The first error stops it. */
export async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  return results;
}
