import { Terminal } from '../../base/terminal/terminal.js';

/** The last lines of a log as a terminal shows them, without colours. */
export class LogTail {
  readonly #decoder = new TextDecoder();
  readonly #terminal = new Terminal(({ text }) => this.#keep(text));
  readonly #most: number;
  /** Those that can no longer change. */
  #lines: string[] = [];
  #isCut = false;

  /** @param most lines to keep, besides one that has no end yet */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether there were lines before those that are kept. */
  get isCut(): boolean {
    return this.#isCut || this.#all.length > this.#most;
  }

  push(chunk: Uint8Array): void {
    this.#terminal.write(this.#decoder.decode(chunk, { stream: true }));
  }

  get text(): string {
    const open = this.#terminal.rows.at(-1)?.text ?? '';
    const lines = this.#all.slice(-this.#most);
    return (open === '' ? lines : [...lines, open]).join('\n');
  }

  /** All but the last, which has no end yet. */
  get #all(): string[] {
    return [...this.#lines, ...this.#terminal.rows.slice(0, -1).map(({ text }) => text)];
  }

  #keep(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length <= 2 * this.#most) return;
    this.#lines = this.#lines.slice(-this.#most);
    this.#isCut = true;
  }
}
