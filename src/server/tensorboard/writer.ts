import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { hasCode } from '../../base/errors.js';
import { EVENT_FILE } from './find.js';

/** Stands for all processes that no run of ours has started. */
const NO_RUN = '';

/** Which event files processes have open. Only Linux tells; elsewhere nobody has one open. */
export class Writers {
  /** Runs by the files that their processes have open. */
  private readonly runs = new Map<string, Set<string>>();

  constructor() {
    if (process.platform !== 'linux') return;
    for (const pid of fs.readdirSync('/proc'))
      if (/^\d+$/.test(pid) && Number(pid) !== process.pid) this.add(pid);
  }

  private add(pid: string): void {
    const files = openEventFiles(pid);
    if (files.length === 0) return;
    // Every job has this variable.
    const environment = readIfAllowed(() => fs.readFileSync(`/proc/${pid}/environ`, 'latin1')) ?? '';
    const run = /(?:^|\0)TRAINYARD_RUN_ID=([^\0]*)/.exec(environment)?.[1] ?? NO_RUN;
    for (const file of files) this.runs.set(file, (this.runs.get(file) ?? new Set()).add(run));
  }

  /** Whose processes have a file open: this run's, only another's, or nobody's. */
  of(file: string, runId: string): 'this' | 'other' | 'nobody' {
    const runs = this.runs.get(file);
    if (!runs) return 'nobody';
    return runs.has(runId) ? 'this' : 'other';
  }
}

function openEventFiles(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  const handles = readIfAllowed(() => fs.readdirSync(folder)) ?? [];
  const files = handles.map(
    (handle) => readIfAllowed(() => fs.readlinkSync(path.join(folder, handle))) ?? '',
  );
  return files.filter((file) => EVENT_FILE.test(path.basename(file)));
}

/** Processes end while they are looked at, and those of other people are closed to us. */
function readIfAllowed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}
