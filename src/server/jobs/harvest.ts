import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import { hasCode, messageOf } from '../../base/errors.js';
import type { JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import type { SearchRoot } from '../tensorboard/find.js';
import { EventFollower } from '../tensorboard/follow.js';
import { foldersOf } from './folders.js';
import { linkedPaths } from './links.js';
import { OutputReader } from './output.js';

/** Least milliseconds between two looks at what a job writes. */
const EVERY = 1000;
/** A look that took long is followed by a pause that is this many times as long. */
const REST = 10;

/** Turns what jobs write, while they run, into metrics, params, files and progress of their runs. */
export class Harvest {
  private readonly store: Store;
  private readonly log: Logger;
  private readonly home: string;
  private readonly events: EventFollower;
  private readonly output: OutputReader;
  /** When the next look at a job is due. */
  private readonly due = new Map<string, number>();
  private readonly faults = new Map<string, Set<string>>();

  constructor(store: Store, home: string, log: Logger, ownUrl: () => string) {
    this.store = store;
    this.home = home;
    this.log = log;
    this.events = new EventFollower(store, log);
    this.output = new OutputReader(store, ownUrl);
  }

  /** Reads what is new, if it is time. What goes wrong hinders no job: it is tried again, and told at the end. */
  async look(job: JobRecord, startedAt: number): Promise<void> {
    const start = Date.now();
    if (start < (this.due.get(job.runId) ?? 0)) return;
    await this.read(job, startedAt, false);
    const now = Date.now();
    this.due.set(job.runId, now + Math.max(EVERY, (now - start) * REST));
  }

  /** Reads the rest of what a job wrote, before its folders go. @returns what could not be read, for people */
  async finish(job: JobRecord, startedAt: number): Promise<string[]> {
    const unread = await this.read(job, startedAt, true);
    const { runId } = job;
    const faults = this.faults.get(runId) ?? new Set();
    // Those that a server before this one found.
    for (const { fault } of this.store.eventFiles.of(runId).values()) if (fault) faults.add(fault);
    this.due.delete(runId);
    this.faults.delete(runId);
    this.output.forget(runId);
    return [...faults, ...unread];
  }

  /** Reads the output of a job that has ended for patterns that came later. @returns what went wrong, for people */
  async catchUp(runId: string): Promise<string[]> {
    const { log } = foldersOf(this.home, runId);
    const size = fs.statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const faults = await this.output.catchUp(runId, log, size);
    this.output.forget(runId);
    return faults;
  }

  /** @returns what could not be read this time, for people */
  private async read(job: JobRecord, startedAt: number, last: boolean): Promise<string[]> {
    const { runId } = job;
    const faults = this.faults.get(runId) ?? new Set();
    this.faults.set(runId, faults);
    const unread: string[] = [];
    const attempt = async (what: string, read: () => Promise<void>) => {
      try {
        await read();
      } catch (error) {
        this.log.error({ err: error, runId }, `${what} of a job could not be read`);
        unread.push(`Not all of its ${what} could be read: ${messageOf(error)}`);
      }
    };
    await attempt('output', async () => {
      const { log } = foldersOf(this.home, runId);
      for (const fault of await this.output.look(job, log, last)) faults.add(fault);
    });
    await attempt('event files', async () => {
      const found = await this.events.read({ runId, roots: this.roots(job), since: startedAt });
      for (const fault of found.faults) faults.add(fault);
      unread.push(...found.unread);
    });
    return unread;
  }

  /** What git ignores is linked into the code; scripts like to write there. */
  private roots({ runId, snapshot }: JobRecord): SearchRoot[] {
    const { code, output } = foldersOf(this.home, runId);
    const own = [
      { folder: realFolder(code) ?? code, as: '', shared: false },
      { folder: output, as: 'output', shared: false },
    ];
    if (!snapshot) return own;
    return [
      ...own,
      ...linkedPaths(snapshot).flatMap((name): SearchRoot[] => {
        // Not from the checkout: there the script may have put another link in its place.
        const folder = realFolder(path.join(snapshot.root, name));
        return folder === undefined ? [] : [{ folder, as: name, shared: true }];
      }),
    ];
  }
}

function realFolder(name: string): string | undefined {
  try {
    return fs.realpathSync(name);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES')) return undefined;
    throw error;
  }
}
