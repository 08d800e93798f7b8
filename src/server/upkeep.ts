import type { Logger } from 'pino';
import { type Home, tidy } from '../snapshot/tidy.js';

/** Milliseconds; packs of a submit are held for an hour. */
const AGAIN = 60 * 60_000;

/** Maintains the repositories that hold runs, one after the other, each at most once an hour. */
export class Upkeep {
  private readonly log: Logger;
  private readonly seen = new Map<string, number>();
  private last: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(log: Logger) {
    this.log = log;
  }

  /** In the background. */
  add(homes: readonly Home[]): void {
    const now = Date.now();
    for (const home of homes) {
      if (now - (this.seen.get(home.gitDir) ?? -AGAIN) < AGAIN) continue;
      this.seen.set(home.gitDir, now);
      this.last = this.last.then(() => this.tidy(home));
    }
  }

  /** Resolves when the current one is done; no others are started. */
  async close(): Promise<void> {
    this.closed = true;
    await this.last;
  }

  private async tidy(home: Home): Promise<void> {
    if (this.closed) return;
    await tidy(home).catch((error: unknown) =>
      this.log.error({ err: error, gitDir: home.gitDir }, 'a run repository could not be tidied'),
    );
  }
}
