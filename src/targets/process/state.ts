/** How a job stands and how it is ended, by what its folder says and which processes there are. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { TargetStatus } from '../target.js';
import { undebugged } from '../shared/debugger.js';
import { type ExitFile, FILES, readJson, readProcess } from './files.js';
import { debuggerOf } from './debugger.js';
import { isSame } from './identity.js';
import { killGroup } from './kill.js';
import { pythonFolderIn } from './outside-code.js';

export async function stateOf(folder: string): Promise<TargetStatus> {
  const supervisor = readProcess(folder, FILES.supervisor);
  const supervised = supervisor !== undefined && (await isSame(supervisor.pid, supervisor.identity));
  const job = readProcess(folder, FILES.process);
  const running = job !== undefined && (await isSame(job.pid, job.identity));
  // Read last: a supervisor that was alive a moment ago may have written it since.
  const exit = readJson<ExitFile>(folder, FILES.exit);
  if (exit) return undebugged(pythonFolderIn(folder), { state: 'ended', ...exit });
  if (job && (running || supervised)) {
    const listening = debuggerOf(folder);
    return { state: 'running', startedAt: job.startedAt, ...(listening && { debugger: listening }) };
  }
  if (!supervisor) return { state: 'planned' };
  if (supervised) return { state: 'starting' };
  return {
    state: 'ended',
    startedAt: job?.startedAt,
    endedAt: Date.now(),
    exitCode: null,
    cause: fs.existsSync(path.join(folder, FILES.cancel)) ? 'cancelled' : 'lost',
    reason: 'Its supervisor was killed, so the exit code is not known.',
  };
}

/** Asks a job to end. @param grace seconds until it is ended by force, should its supervisor be gone */
export async function endJob(folder: string, grace: number): Promise<void> {
  let unwritten: unknown;
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.writeFileSync(path.join(folder, FILES.cancel), '', { mode: 0o600 });
  } catch (error) {
    unwritten = error;
  }
  const supervisor = readProcess(folder, FILES.supervisor);
  if (supervisor && (await isSame(supervisor.pid, supervisor.identity))) {
    // On a full disk there is no file; a signal says the same where there are signals.
    if (unwritten === undefined) return;
    if (process.platform !== 'win32') {
      process.kill(supervisor.pid, 'SIGTERM');
      return;
    }
  }
  if (unwritten !== undefined) throw unwritten;
  // Nobody is left to see the file.
  const job = readProcess(folder, FILES.process);
  if (!job || !(await isSame(job.pid, job.identity))) return;
  killGroup(job.pid, 'SIGTERM');
  setTimeout(() => {
    void isSame(job.pid, job.identity).then((same) => same && killGroup(job.pid, 'SIGKILL'));
  }, grace * 1000).unref();
}
