import path from 'node:path';
import process from 'node:process';
import { canWrite, environmentOf, openedBy, processIds, readStat, runIn } from '../../targets/shared/proc.js';
import { EVENT_FILE } from './find.js';

/** Stands for all processes that no run of ours has started. */
const NO_RUN = '';

/** Which event files processes have open for writing. Only known on Linux; elsewhere none. */
export class Writers {
  private readonly pids = processIds().filter((pid) => pid !== process.pid);
  /** Runs by their processes, as far as they were looked at. */
  private readonly runs = new Map<number, string>();
  /** Runs by the files that their processes have open. */
  private everybody: Map<string, Set<string>> | undefined;

  /** Files that the processes of a run have open, absolute, without links. */
  heldBy(runId: string): string[] {
    const own = this.pids.filter((pid) => this.runOf(pid) === runId);
    return [...new Set(own.flatMap(openEventFiles))];
  }

  /** Whose processes have a file open: this run's, only another run's, or nobody's. */
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

  private runOf(pid: number): string {
    const known = this.runs.get(pid);
    if (known !== undefined) return known;
    const environment = environmentOf(pid);
    // A process that gives itself a title, as workers of Ray do, writes it over its environment.
    const isLost = environment?.includes('=') === false;
    const parent = (isLost && readStat(pid)?.parent) || undefined;
    const run = runIn(environment ?? '') ?? (parent === undefined ? NO_RUN : this.runOf(parent));
    this.runs.set(pid, run);
    return run;
  }
}

/** Those that it writes: TensorBoard has files open, too. */
function openEventFiles(pid: number): string[] {
  return openedBy(pid)
    .filter(({ handle, target }) => EVENT_FILE.test(path.basename(target)) && canWrite(pid, handle))
    .map(({ target }) => target);
}
