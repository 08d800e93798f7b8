/** What a job may leave behind outside its folder. Only Linux tells; elsewhere there is nothing. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { hasCode } from '../../base/errors.js';

/** Whether a process of the job is left: one that made a session of its own is not ended with the others. */
export async function processesOf(runId: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const mark = `TRAINYARD_RUN_ID=${runId}`;
  for (const pid of await fs.promises.readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const environment = await fs.promises.readFile(`/proc/${pid}/environ`, 'latin1').catch(ifClosed);
    if (environment?.split('\0').includes(mark)) return true;
  }
  return false;
}

/** Whether anything is mounted in the folder, for this process. */
export function mountedBelow(folder: string): boolean {
  if (process.platform !== 'linux') return false;
  const start = `${fs.realpathSync(folder)}${path.sep}`;
  const lines = fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.some((line) => unescaped(line.split(' ')[4] ?? '').startsWith(start));
}

/** See proc_pid_mountinfo(5): blanks and the like are written in octal. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)));
}

/** Processes end while they are looked at, and those of other people are closed to us. */
function ifClosed(error: unknown): undefined {
  if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return undefined;
  throw error;
}
