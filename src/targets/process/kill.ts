import { spawn } from 'node:child_process';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../base/errors.js';
import { processesOf } from '../shared/proc.js';

/** Milliseconds that a process may take to end. */
const LONGEST_DEATH = 5_000;

/** Signals a job's whole process group; what is gone already is fine. Windows has no groups: the tree is ended. */
export function killGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).unref();
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const gone = hasCode(error, 'ESRCH', 'EPERM');
    if (!gone) throw error;
  }
}

/** Whether any process of the group is left. Windows has no groups: no. */
export function groupExists(pid: number): boolean {
  if (process.platform === 'win32') return false;
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    throw error;
  }
}

/**
 * Ends the processes of a run wherever they are, those that made sessions of their own included, as workers of torchrun do:
 * SIGTERM, and SIGKILL at `killAt`, in milliseconds since the epoch. Resolves when none is left that can be ended. Only Linux
 * tells of them; elsewhere there are none.
 */
export async function endProcessesOf(runId: string, killAt: number, tick: number): Promise<void> {
  const told = new Set<number>();
  for (let left = processesOf(runId); left.length > 0; left = processesOf(runId)) {
    const late = Date.now() >= killAt;
    for (const pid of left) if (late || !told.has(pid)) signalOne(pid, late ? 'SIGKILL' : 'SIGTERM');
    for (const pid of left) told.add(pid);
    // One that hangs in the kernel ends when that lets it.
    if (Date.now() >= killAt + LONGEST_DEATH) return;
    await sleep(tick);
  }
}

function signalOne(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}
