import type { Logger } from 'pino';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import type { Collected, Target } from '../../targets/target.js';
import type { Targets } from '../../targets/targets.js';
import type { RunState } from '../../workspace/types.js';
import { keepOutputs } from '../data/keep-outputs.js';
import type { Places } from '../data/locate.js';
import type { DatastoreSecrets } from '../datastores/secrets.js';
import { isActive, type JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { attemptTwice, UnreachableError } from './contact.js';
import { foldersOf } from './folders.js';
import { type LostFile, Outputs } from './outputs.js';
import { WaitingWords } from './waiting-words.js';

/** Milliseconds between tries to keep what jobs wrote that have ended. */
const EVERY = 15_000;
/** What begins the sentences on outputs at the end of a reason. */
const OUTPUTS = 'These outputs were not registered or copied:';
/** The last sentence of a reason, while there is something to be kept. */
const NOT_YET = 'Some of its files are not kept yet; Trainyard keeps trying:';

export interface Kept extends Required<Collected> {
  /** Sentences for people on what is lost. */
  lost: string[];
  /** And on outputs that could not be registered or copied. */
  problems: string[];
  /** Why there is more to be kept when the disk, git or a datastore allow it. */
  again?: string;
  /** Event files are there that nobody has read. */
  hasEvents: boolean;
}

export interface CollectorOptions {
  store: Store;
  targets: Targets;
  home: string;
  log: Logger;
  /** Of datastores. */
  secrets: DatastoreSecrets;
  /** For a job that has ended, when all that it wrote is kept after all. */
  onKept: (job: JobRecord) => void;
}

/** Keeps what jobs wrote: when a job ends, and again and again while the disk or git do not take all of it. */
export class Collector {
  private readonly options: CollectorOptions;
  private timer: NodeJS.Timeout | undefined;
  private readonly closing = new AbortController();

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
    const { problems = [], again } = state === 'finished' && !passing ? await this.keepOutputs(job) : {};
    const { notes = [], stores = [], outsideCode = [] } = collected;
    return {
      notes,
      stores,
      outsideCode,
      hasEvents,
      lost,
      problems,
      ...(again !== undefined && { again }),
      ...(passing && { again: `${passing.file}: ${messageOf(passing.error)}` }),
    };
  }

  /**
   * Registers and copies the outputs of a job once more that has finished.
   * @returns a sentence on each for which that failed
   */
  async repeatOutputs(job: JobRecord): Promise<string[]> {
    const { store } = this.options;
    const { problems, again } = await this.keepOutputs(job);
    // What a target has of it is gone, so nothing of it is tried again by itself.
    const failed = [...problems, ...(again === undefined ? [] : [again])];
    if (!job.uncollected)
      await store.write(() =>
        store.jobs.update(job.runId, { reason: reasonOf([restOf(job)], { problems: failed }) }),
      );
    return failed;
  }

  /** Tries to keep what is to be kept of jobs that have ended, now and later. */
  async retry(): Promise<void> {
    clearTimeout(this.timer);
    for (const job of this.options.store.jobs.uncollected()) if (!isActive(job)) await this.retryOne(job);
    if (this.options.store.jobs.uncollected().length > 0) this.later();
  }

  later(): void {
    clearTimeout(this.timer);
    if (!this.closing.signal.aborted) this.timer = setTimeout(() => void this.retry(), EVERY).unref();
  }

  close(): void {
    this.closing.abort();
    clearTimeout(this.timer);
  }

  private keepOutputs(job: JobRecord) {
    const { store, secrets, log } = this.options;
    const { runId } = job;
    const waiting = new WaitingWords(store, runId, log);
    const places: Places = { store, secrets };
    const { signal } = this.closing;
    const tell = (words: string) => waiting.tell(words);
    return keepOutputs(places, job, { signal, tell }).finally(() => waiting.end());
  }

  private async retryOne(job: JobRecord): Promise<void> {
    const { store, targets, log, onKept } = this.options;
    const { runId } = job;
    if (this.closing.signal.aborted) return;
    try {
      const { lost, problems, again } = await this.collect(
        job,
        await targets.require(job.spec.target),
        job.state,
      );
      if (again !== undefined) return;
      const reason = reasonOf([restOf(job), ...lost], { problems });
      await store.write(() => store.jobs.update(runId, { reason, collected: undefined, uncollected: false }));
      onKept(job);
    } catch (error) {
      if (this.closing.signal.aborted) return;
      log.error({ err: error, runId }, 'what a job wrote could not be kept; it is tried again');
    }
  }
}

/** The sentences that there are, on outputs, and why there is more to be kept. */
export function reasonOf(
  sentences: readonly (string | undefined)[],
  { problems = [], again }: { problems?: readonly string[]; again?: string } = {},
): string | undefined {
  const all = [
    ...sentences,
    ...(problems.length > 0 ? [OUTPUTS, ...problems] : []),
    again && `${NOT_YET} ${again}`,
  ];
  return all.filter(Boolean).join(' ') || undefined;
}

/** Whether outputs are named in a reason that are not where they belong. */
export function lacksOutputs(reason: string | undefined): boolean {
  return reason?.includes(OUTPUTS) ?? false;
}

/** A reason without what may be other by now. */
function restOf({ reason = '' }: Pick<JobRecord, 'reason'>): string {
  return (reason.split(NOT_YET)[0] ?? '').split(OUTPUTS)[0]?.trim() ?? '';
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
