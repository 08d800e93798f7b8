import { Terminal } from '../../base/terminal/terminal.js';

/** The last lines of a log as a terminal shows them, without colours. */
export class LogTail {
  readonly #decoder = new TextDecoder();
  readonly #terminal = new Terminal(({ text }) => this.#keep(text));
  readonly #most: number;
  /** Those that can no longer change. */
  #lines: string[] = [];
  /** How many lines are kept no more. */
  #dropped = 0;

  /** @param most lines to keep, besides one that has no end yet */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many lines there were before those that are kept. */
  get first(): number {
    return this.#dropped + Math.max(0, this.#all.length - this.#most);
  }

  /** Whether there were any. */
  get isCut(): boolean {
    return this.first > 0;
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
    this.#dropped += this.#lines.length - this.#most;
    this.#lines = this.#lines.slice(-this.#most);
  }
}
