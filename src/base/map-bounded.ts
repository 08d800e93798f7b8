/**
 * The results of `map` in the order of the items, with limited concurrency. Rejects with the first failure; the rest is
 * not begun then.
 */
export async function mapBounded<T, R>(
  items: readonly T[],
  atOnce: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  // A failure closes the generator for all workers.
  const rest = (function* () {
    yield* items.entries();
  })();
  const worker = async () => {
    for (const [i, item] of rest) results[i] = await map(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
