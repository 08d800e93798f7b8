import { execFile } from 'node:child_process';
import fs from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';
import { hasCode } from '../../base/errors.js';
import { readStat } from '../shared/proc.js';

const run = promisify(execFile);

/**
 * What tells a process from a later one with the same pid: when it started, within this boot of the machine.
 * undefined: there is no such process (a zombie is none).
 */
export async function identityOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxIdentity(pid);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return undefined;
  }
  const [program, args] =
    process.platform === 'win32'
      ? ['powershell', ['-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`]]
      : ['ps', ['-o', 'lstart=', '-p', String(pid)]];
  try {
    return (await run(program as string, args as string[])).stdout.trim() || undefined;
  } catch (error) {
    // Both programs fail when the process is gone.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

export async function isSame(pid: number, identity: string): Promise<boolean> {
  return (await identityOf(pid)) === identity;
}

function linuxIdentity(pid: number): string | undefined {
  const stat = readStat(pid);
  if (!stat || stat.state === 'Z' || stat.state === 'X') return undefined;
  const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}/${stat.startTime}`;
}
