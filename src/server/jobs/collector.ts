import type { Logger } from 'pino';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import type { Collected, Target } from '../../targets/target.js';
import type { Targets } from '../../targets/targets.js';
import type { RunState } from '../../workspace/types.js';
import { keepOutputs } from '../data/keep-outputs.js';
import { isActive, type JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { attemptTwice, UnreachableError } from './contact.js';
import { foldersOf } from './folders.js';
import { type LostFile, Outputs } from './outputs.js';

/** Milliseconds between tries to keep what jobs wrote that have ended. */
const EVERY = 15_000;
/** The last sentence of a reason, while there is something to be kept. */
const NOT_YET = 'Some of its files are not kept yet; Trainyard keeps trying:';

export interface Kept extends Required<Collected> {
  /** Sentences for people on what is lost, and on outputs that could not be registered or copied. */
  lost: string[];
  /** Why there is more to be kept when the disk or git allow it. */
  again?: string;
  /** Event files are there that nobody has read. */
  hasEvents: boolean;
}

export interface CollectorOptions {
  store: Store;
  targets: Targets;
  home: string;
  log: Logger;
  /** For a job that has ended, when all that it wrote is kept after all. */
  onKept: (job: JobRecord) => void;
}

/** Keeps what jobs wrote: when a job ends, and again and again while the disk or git do not take all of it. */
export class Collector {
  private readonly options: CollectorOptions;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(options: CollectorOptions) {
    this.options = options;
  }

  /**
   * @param state in which the job ends, or has ended
   * @throws UnreachableError when the target cannot hand over all of it now
   */
  async collect(job: JobRecord, target: Target, state: RunState): Promise<Kept> {
    const { store, home, log } = this.options;
    const { runId, handle } = job;
    const events = target.eventFolders ? undefined : foldersOf(home, runId).events;
    let outputs = new Outputs(store, runId, events);
    let collected: Collected = {};
    try {
      if (handle)
        collected = await attemptTwice(target, () => {
          outputs = new Outputs(store, runId, events);
          return target.collect(handle, outputs);
        });
    } catch (error) {
      const cause = error instanceof UnreachableError ? error.cause : error;
      if (error instanceof UnreachableError && !mayPass(cause)) throw error;
      outputs.lost('What it wrote beside its code', cause);
    }
    await outputs.flush();
    const { failed, hasEvents } = outputs;
    for (const { file, error } of failed) log.error({ err: error, runId, file }, 'file not kept');
    const passing = failed.find(({ error }) => mayPass(error));
    const lost = failed.filter(({ error }) => !mayPass(error)).map(sentenceOn);
    // Files for which there was no room come later, and so does what follows from them.
    if (state === 'finished' && !passing) lost.push(...(await keepOutputs(store, job)));
    const { notes = [], stores = [], outsideCode = [] } = collected;
    return {
      notes,
      stores,
      outsideCode,
      hasEvents,
      lost,
      ...(passing && { again: `${passing.file}: ${messageOf(passing.error)}` }),
    };
  }

  /** Tries to keep what is to be kept of jobs that have ended, now and later. */
  async retry(): Promise<void> {
    clearTimeout(this.timer);
    for (const job of this.options.store.jobs.uncollected()) if (!isActive(job)) await this.retryOne(job);
    if (this.options.store.jobs.uncollected().length > 0) this.later();
  }

  later(): void {
    clearTimeout(this.timer);
    if (!this.closed) this.timer = setTimeout(() => void this.retry(), EVERY).unref();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private async retryOne(job: JobRecord): Promise<void> {
    const { store, targets, log, onKept } = this.options;
    const { runId } = job;
    if (this.closed) return;
    try {
      const { lost, again } = await this.collect(job, await targets.require(job.spec.target), job.state);
      if (again !== undefined) return;
      const [before] = (job.reason ?? '').split(NOT_YET);
      const reason = reasonOf([before?.trim(), ...lost]);
      await store.write(() => store.jobs.update(runId, { reason, collected: undefined, uncollected: false }));
      onKept(job);
    } catch (error) {
      if (this.closed) return;
      log.error({ err: error, runId }, 'what a job wrote could not be kept; it is tried again');
    }
  }
}

/** The sentences that there are, and why there is more to be kept. */
export function reasonOf(sentences: readonly (string | undefined)[], again?: string): string | undefined {
  const all = [...sentences, again && `${NOT_YET} ${again}`];
  return all.filter(Boolean).join(' ') || undefined;
}

function sentenceOn({ file, error }: LostFile): string {
  return `${file} was not kept: ${messageOf(error)}`;
}

/** Whether the same may go well later: there is no room now, or git is not there. */
function mayPass(error: unknown): boolean {
  if (TrainyardError.is(error))
    return error.code === 'STORE_FULL' || error.code === 'GIT_FAILED' || mayPass(error.cause);
  return hasCode(error, 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO');
}
