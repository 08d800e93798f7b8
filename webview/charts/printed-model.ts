import type { FromCharts, PrintedLog, ToCharts } from '../../src/panels/messages.js';

/** The end of the log of the run that is shown where charts would be. */
export class PrintedModel {
  log: PrintedLog | undefined;
  readonly #post: (message: FromCharts) => void;
  readonly #listeners = new Set<() => void>();
  #runId: string | undefined;

  constructor(post: (message: FromCharts) => void) {
    this.#post = post;
  }

  onChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Undefined for none. */
  want(runId: string | undefined): void {
    if (runId === this.#runId) return;
    this.#runId = runId;
    this.log = undefined;
    this.#post({ type: 'log', runId: runId ?? null });
  }

  receive({ runId, log }: Extract<ToCharts, { type: 'log' }>): void {
    if (runId !== this.#runId) return;
    this.log = log;
    for (const listener of this.#listeners) listener();
  }

  /** The host was restarted, and only sends what it is asked for. */
  restart(): void {
    if (this.#runId !== undefined) this.#post({ type: 'log', runId: this.#runId });
  }

  readNumbers(line: string): void {
    if (this.#runId !== undefined) this.#post({ type: 'readNumbers', runId: this.#runId, line });
  }

  openWhole(): void {
    if (this.#runId !== undefined) this.#post({ type: 'showLog', runId: this.#runId });
  }
}
