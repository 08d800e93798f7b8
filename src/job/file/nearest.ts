/** The word that somebody probably meant; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(word.length / 3));
  const wanted = plain(word);
  const near = known
    .map((name) => ({ name, distance: distance(wanted, plain(name)) }))
    .filter(({ distance: far }) => far <= most)
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.name;
}

const plain = (word: string) => word.toLowerCase().replace(/[-_\s]/g, '');

/** Letters to add, drop, change or swap with their neighbour. */
function distance(a: string, b: string): number {
  let [beforeLast, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + change,
        swaps ? (beforeLast[j - 2] as number) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] as number;
}
