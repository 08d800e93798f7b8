import fs from 'node:fs';
import type { JobRecord } from '../store/jobs.js';
import type { Target } from '../../targets/target.js';
import { ask } from './contact.js';
import { foldersOf } from './folders.js';

/** Bytes of a log that are fetched before anything else of the job has its turn again. */
const MOST_AT_ONCE = 4 * 1024 * 1024;

/**
 * The logs of jobs as files of this machine: everything that reads a log reads there. How much of a log is there is the
 * size of its file, so that a server that was killed goes on where the one before it ended.
 */
export class LogMirror {
  private readonly home: string;

  constructor(home: string) {
    this.home = home;
  }

  file(runId: string): string {
    return foldersOf(this.home, runId).log;
  }

  /** Bytes. */
  size(runId: string): number {
    return fs.statSync(this.file(runId), { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Fetches what is new; with `toEnd` all of it. @throws UnreachableError */
  async fetch({ runId, handle }: JobRecord, target: Target, toEnd = false): Promise<void> {
    if (target.writesLog || !handle) return;
    const file = this.file(runId);
    fs.mkdirSync(foldersOf(this.home, runId).root, { recursive: true, mode: 0o700 });
    const start = this.size(runId);
    for (let at = start; toEnd || at - start < MOST_AT_ONCE;) {
      const bytes = await ask(target, () => target.log(handle, at));
      if (bytes.length === 0) return;
      await writeAt(file, bytes, at);
      at += bytes.length;
    }
  }
}

/** By place, not at the end: a server that is closing may still write what the next one has fetched by then. */
async function writeAt(file: string, bytes: Uint8Array, at: number): Promise<void> {
  const handle = await fs.promises.open(file, fs.constants.O_WRONLY | fs.constants.O_CREAT, 0o600);
  try {
    for (let done = 0; done < bytes.length;)
      done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  } finally {
    await handle.close();
  }
}
