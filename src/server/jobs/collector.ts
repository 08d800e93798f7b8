import fs from 'node:fs';
import type { Logger } from 'pino';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import { isActive, type JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { collectOutputs } from './collect.js';
import { foldersOf } from './folders.js';
import type { Slots } from './slots.js';

/** Milliseconds between tries to keep what jobs wrote that have ended. */
const EVERY = 15_000;
/** The last sentence of a reason, while there is something to be kept. */
const NOT_YET = 'Some of its files are not kept yet; Trainyard keeps trying:';

export interface Collected {
  /** Sentences for people on what is lost. */
  lost: string[];
  /** Why there is more to be kept when the disk or git allow it. */
  again?: string;
}

export interface CollectorOptions {
  store: Store;
  slots: Slots;
  home: string;
  log: Logger;
  /** For a job that has ended, when all that it wrote is kept after all. */
  onKept: (job: JobRecord) => void;
}

/** Keeps what jobs wrote: when a job ends, and again and again while the disk or git do not take all of it. */
export class Collector {
  private readonly options: CollectorOptions;
  /** Jobs that left files which could not be kept yet. */
  private readonly waiting = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(options: CollectorOptions) {
    this.options = options;
  }

  async collect({ runId, snapshot }: JobRecord): Promise<Collected> {
    const { store, slots, home, log } = this.options;
    const slot = snapshot && slots.of(runId, snapshot.root);
    let failed: { file: string; error: unknown }[];
    try {
      const code = slot && { slot, root: snapshot.root };
      failed = await collectOutputs(store, runId, code, foldersOf(home, runId));
    } catch (error) {
      failed = [{ file: 'What it wrote beside its code', error }];
    }
    for (const { file, error } of failed) log.error({ err: error, runId, file }, 'file not kept');
    const passing = failed.find(({ error }) => mayPass(error));
    if (passing) this.waiting.add(runId);
    else this.waiting.delete(runId);
    return {
      lost: failed
        .filter(({ error }) => !mayPass(error))
        .map(({ file, error }) => `${file} was not kept: ${messageOf(error)}`),
      ...(passing && { again: `${passing.file}: ${messageOf(passing.error)}` }),
    };
  }

  /** Whether there is more to be kept of a job that was collected. */
  isWaiting(runId: string): boolean {
    return this.waiting.has(runId);
  }

  /**
   * Whether the server before this one left something to be kept of a job that has ended, which is tried again: the
   * link to its checkout is there for so long.
   */
  takeUp(runId: string): boolean {
    const isLeft = fs.existsSync(foldersOf(this.options.home, runId).code);
    if (isLeft) this.waiting.add(runId);
    return isLeft;
  }

  later(): void {
    clearTimeout(this.timer);
    if (!this.closed) this.timer = setTimeout(() => void this.retry(), EVERY).unref();
  }

  /** Tries to keep what is to be kept of jobs that have ended, now and later. */
  async retry(): Promise<void> {
    const { store, log, onKept } = this.options;
    clearTimeout(this.timer);
    for (const runId of [...this.waiting]) {
      const job = store.jobs.get(runId);
      if (!job || isActive(job) || this.closed) continue;
      try {
        const { lost, again } = await this.collect(job);
        if (again !== undefined) continue;
        const [before] = (job.reason ?? '').split(NOT_YET);
        const reason = reasonOf([before?.trim(), ...lost]);
        await store.write(() => store.jobs.update(runId, { reason, collected: undefined }));
        onKept(job);
      } catch (error) {
        this.waiting.add(runId);
        log.error({ err: error, runId }, 'what a job wrote could not be kept; it is tried again');
      }
    }
    if (this.waiting.size > 0) this.later();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }
}

/** The sentences that there are, and why there is more to be kept. */
export function reasonOf(sentences: readonly (string | undefined)[], again?: string): string | undefined {
  const all = [...sentences, again && `${NOT_YET} ${again}`];
  return all.filter(Boolean).join(' ') || undefined;
}

/** Whether the same may go well later: there is no room now, or git is not there. */
function mayPass(error: unknown): boolean {
  if (TrainyardError.is(error)) return error.code === 'STORE_FULL' || error.code === 'GIT_FAILED';
  return hasCode(error, 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EIO');
}
