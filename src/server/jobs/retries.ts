/** The most milliseconds between tries. */
const LONGEST_WAIT = 30_000;

/** Failures of one job in a row. Times are ms since the epoch. */
export interface Failure {
  since: number;
  count: number;
  retryAt: number;
}

/** When what went wrong for a job is tried again: each failure in a row doubles the wait, up to half a minute. */
export class Retries {
  private readonly failed = new Map<string, Failure>();

  isDue(runId: string, now = Date.now()): boolean {
    return now >= (this.failed.get(runId)?.retryAt ?? 0);
  }

  /** @param wait milliseconds after the first failure. @returns how many in a row, and since when */
  failure(runId: string, wait: number, now = Date.now()): Failure {
    const { since, count } = this.failed.get(runId) ?? { since: now, count: 0 };
    const delay = Math.min(wait * 2 ** count, LONGEST_WAIT);
    const failed = { since, count: count + 1, retryAt: now + delay };
    this.failed.set(runId, failed);
    return failed;
  }

  success(runId: string): void {
    this.failed.delete(runId);
  }
}
