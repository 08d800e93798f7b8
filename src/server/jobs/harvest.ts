import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import { hasCode, messageOf } from '../../base/errors.js';
import type { JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import type { SearchRoot } from '../tensorboard/find.js';
import { EventFollower } from '../tensorboard/follow.js';
import { linkedPaths } from './checkout.js';
import { foldersOf } from './folders.js';
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

  constructor(store: Store, home: string, log: Logger) {
    this.store = store;
    this.home = home;
    this.log = log;
    this.events = new EventFollower(store, log);
    this.output = new OutputReader(store);
  }

  /** Reads what is new, if it is time. What goes wrong is told at the end and hinders no job. */
  async look(job: JobRecord, startedAt: number): Promise<void> {
    const start = Date.now();
    if (start < (this.due.get(job.runId) ?? 0)) return;
    await this.read(job, startedAt, false);
    const now = Date.now();
    this.due.set(job.runId, now + Math.max(EVERY, (now - start) * REST));
  }

  /** Reads the rest of what a job wrote, before its folders go. @returns what could not be read, for people */
  async finish(job: JobRecord, startedAt: number): Promise<string[]> {
    await this.read(job, startedAt, true);
    const { runId } = job;
    const faults = this.faults.get(runId) ?? new Set();
    // Those that a server before this one found.
    for (const { fault } of this.store.eventFiles.of(runId).values()) if (fault) faults.add(fault);
    this.due.delete(runId);
    this.faults.delete(runId);
    this.output.forget(runId);
    return [...faults];
  }

  private async read(job: JobRecord, startedAt: number, last: boolean): Promise<void> {
    const { runId } = job;
    const faults = this.faults.get(runId) ?? new Set();
    this.faults.set(runId, faults);
    try {
      const { log } = foldersOf(this.home, runId);
      for (const fault of await this.output.look(job, log, last)) faults.add(fault);
      const source = { runId, roots: this.roots(job), since: startedAt };
      for (const fault of await this.events.read(source)) faults.add(fault);
    } catch (error) {
      this.log.error({ err: error, runId }, 'what a job writes could not be read');
      faults.add(`Not all that it wrote could be read: ${messageOf(error)}`);
    }
  }

  /** What git ignores is linked into the code; scripts like to write there. */
  private roots({ runId, snapshot }: JobRecord): SearchRoot[] {
    const { code, output } = foldersOf(this.home, runId);
    const linked = snapshot ? linkedPaths(snapshot) : [];
    return [
      { folder: code, as: '', shared: false },
      { folder: output, as: '', shared: false },
      ...linked.flatMap((name): SearchRoot[] => {
        const folder = realFolder(path.join(code, name));
        return folder === undefined ? [] : [{ folder, as: name, shared: true }];
      }),
    ];
  }
}

function realFolder(link: string): string | undefined {
  try {
    return fs.realpathSync(link);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
