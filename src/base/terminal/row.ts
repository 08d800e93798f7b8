/**
 * One line of a terminal. A cell is a column: a character with its combining marks. A character wider than one column,
 * or a tab, is followed by empty cells. As long as every character takes one column, which is true for most lines, the
 * cells are a plain string.
 */
export class Row {
  #cells: string | string[] = '';

  /** Without blanks at its end. */
  get text(): string {
    return (typeof this.#cells === 'string' ? this.#cells : this.#cells.join('')).trimEnd();
  }

  /** Columns that were written. */
  get length(): number {
    return this.#cells.length;
  }

  /** @param text characters of one UTF-16 unit and one column each */
  write(column: number, text: string): void {
    if (typeof this.#cells !== 'string') this.#put(column, [...text]);
    else if (column >= this.#cells.length) this.#cells = this.#cells.padEnd(column) + text;
    else this.#cells = this.#cells.slice(0, column) + text + this.#cells.slice(column + text.length);
  }

  /** @param width columns that it takes, 1 or more */
  writeCharacter(column: number, character: string, width: number): void {
    this.#put(column, [character, ...Array<string>(width - 1).fill('')]);
  }

  /** Adds a mark, such as an accent, to the character that ends before `column`. */
  combine(column: number, mark: string): void {
    const cells = this.#array();
    let at = Math.min(column, cells.length) - 1;
    while (at > 0 && cells[at] === '') at--;
    // A broken program may put thousands of marks on one letter.
    if (at >= 0 && (cells[at]?.length ?? 0) < MOST_MARKS) cells[at] += mark;
  }

  /** Makes the columns from `start` up to `end` blank. */
  erase(start: number, end: number): void {
    if (start >= this.length) return;
    if (end >= this.length) {
      this.#split(start);
      this.#cells = this.#cells.slice(0, start);
    } else this.write(start, ' '.repeat(end - start));
  }

  /** Takes columns out; what is right of them moves left. */
  delete(start: number, count: number): void {
    if (start >= this.length) return;
    this.#split(start);
    this.#split(start + count);
    this.#join(this.#cells.slice(0, start), '', this.#cells.slice(start + count));
  }

  /** Puts blank columns in; what is there moves right. */
  insert(start: number, count: number): void {
    if (start >= this.length) return;
    this.#split(start);
    this.#join(this.#cells.slice(0, start), ' '.repeat(count), this.#cells.slice(start));
  }

  /** Forgets what is right of `columns`. */
  cut(columns: number): void {
    if (this.length > columns) this.erase(columns, this.length);
  }

  #put(column: number, written: string[]): void {
    const cells = this.#array();
    this.#split(column);
    this.#split(column + written.length);
    while (cells.length < column) cells.push(' ');
    for (const [i, cell] of written.entries()) cells[column + i] = cell;
  }

  /** A character cut in half becomes blank. */
  #split(border: number): void {
    const cells = this.#cells;
    if (typeof cells === 'string' || cells[border] !== '') return;
    let start = border;
    while (start > 0 && cells[start] === '') start--;
    cells[start] = ' ';
    for (let at = start + 1; cells[at] === ''; at++) cells[at] = ' ';
  }

  #join(left: string | string[], middle: string, right: string | string[]): void {
    this.#cells =
      typeof left === 'string' && typeof right === 'string'
        ? left + middle + right
        : [...left, ...middle, ...right];
  }

  #array(): string[] {
    if (typeof this.#cells === 'string') this.#cells = this.#cells.split('');
    return this.#cells;
  }
}

const MOST_MARKS = 32;
