/** The debugger of a job that is a process here. */
import process from 'node:process';
import { hasCode } from '../../base/errors.js';
import type { JobDebugger } from '../../workspace/types.js';
import { type AskablePython, listensIn, type Reach } from '../shared/debugger.js';
import { ASK_SIGNAL } from '../shared/debugger-hook.js';
import { readStat } from '../shared/proc.js';
import { FILES, readJson, writeJson } from './files.js';
import { pythonFolderIn } from './outside-code.js';

interface DebugFile {
  /** The root of the code as the job sees it. */
  root: string;
}

/** For whom attaches to the job. @param root of its code, as it sees it */
export function noteRoot(jobFolder: string, root: string): void {
  writeJson(jobFolder, FILES.debug, { root } satisfies DebugFile);
}

/** Where the debugger of a job listens; undefined when it has none, or does not listen yet. */
export function debuggerOf(jobFolder: string): JobDebugger | undefined {
  const told = listensIn(pythonFolderIn(jobFolder));
  // The process may have ended, and the job go on.
  const noted = told && sendTo(told.pid, 0) ? readJson<DebugFile>(jobFolder, FILES.debug) : undefined;
  return told && noted && { host: told.host, port: told.port, waits: told.waits, pid: told.pid, ...noted };
}

export function reachOf(jobFolder: string): Reach {
  return {
    folder: pythonFolderIn(jobFolder),
    living: async (pythons) => pythons.filter(({ pid }) => sendTo(pid, 0) && readStat(pid)?.state !== 'Z'),
    signal: async ({ pid }: AskablePython) => void sendTo(pid, ASK_SIGNAL),
  };
}

/** @returns whether there is such a process of the person's */
function sendTo(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (hasCode(error, 'ESRCH', 'EPERM')) return false;
    throw error;
  }
}
