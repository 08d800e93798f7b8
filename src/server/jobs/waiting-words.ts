import type { Logger } from 'pino';
import type { Store } from '../store/store.js';

/** What a job that has not ended waits for, told while it goes on. */
export class WaitingWords {
  private readonly store: Store;
  private readonly runId: string;
  private readonly log: Logger;
  private told: string | undefined;

  constructor(store: Store, runId: string, log: Logger) {
    this.store = store;
    this.runId = runId;
    this.log = log;
  }

  /** @param words e.g. “Downloading rows (1.2 of 3 GB)” */
  tell(words: string | undefined): void {
    if (words === this.told) return;
    this.told = words;
    const { store, runId } = this;
    store
      .write(() => {
        if (store.jobs.isActive(runId)) store.jobs.update(runId, { waiting: words });
      })
      .catch((error: unknown) => this.log.warn({ err: error, runId }, 'progress was not written'));
  }

  /** It waits no more. */
  end(): void {
    this.tell(undefined);
  }
}
