import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { hasCode } from '../../base/errors.js';
import { EVENT_FILE } from './find.js';

/** Stands for all processes that no run of ours has started. */
const NO_RUN = '';

/** Which event files processes have open to write. Only Linux tells; elsewhere nobody has one open. */
export class Writers {
  private readonly pids: readonly string[];
  /** Runs by their processes, as far as they were looked at. */
  private readonly runs = new Map<string, string>();
  /** Runs by the files that their processes have open. */
  private everybody: Map<string, Set<string>> | undefined;

  constructor() {
    this.pids =
      process.platform === 'linux'
        ? fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
        : [];
  }

  /** Files that the processes of a run have open, absolute, without links. */
  heldBy(runId: string): string[] {
    const own = this.pids.filter((pid) => this.runOf(pid) === runId);
    return [...new Set(own.flatMap(openEventFiles))];
  }

  /** Whose processes have a file open: this run's, only another's, or nobody's. */
  of(file: string, runId: string): 'this' | 'other' | 'nobody' {
    const runs = (this.everybody ??= this.byFile()).get(file);
    if (!runs) return 'nobody';
    return runs.has(runId) ? 'this' : 'other';
  }

  private byFile(): Map<string, Set<string>> {
    const found = new Map<string, Set<string>>();
    for (const pid of this.pids)
      for (const file of openEventFiles(pid))
        found.set(file, (found.get(file) ?? new Set()).add(this.runOf(pid)));
    return found;
  }

  private runOf(pid: string): string {
    const known = this.runs.get(pid);
    if (known !== undefined) return known;
    // Every job has this variable.
    const environment = readIfAllowed(() => fs.readFileSync(`/proc/${pid}/environ`, 'latin1'));
    const own = /(?:^|\0)TRAINYARD_RUN_ID=([^\0]*)/.exec(environment ?? '')?.[1];
    // A process that gives itself a title, as workers of Ray do, writes it over its environment.
    const isLost = own === undefined && environment?.includes('=') === false;
    const run = own ?? (isLost ? this.runOfParent(pid) : NO_RUN);
    this.runs.set(pid, run);
    return run;
  }

  private runOfParent(pid: string): string {
    const stat = readIfAllowed(() => fs.readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? '';
    // Behind the name in brackets, which may hold anything: the state and the parent.
    const parent = /^ \S (\d+)/.exec(stat.slice(stat.lastIndexOf(')') + 1))?.[1];
    return parent === undefined || parent === '0' ? NO_RUN : this.runOf(parent);
  }
}

function openEventFiles(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  const handles = readIfAllowed(() => fs.readdirSync(folder)) ?? [];
  return handles.flatMap((handle) => {
    const file = readIfAllowed(() => fs.readlinkSync(path.join(folder, handle))) ?? '';
    return EVENT_FILE.test(path.basename(file)) && isToWrite(pid, handle) ? [file] : [];
  });
}

/** TensorBoard has files open, too. */
function isToWrite(pid: string, handle: string): boolean {
  const info = readIfAllowed(() => fs.readFileSync(`/proc/${pid}/fdinfo/${handle}`, 'latin1')) ?? '';
  // Octal, as of open(2): the lowest two bits are 0 for reading only.
  const flags = /^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & 3) !== 0;
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
