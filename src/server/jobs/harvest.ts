import type { Logger } from 'pino';
import { messageOf } from '../../base/errors.js';
import type { Target } from '../../targets/target.js';
import type { JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { EventFollower } from '../tensorboard/follow.js';
import { ask, UnreachableError } from './contact.js';
import { foldersOf } from './folders.js';
import type { LogMirror } from './log-mirror.js';
import { OutputReader } from './output.js';

/** Least milliseconds between two readings of what a job writes. */
const EVERY = 1000;
/** A reading that took long is followed by a pause that is this many times as long. */
const REST = 10;

export interface HarvestOptions {
  store: Store;
  home: string;
  log: Logger;
  mirror: LogMirror;
  /** Addresses of this server, by which jobs name it. */
  ownUrls: () => readonly string[];
}

/** Turns what jobs write, while they run, into metrics, params, files and progress of their runs. */
export class Harvest {
  private readonly store: Store;
  private readonly log: Logger;
  private readonly home: string;
  private readonly mirror: LogMirror;
  private readonly events: EventFollower;
  private readonly output: OutputReader;
  /** When the next reading of a job is due. */
  private readonly due = new Map<string, number>();
  private readonly faults = new Map<string, Set<string>>();

  constructor({ store, home, log, mirror, ownUrls }: HarvestOptions) {
    this.store = store;
    this.home = home;
    this.log = log;
    this.mirror = mirror;
    this.events = new EventFollower(store, log);
    this.output = new OutputReader(store, ownUrls);
  }

  /** Reads what is new, if it is time. A failure does not affect the job: it is tried again, and reported at the end. */
  async read(job: JobRecord, target: Target, startedAt: number): Promise<void> {
    const start = Date.now();
    if (start < (this.due.get(job.runId) ?? 0)) return;
    await this.readNew(job, target, startedAt, false);
    const now = Date.now();
    this.due.set(job.runId, now + Math.max(EVERY, (now - start) * REST));
  }

  /** Reads the rest of what a job wrote, before its folders go. @returns what could not be read, for people */
  async finish(job: JobRecord, target: Target, startedAt: number): Promise<string[]> {
    const unread = await this.readNew(job, target, startedAt, true);
    const { runId } = job;
    const faults = this.faults.get(runId) ?? new Set();
    // Those that an earlier server found.
    for (const { fault } of this.store.eventFiles.of(runId).values()) if (fault) faults.add(fault);
    this.due.delete(runId);
    this.faults.delete(runId);
    this.output.forget(runId);
    return [...faults, ...unread];
  }

  /** Reads the output of a job that has ended for patterns that came later. @returns what went wrong, for people */
  async catchUp(runId: string): Promise<string[]> {
    const faults = await this.output.catchUp(runId, this.mirror.file(runId), this.mirror.size(runId));
    this.output.forget(runId);
    return faults;
  }

  /** Reads event files that the target handed over with the outputs. @returns what could not be read, for people */
  async readCollectedEvents({ runId, queuedAt }: JobRecord): Promise<string[]> {
    const roots = [{ folder: foldersOf(this.home, runId).events, as: '', shared: false }];
    try {
      const { faults, unread } = await this.events.read({ runId, roots, since: queuedAt });
      return [...faults, ...unread];
    } catch (error) {
      return [this.unread(runId, 'event files', error)];
    }
  }

  /** @returns what could not be read this time, for people */
  private async readNew(job: JobRecord, target: Target, startedAt: number, last: boolean): Promise<string[]> {
    const { runId, handle } = job;
    const faults = this.faults.get(runId) ?? new Set();
    this.faults.set(runId, faults);
    const unread: string[] = [];
    const attempt = async (what: string, read: () => Promise<void>) => {
      try {
        await read();
      } catch (error) {
        // The end of a job waits for its target.
        if (last && error instanceof UnreachableError) throw error;
        unread.push(this.unread(runId, what, error));
      }
    };
    await attempt('output', async () => {
      for (const fault of await this.output.read(job, this.mirror.file(runId), last)) faults.add(fault);
    });
    await attempt('event files', async () => {
      if (!target.eventFolders || !handle) return;
      const roots = await ask(target, async () => target.eventFolders?.(handle) ?? []);
      const found = await this.events.read({ runId, roots, since: startedAt });
      for (const fault of found.faults) faults.add(fault);
      unread.push(...found.unread);
    });
    return unread;
  }

  private unread(runId: string, what: string, error: unknown): string {
    this.log.error({ err: error, runId }, `${what} of a job could not be read`);
    return `Not all of its ${what} could be read: ${messageOf(error)}`;
  }
}
