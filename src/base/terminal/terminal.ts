import { eastAsianWidth } from 'get-east-asian-width';
import { Row } from './row.js';

export interface TerminalSize {
  /** Lines that the cursor can go back to. */
  rows: number;
  /** Text to the right of them is dropped, not wrapped. */
  columns: number;
}

/** More rows than a terminal has, since a program moves up as far as its own idea of the height allows. */
const SIZE: TerminalSize = { rows: 100, columns: 2_000 };
const TAB = 8;

/** A stretch without control characters. */
// eslint-disable-next-line no-control-regex
const TEXT = /[^\x00-\x1F\x7F-\x9F]+/y;
/** Characters of one column and one UTF-16 unit, as logs and progress bars are made of. */
const PLAIN = /[ -~\u00A1-\u02FF\u2010-\u2027\u2190-\u21FF\u2500-\u25FC\u2800-\u28FF]+/y;
const MARK = /^(?:\p{M}|[\u200B-\u200F\u2060])/u;
/** `ESC [ … m` and the like: parameters and the letter that says what to do. */
// eslint-disable-next-line no-control-regex
const CONTROL_SEQUENCE = /(?:\x1B\[|\x9B)([0-?]*)[ -/]*([@-~])/y;
/** Sequences of several characters that do not affect the position of text. */
// eslint-disable-next-line no-control-regex
const ESCAPE = /\x1B(?:[ -/]+[0-~]|([0-~]))/y;
/** An incomplete escape sequence. */
// eslint-disable-next-line no-control-regex
const BEGUN = /(?:\x1B(?:\[[0-?]*[ -/]*|[ -/]*)|\x9B[0-?]*[ -/]*)$/y;
// eslint-disable-next-line no-control-regex
const BROKEN = /\x1B\[[0-?]*[ -/]*/y;
/** Titles, links and the like: text that is not shown. */
// eslint-disable-next-line no-control-regex
const HIDDEN = /\x1B[\]PX^_]|[\x90\x98\x9D-\x9F]/y;
/** The end of a line also closes it; otherwise an unclosed one would hide the rest. */
// eslint-disable-next-line no-control-regex
const HIDDEN_END = /\x1B\\|[\x07\x18\x1A\x9C]|(?=[\n\x1B])/g;
const LONGEST_SEQUENCE = 200;

/**
 * Shows program output as a terminal would: carriage returns, backspaces and cursor movements are applied, so a
 * progress bar has its last state. Colours are dropped. Text may come in pieces of any length. Lines that scroll away
 * are reported and forgotten, so memory is bounded and they can no longer change.
 */
export class Terminal {
  readonly #size: TerminalSize;
  readonly #onLine: (row: Row) => void;
  #rows = [new Row()];
  #row = 0;
  #column = 0;
  /** Rows that have scrolled away. */
  #gone = 0;
  #saved = { row: 0, column: 0 };
  /** An incomplete escape sequence or character. */
  #begun = '';
  #isHidden = false;
  #reach = 0;

  /** @param onLine called with each line that can no longer change */
  constructor(onLine: (row: Row) => void = () => undefined, size: Partial<TerminalSize> = {}) {
    this.#onLine = onLine;
    this.#size = { ...SIZE, ...size };
  }

  /** Lines that can still change, down to the cursor or the last line with text. */
  get rows(): readonly Row[] {
    void this.#here;
    let end = this.#rows.length;
    while (end > this.#row + 1 && this.#rows[end - 1]?.text === '') end--;
    return this.#rows.slice(0, end);
  }

  /** The furthest the cursor has moved up from the last line. Lines above that have not changed so far. */
  get reach(): number {
    return this.#reach;
  }

  write(more: string): void {
    const text = this.#begun + more;
    this.#begun = '';
    for (let at = 0; at < text.length;) at = this.#isHidden ? this.#hide(text, at) : this.#read(text, at);
  }

  /** @returns where to continue */
  #read(text: string, at: number): number {
    const run = matchAt(TEXT, text, at);
    if (run) {
      const [written] = run;
      const isSplit = at + written.length === text.length && /[\uD800-\uDBFF]$/.test(written);
      this.#print(isSplit ? written.slice(0, -1) : written);
      if (isSplit) this.#begun = written.slice(-1);
      return at + written.length;
    }
    const sequence = matchAt(CONTROL_SEQUENCE, text, at);
    if (sequence) {
      this.#control(sequence[2] ?? '', sequence[1] ?? '');
      return at + sequence[0].length;
    }
    const hidden = matchAt(HIDDEN, text, at);
    if (hidden) {
      this.#isHidden = true;
      return at + hidden[0].length;
    }
    const escape = matchAt(ESCAPE, text, at);
    if (escape && escape[1] !== '[') {
      this.#escape(escape[1] ?? '');
      return at + escape[0].length;
    }
    const begun = matchAt(BEGUN, text, at);
    if (begun && begun[0].length < LONGEST_SEQUENCE) {
      this.#begun = begun[0];
      return text.length;
    }
    const [broken] = matchAt(BROKEN, text, at) ?? [text[at]!];
    if (broken.length === 1) this.#single(text.charCodeAt(at));
    return at + broken.length;
  }

  #hide(text: string, at: number): number {
    const end = matchAt(HIDDEN_END, text, at);
    if (!end) return text.length;
    // An escape at the very end may be the first half of the terminator.
    if (end.index === text.length - 1 && text.endsWith('\x1B')) {
      this.#begun = '\x1B';
      return text.length;
    }
    this.#isHidden = false;
    return end.index + end[0].length;
  }

  #print(text: string): void {
    const row = this.#here;
    for (let at = 0; at < text.length;) {
      const room = this.#size.columns - this.#column;
      const plain = matchAt(PLAIN, text, at)?.[0];
      if (plain) {
        if (room > 0) row.write(this.#column, plain.slice(0, room));
        this.#column = Math.min(this.#column + plain.length, this.#size.columns);
        at += plain.length;
        continue;
      }
      const character = String.fromCodePoint(text.codePointAt(at)!);
      at += character.length;
      if (MARK.test(character)) {
        row.combine(this.#column, character);
        continue;
      }
      const width = eastAsianWidth(character.codePointAt(0)!);
      if (width > room) continue;
      row.writeCharacter(this.#column, character, width);
      this.#column += width;
    }
  }

  #single(code: number): void {
    switch (code) {
      case 0x08:
        this.#column = Math.max(0, this.#column - 1);
        break;
      case 0x09:
        this.#tab();
        break;
      case 0x0a:
      case 0x0b:
      case 0x0c:
      case 0x85:
        this.#column = 0;
        this.#feed();
        break;
      case 0x0d:
        this.#column = 0;
        break;
      case 0x84:
        this.#feed();
        break;
      case 0x8d:
        this.#back();
        break;
    }
  }

  #escape(letter: string): void {
    switch (letter) {
      case '7':
        this.#save();
        break;
      case '8':
        this.#restore();
        break;
      case 'D':
        this.#feed();
        break;
      case 'E':
        this.#column = 0;
        this.#feed();
        break;
      case 'M':
        this.#back();
        break;
      case 'c':
        this.#rows = [new Row()];
        this.#row = this.#column = 0;
        break;
    }
  }

  #control(letter: string, parameters: string): void {
    // `?25l` and the like control the terminal itself.
    if (/[<-?]/.test(parameters)) {
      if (parameters[0] === '?' && (letter === 'J' || letter === 'K'))
        this.#control(letter, parameters.slice(1));
      return;
    }
    const [first = 0, second = 0] = parameters.split(/[;:]/).map((digits) => Math.min(Number(digits), MOST));
    const count = Math.max(1, first);
    switch (letter) {
      case 'A':
        this.#moveTo(this.#row - count, this.#column);
        break;
      case 'B':
      case 'e':
        this.#moveTo(this.#row + count, this.#column);
        break;
      case 'C':
      case 'a':
        this.#moveTo(this.#row, this.#column + count);
        break;
      case 'D':
        this.#moveTo(this.#row, this.#column - count);
        break;
      case 'E':
        this.#moveTo(this.#row + count, 0);
        break;
      case 'F':
        this.#moveTo(this.#row - count, 0);
        break;
      case 'G':
      case '`':
        this.#moveTo(this.#row, count - 1);
        break;
      case 'H':
      case 'f':
        this.#moveTo(count - 1, Math.max(1, second) - 1);
        break;
      case 'd':
        this.#moveTo(count - 1, this.#column);
        break;
      case 'J':
        this.#eraseScreen(first);
        break;
      case 'K':
        this.#eraseLine(first);
        break;
      case 'X':
        this.#here.erase(this.#column, this.#column + count);
        break;
      case 'P':
        this.#here.delete(this.#column, count);
        break;
      case '@':
        this.#here.insert(this.#column, Math.min(count, this.#size.columns));
        this.#here.cut(this.#size.columns);
        break;
      case 'L':
        this.#insertRows(this.#row, count);
        this.#column = 0;
        break;
      case 'M':
        this.#rows.splice(this.#row, count);
        this.#column = 0;
        break;
      case 'S':
        // The cursor stays.
        this.#rows.splice(0, count);
        break;
      case 'T':
        this.#insertRows(0, count);
        break;
      case 's':
        this.#save();
        break;
      case 'u':
        this.#restore();
        break;
    }
  }

  get #here(): Row {
    while (this.#rows.length <= this.#row) this.#rows.push(new Row());
    return this.#rows[this.#row]!;
  }

  #moveTo(row: number, column: number): void {
    this.#row = Math.max(0, Math.min(row, this.#size.rows - 1));
    this.#reach = Math.max(this.#reach, this.#rows.length - 1 - this.#row);
    this.#column = Math.max(0, Math.min(column, this.#size.columns - 1));
  }

  /** A tab at the end of a line stays one; elsewhere it moves the cursor. */
  #tab(): void {
    const next = Math.min((Math.floor(this.#column / TAB) + 1) * TAB, this.#size.columns);
    if (this.#here.length <= this.#column && next > this.#column)
      this.#here.writeCharacter(this.#column, '\t', next - this.#column);
    this.#column = next;
  }

  #feed(): void {
    this.#row++;
    if (this.#row < this.#size.rows) return;
    this.#row--;
    const top = this.#rows.shift() ?? new Row();
    this.#gone++;
    this.#onLine(top);
  }

  #back(): void {
    if (this.#row > 0) this.#moveTo(this.#row - 1, this.#column);
    else this.#insertRows(0, 1);
  }

  #insertRows(at: number, count: number): void {
    if (at > this.#rows.length) return;
    const blank = Array.from({ length: Math.min(count, this.#size.rows - at) }, () => new Row());
    this.#rows.splice(at, 0, ...blank);
    this.#rows.splice(this.#size.rows);
  }

  #save(): void {
    this.#saved = { row: this.#gone + this.#row, column: this.#column };
  }

  #restore(): void {
    this.#moveTo(this.#saved.row - this.#gone, this.#saved.column);
  }

  #eraseLine(what: number): void {
    const row = this.#here;
    if (what === 0) row.erase(this.#column, row.length);
    else if (what === 1) row.erase(0, this.#column + 1);
    else if (what === 2) row.erase(0, row.length);
  }

  #eraseScreen(what: number): void {
    if (what > 2) return;
    if (what === 0 || what === 1) this.#eraseLine(what);
    const [from, to] =
      what === 0 ? [this.#row + 1, this.#rows.length] : [0, what === 1 ? this.#row : this.#rows.length];
    for (let at = from; at < to && at < this.#rows.length; at++) this.#rows[at] = new Row();
  }
}

/** More than any terminal is wide or high. */
const MOST = 100_000;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
