import { stripVTControlCharacters } from 'node:util';

const LONGEST_LINE = 2_000;

/** The last lines of a log as plain text: without colours, and of a progress bar what it shows last. */
export class LogTail {
  readonly #decoder = new TextDecoder();
  readonly #most: number;
  #lines: string[] = [];
  #open = '';
  #isCut = false;

  /** @param most lines to keep */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether there were lines before those that are kept. */
  get isCut(): boolean {
    return this.#isCut;
  }

  push(chunk: Uint8Array): void {
    const lines = (this.#open + this.#decoder.decode(chunk, { stream: true })).split('\n');
    this.#open = overwritten(lines.pop() ?? '');
    this.#lines.push(...lines.map((line) => overwritten(line.replace(/\r$/, ''))));
    if (this.#lines.length <= this.#most) return;
    this.#lines = this.#lines.slice(-this.#most);
    this.#isCut = true;
  }

  get text(): string {
    const lines = this.#open === '' ? this.#lines : [...this.#lines, this.#open];
    return lines.map((line) => stripVTControlCharacters(line).replace(/\r$/, '')).join('\n');
  }
}

/** What a carriage return leaves of a line; one at the end may be half of a line's end, or comes before the next state. */
function overwritten(line: string): string {
  const at = line.lastIndexOf('\r', line.length - 2);
  return line.slice(at + 1).slice(0, LONGEST_LINE);
}
