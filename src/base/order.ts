/** The order in which names and values stand wherever they are listed: in tables, on axes, in legends and menus. */

const natural = new Intl.Collator('en', { numeric: true });

/** `layer2` before `layer10`. Names that read the same, as `1` and `01`, still have one order. */
export function compareNames(a: string, b: string): number {
  return natural.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * Values of params and tags: numbers by their size in whatever way they are written (`1e-4` before `0.001`), then texts as
 * names are, then what is missing.
 */
export function compareValues(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compareRead(a, numberOf(a), b, numberOf(b));
}

/** Places of the values in that order: of thousands each is read once. */
export function orderOfValues(values: readonly string[]): number[] {
  const numbers = values.map(numberOf);
  return [...values.keys()].sort((i, j) => compareRead(values[i]!, numbers[i]!, values[j]!, numbers[j]!));
}

function compareRead(a: string, x: number, b: string, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y))
    return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || compareNames(a, b);
  return x < y ? -1 : x > y ? 1 : compareNames(a, b);
}

/** The number that a text is, as JavaScript or Python write one; NaN when it is none, or is not a number in words. */
export function numberOf(text: string): number {
  const plain = text.trim();
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(plain);
  if (infinity) return infinity[1] === '-' ? -Infinity : Infinity;
  // Python's 1_000; not a name such as 1_2_.
  const digits = /^[\d_.+\-eE]+$/.test(plain) ? plain.replace(/(?<=\d)_(?=\d)/g, '') : plain;
  return digits === '' ? NaN : Number(digits);
}
