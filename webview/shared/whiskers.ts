/** How far beyond the quartiles a value may lie, in distances of the quartiles: Tukey's fences. */
const REACH = 1.5;

/**
 * The ends of the values that are not far from the others, as the whiskers of a box plot have them: so that a few runs that
 * diverged do not take all of a scale. Where half of the values are the same, the ends of all. Values are finite;
 * undefined when there are none.
 */
export function whiskers(values: Iterable<number>): { min: number; max: number } | undefined {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return undefined;
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const [low, high] = [at(0.25), at(0.75)];
  if (low === high) return { min: sorted[0]!, max: sorted.at(-1)! };
  const reach = (high - low) * REACH;
  return {
    min: sorted.find((value) => value >= low - reach)!,
    max: sorted.findLast((value) => value <= high + reach)!,
  };
}
