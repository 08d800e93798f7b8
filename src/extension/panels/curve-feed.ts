import { messageOf } from '../../base/errors.js';
import type { Points, PointsRequest } from '../../workspace/types.js';
import type { CurveCell, ToTable } from '../../panels/table-messages.js';

/** Of one cell; a long series comes from the overviews that the workspace keeps. */
const POINTS = 60;
/** Cells that are asked for at once: few, so that what is scrolled by is soon given up. */
const AT_ONCE = 50;

interface Options {
  /** Names runs by key. */
  points: (requests: PointsRequest[], maxPoints: number, signal: AbortSignal) => Promise<Points[]>;
  post: (message: ToTable) => void;
  warn: (message: string) => void;
}

/** Reads the curves of the cells of one workspace that are in sight, some at a time. */
export class CurveFeed {
  readonly #options: Options;
  readonly #abort = new AbortController();
  #wanted: readonly CurveCell[] = [];
  #isBusy = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** In place of those that were wanted before and are not read yet. */
  want(cells: readonly CurveCell[]): void {
    this.#wanted = cells;
    if (!this.#isBusy) void this.#readAll();
  }

  dispose(): void {
    this.#abort.abort();
    this.#wanted = [];
  }

  async #readAll(): Promise<void> {
    const { points: read, post, warn } = this.#options;
    const { signal } = this.#abort;
    this.#isBusy = true;
    try {
      while (this.#wanted.length > 0) {
        const cells = this.#wanted.slice(0, AT_ONCE);
        this.#wanted = this.#wanted.slice(AT_ONCE);
        const series = cells.map(({ runId, metric }) => ({ runId, key: metric, from: 0 }));
        const points = await read(series, POINTS, signal);
        if (signal.aborted) return;
        post({
          type: 'curves',
          curves: points.map(({ runId, key, steps, values }) => ({ runId, metric: key, steps, values })),
        });
      }
    } catch (error) {
      // The cells keep their last value, which is what counts; the next scroll or change asks again.
      this.#wanted = [];
      if (!signal.aborted) warn(`Curves could not be read: ${messageOf(error)}`);
    } finally {
      this.#isBusy = false;
    }
  }
}
