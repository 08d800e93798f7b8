import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { hasCode } from '../../base/errors.js';

/**
 * Whose processes have a file open: this run's, by the variable that every job has, another's, or nobody's. Only
 * Linux tells; elsewhere the answer is `nobody`.
 */
export function writerOf(file: string, runId: string): 'this' | 'other' | 'nobody' {
  if (process.platform !== 'linux') return 'nobody';
  let found: 'other' | 'nobody' = 'nobody';
  for (const pid of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid || !hasOpen(pid, file)) continue;
    const environment = readIfAllowed(() => fs.readFileSync(`/proc/${pid}/environ`, 'latin1')) ?? '';
    if (environment.split('\0').includes(`TRAINYARD_RUN_ID=${runId}`)) return 'this';
    found = 'other';
  }
  return found;
}

function hasOpen(pid: string, file: string): boolean {
  const folder = `/proc/${pid}/fd`;
  const handles = readIfAllowed(() => fs.readdirSync(folder)) ?? [];
  return handles.some((handle) => readIfAllowed(() => fs.readlinkSync(path.join(folder, handle))) === file);
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
