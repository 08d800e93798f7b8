import type { ColumnId } from '../../src/panels/table-messages.js';
import { numberText, wordText } from './cell.js';
import type { RunValues } from './values.js';

/** Width of a text in pixels; `isBold` as the best of a column is. */
export type Measure = (text: string, isBold: boolean) => number;

/** Values that are measured of those that came together; the least and the greatest are always among them. */
const SAMPLES = 16;
const DIGIT = /\d/;

/** What columns need for their values. It only grows, so that nothing moves while runs go on. */
export class Widths {
  readonly #values: RunValues;
  readonly #measure: Measure;
  /** Rows as they came; each column is measured up to some place when it is wanted. */
  #came: number[] = [];
  readonly #known = new Map<ColumnId, { upTo: number; width: number }>();

  constructor(values: RunValues, measure: Measure) {
    this.#values = values;
    this.#measure = measure;
  }

  came(rows: Iterable<number>, total: number): void {
    for (const row of rows) this.#came.push(row);
    if (this.#came.length <= 2 * total + 1000) return;
    // Runs that changed again and again are measured once.
    this.#came = [...new Set(this.#came)];
    for (const known of this.#known.values()) known.upTo = 0;
  }

  clear(): void {
    this.#came = [];
    this.forget();
  }

  /** What the columns stand for has changed. */
  forget(): void {
    this.#known.clear();
  }

  /** Pixels of the widest value; 0 without one. @param isMarked whether one of them can be the best */
  widest(id: ColumnId, isMarked: boolean): number {
    let known = this.#known.get(id);
    if (!known) this.#known.set(id, (known = { upTo: 0, width: 0 }));
    const rows = this.#came;
    if (known.upTo === rows.length) return known.width;
    const wanted = new Set<string>();
    for (const row of this.#sample(id, known.upTo)) {
      const number = this.#values.number(id, row);
      const word = number === undefined ? this.#values.text(id, row) : undefined;
      if (number !== undefined) wanted.add(numberText(id, number, this.#values.now));
      else if (word !== undefined) wanted.add(wordText(id, word));
    }
    known.upTo = rows.length;
    for (const text of wanted) known.width = Math.max(known.width, this.#measure(text, isMarked));
    return known.width;
  }

  #sample(id: ColumnId, from: number): Set<number> {
    const rows = this.#came;
    const sample = new Set<number>();
    const step = Math.max(1, (rows.length - from) / SAMPLES);
    for (let i = from; i < rows.length; i += step) sample.add(rows[Math.floor(i)]!);
    const data = this.#values.data(id);
    if (data?.kind !== 'number' || step === 1) return sample;
    let least = -1;
    let greatest = -1;
    for (let i = from; i < rows.length; i++) {
      const row = rows[i]!;
      const value = data.values[row]!;
      if (data.isSet[row] === 0 || !Number.isFinite(value)) continue;
      if (least < 0 || value < data.values[least]!) least = row;
      if (greatest < 0 || value > data.values[greatest]!) greatest = row;
    }
    for (const row of [least, greatest]) if (row >= 0) sample.add(row);
    return sample;
  }
}

/** Measures in the font of an element: character by character, as digits are set in a table. */
export function measureIn(element: Element): Measure {
  const context = document.createElement('canvas').getContext('2d')!;
  const { fontSize, fontFamily } = getComputedStyle(element);
  const [plain, bold] = ['normal', '600'].map((weight) => {
    const known = new Map<string, number>();
    return (character: string): number => {
      let width = known.get(character);
      if (width !== undefined) return width;
      context.font = `${weight} ${fontSize} ${fontFamily}`;
      // All digits are as wide as the widest of them.
      const drawn = DIGIT.test(character) ? [...'0123456789'] : [character];
      width = Math.max(...drawn.map((one) => context.measureText(one).width));
      known.set(character, width);
      return width;
    };
  }) as [(character: string) => number, (character: string) => number];
  return (text, isBold) => {
    const widthOf = isBold ? bold : plain;
    let width = 0;
    for (const character of text) width += widthOf(character);
    return width;
  };
}

/** Where there is no page to measure in. */
export const roughly: Measure = (text) => text.length * 7.5;
