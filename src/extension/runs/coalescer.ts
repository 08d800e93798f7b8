/**
 * Runs `work` soon after `trigger`, once for any number of triggers, one at a time and with `gap` ms between two.
 * A trigger that comes while `work` runs is kept, and a `work` that fails does not end the series.
 */
export class Coalescer {
  readonly #work: () => Promise<void>;
  readonly #gap: number;
  readonly #onError: (error: unknown) => void;
  #isWanted = false;
  #isBusy = false;
  #isDisposed = false;

  constructor(work: () => Promise<void>, gap: number, onError: (error: unknown) => void) {
    this.#work = work;
    this.#gap = gap;
    this.#onError = onError;
  }

  trigger(): void {
    this.#isWanted = true;
    if (!this.#isBusy) void this.#drain();
  }

  dispose(): void {
    this.#isDisposed = true;
  }

  async #drain(): Promise<void> {
    this.#isBusy = true;
    try {
      while (this.#isWanted && !this.#isDisposed) {
        this.#isWanted = false;
        await this.#work().catch(this.#onError);
        await new Promise((resolve) => setTimeout(resolve, this.#gap));
      }
    } finally {
      this.#isBusy = false;
    }
  }
}
