import type { Jobs } from '../../workspace/workspace.js';
import { LogTail } from './log-tail.js';

const TELL_MS = 150;
/** After which a log that gives nothing is taken for an empty one. */
const EMPTY_MS = 1_000;
const MOST_LINES = 200;
/** Bytes from the end of the log in which so many lines are looked for. */
const MOST_BYTES = 128 * 1024;

interface Options {
  /** The log of a run. */
  log: Jobs['log'];
  tell: (runId: string, end: Pick<LogTail, 'text' | 'isCut' | 'first'>) => void;
  failed: (error: unknown) => void;
}

/** Follows the end of the log of one run at a time, as a terminal shows it. */
export class LogEnd {
  readonly #options: Options;
  #abort: AbortController | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Until it is asked for another, or for none. */
  async follow(runId: string | undefined): Promise<void> {
    this.dispose();
    if (runId === undefined) return;
    const abort = new AbortController();
    this.#abort = abort;
    const { log, tell, failed } = this.#options;
    const tail = new LogTail(MOST_LINES);
    let timer: NodeJS.Timeout | undefined;
    const tellNow = () => {
      timer = undefined;
      if (!abort.signal.aborted) tell(runId, tail);
    };
    const empty = setTimeout(tellNow, EMPTY_MS);
    try {
      const options = { from: -MOST_BYTES, follow: true };
      for await (const chunk of log(runId, options, abort.signal)) {
        clearTimeout(empty);
        tail.push(chunk);
        timer ??= setTimeout(tellNow, TELL_MS);
      }
      clearTimeout(timer);
      tellNow();
    } catch (error) {
      if (!abort.signal.aborted) failed(error);
    } finally {
      clearTimeout(empty);
      clearTimeout(timer);
    }
  }

  dispose(): void {
    this.#abort?.abort();
    this.#abort = undefined;
  }
}
