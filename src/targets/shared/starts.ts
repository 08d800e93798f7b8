/** Starts of jobs that are on their way, for targets of every kind. */
import fs from 'node:fs';
import type { BuildProgress, TargetStatus } from '../target.js';

export interface Starting {
  /** Ends what takes long: a pull, a build. */
  abort: AbortController;
  /** What it waits for, for people. */
  why?: string;
}

export class Starts {
  private readonly starting = new Map<string, Starting & { done: Promise<void> }>();

  /** Starts a job, or waits for the start of it that is on its way. @param key of the job */
  begin(key: string, start: (starting: Starting) => Promise<void>): Promise<void> {
    const known = this.starting.get(key);
    if (known) return known.done;
    const starting = { abort: new AbortController(), done: Promise.resolve() };
    this.starting.set(key, starting);
    starting.done = start(starting).finally(() => this.starting.delete(key));
    return starting.done;
  }

  /** undefined: the job is not being started. */
  statusOf(key: string): TargetStatus | undefined {
    const starting = this.starting.get(key);
    if (!starting) return undefined;
    return starting.why === undefined ? { state: 'starting' } : { state: 'waiting', why: starting.why };
  }

  abort(key: string): void {
    this.starting.get(key)?.abort.abort();
  }

  /** Ends all of them, and waits for that. */
  async abortAll(): Promise<void> {
    const all = [...this.starting.values()];
    for (const { abort } of all) abort.abort();
    await Promise.all(all.map(({ done }) => done.catch(() => undefined)));
  }
}

/** For a build that a start waits for: what it prints goes to the job's log, and its steps to the job's status. */
export function buildProgress(starting: Starting, log: string): BuildProgress {
  return {
    onOutput: (text) => fs.appendFileSync(log, text, { mode: 0o600 }),
    onStep: (step, of, text) => {
      starting.why = `Building its environment, step ${step}${of > 0 ? ` of ${of}` : ''}: ${text}`;
    },
    signal: starting.abort.signal,
  };
}
