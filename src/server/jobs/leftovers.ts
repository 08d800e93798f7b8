/** What a job may leave behind outside its folder. Only Linux tells; elsewhere there is nothing. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { environmentOf, processIds, runIn } from '../../targets/process/proc.js';

/** Whether a process of the job is left: one that made a session of its own is not ended with the others. */
export function hasProcesses(runId: string): boolean {
  return processIds().some((pid) => runIn(environmentOf(pid) ?? '') === runId);
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
