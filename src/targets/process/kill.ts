import { spawn } from 'node:child_process';
import process from 'node:process';
import { hasCode } from '../../base/errors.js';

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
