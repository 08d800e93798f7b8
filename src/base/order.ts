/** The order of names and values wherever they are listed: in tables, on axes, in legends and menus. */

const natural = new Intl.Collator('en', { numeric: true });

/** `layer2` before `layer10`. Names that compare equal, such as `1` and `01`, still have a fixed order. */
export function compareNames(a: string, b: string): number {
  return natural.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * Values of params and tags: numbers by size, however they are written (`1e-4` before `0.001`), then texts like names,
 * then missing values.
 */
export function compareValues(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compareRead(a, numberOf(a), b, numberOf(b));
}

/** The ranks of the values in that order. Each value is parsed once. */
export function orderOfValues(values: readonly string[]): number[] {
  const numbers = values.map(numberOf);
  return [...values.keys()].sort((i, j) => compareRead(values[i]!, numbers[i]!, values[j]!, numbers[j]!));
}

function compareRead(a: string, x: number, b: string, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y))
    return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || compareNames(a, b);
  return x < y ? -1 : x > y ? 1 : compareNames(a, b);
}

/** The number in a text, as JavaScript or Python write it; NaN if it is not a number or spells NaN. */
export function numberOf(text: string): number {
  const plain = text.trim();
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(plain);
  if (infinity) return infinity[1] === '-' ? -Infinity : Infinity;
  // Python's 1_000; not a name such as 1_2_.
  const digits = /^[\d_.+\-eE]+$/.test(plain) ? plain.replace(/(?<=\d)_(?=\d)/g, '') : plain;
  return digits === '' ? NaN : Number(digits);
}
