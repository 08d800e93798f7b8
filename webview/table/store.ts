import { numberOf, orderOfValues } from '../../src/base/order.js';
import type { ColumnId, RunChunk } from '../../src/panels/table-messages.js';

/** What the cells of a column hold; rows are those of the store. */
export interface NumberData {
  kind: 'number';
  values: Float64Array;
  isSet: Uint8Array;
}

export interface TextData {
  kind: 'text';
  words: string[];
  /** Index into `words` plus one; 0 where there is none. */
  codes: Uint32Array;
  /** Place of each word in the order of the column: numbers by value, then texts. */
  ranks: Uint32Array;
  /** Every word is a number, as those of most hyperparameters. */
  isNumeric: boolean;
}

export type ColumnData = NumberData | TextData;

export function textAt(column: ColumnData | undefined, row: number): string | undefined {
  if (column?.kind !== 'text') return undefined;
  const code = column.codes[row]!;
  return code === 0 ? undefined : column.words[code - 1];
}

export function numberAt(column: ColumnData | undefined, row: number): number | undefined {
  return column?.kind === 'number' && column.isSet[row] === 1 ? column.values[row] : undefined;
}

/** Runs by columns. A row, once given to a run, stays its own until the store is cleared. */
export class RunStore {
  readonly ids: string[] = [];
  readonly columns = new Map<ColumnId, ColumnData>();
  readonly #rows = new Map<string, number>();
  readonly #indexes = new Map<ColumnId, Map<string, number>>();
  #capacity = 1024;

  get size(): number {
    return this.#rows.size;
  }

  /** Rows that hold a run, in the order they came. */
  rows(): Uint32Array {
    return Uint32Array.from(this.#rows.values());
  }

  rowOf(id: string): number | undefined {
    return this.#rows.get(id);
  }

  clear(): void {
    this.ids.length = 0;
    this.columns.clear();
    this.#rows.clear();
    this.#indexes.clear();
  }

  /** Takes runs over, in place of what was known of them. */
  put(chunk: RunChunk): void {
    const known: number[] = [];
    const rows = chunk.ids.map((id) => {
      const row = this.#rows.get(id);
      if (row !== undefined) {
        known.push(row);
        return row;
      }
      const added = this.ids.push(id) - 1;
      this.#rows.set(id, added);
      return added;
    });
    this.#grow(this.ids.length);
    for (const column of this.columns.values()) {
      const present = column.kind === 'number' ? column.isSet : column.codes;
      for (const row of known) present[row] = 0;
    }
    for (const { id, values, isSet } of chunk.numbers) {
      const column = this.#number(id);
      for (let i = 0; i < rows.length; i++) {
        column.values[rows[i]!] = values[i]!;
        column.isSet[rows[i]!] = isSet[i]!;
      }
    }
    for (const { id, words, codes } of chunk.texts) {
      const column = this.#text(id);
      const index = this.#indexes.get(id)!;
      const before = column.words.length;
      const translated = words.map((word) => {
        let code = index.get(word);
        if (code === undefined) index.set(word, (code = column.words.push(word)));
        return code;
      });
      for (let i = 0; i < rows.length; i++) {
        const code = codes[i]!;
        column.codes[rows[i]!] = code === 0 ? 0 : translated[code - 1]!;
      }
      if (column.words.length > before) rank(column);
    }
  }

  remove(ids: Iterable<string>): void {
    for (const id of ids) this.#rows.delete(id);
  }

  #number(id: ColumnId): NumberData {
    const known = this.columns.get(id);
    if (known?.kind === 'number') return known;
    const column: NumberData = {
      kind: 'number',
      values: new Float64Array(this.#capacity),
      isSet: new Uint8Array(this.#capacity),
    };
    this.columns.set(id, column);
    return column;
  }

  #text(id: ColumnId): TextData {
    const known = this.columns.get(id);
    if (known?.kind === 'text') return known;
    const column: TextData = {
      kind: 'text',
      words: [],
      codes: new Uint32Array(this.#capacity),
      ranks: new Uint32Array(),
      isNumeric: true,
    };
    this.columns.set(id, column);
    this.#indexes.set(id, new Map());
    return column;
  }

  #grow(count: number): void {
    if (count <= this.#capacity) return;
    while (this.#capacity < count) this.#capacity *= 2;
    for (const column of this.columns.values()) {
      if (column.kind === 'number') {
        column.values = grown(column.values, new Float64Array(this.#capacity));
        column.isSet = grown(column.isSet, new Uint8Array(this.#capacity));
      } else column.codes = grown(column.codes, new Uint32Array(this.#capacity));
    }
  }
}

function grown<T extends Float64Array | Uint8Array | Uint32Array>(old: T, fresh: T): T {
  fresh.set(old);
  return fresh;
}

function rank(column: TextData): void {
  const { words } = column;
  column.isNumeric = words.every((word) => !Number.isNaN(numberOf(word)));
  column.ranks = new Uint32Array(words.length);
  for (const [place, word] of orderOfValues(words).entries()) column.ranks[word] = place;
}
