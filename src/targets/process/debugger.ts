/** The debugger of a job that is a process here. */
import type { JobDebugger } from '../../workspace/types.js';
import { DEBUGGER_FILE, TELL_DEBUGGER_VARIABLE, type ToldDebugger } from '../shared/debugger.js';
import type { Job } from '../target.js';
import { FILES, readJson, writeJson } from './files.js';
import { pythonFolderIn } from './outside-code.js';

interface DebugFile {
  /** The root of the code as the job sees it. */
  root: string;
}

/** Environment variables of a job that is debugged. */
export function debuggerVariables({ debugpy = '' }: NonNullable<Job['debug']>): Record<string, string> {
  return {
    [TELL_DEBUGGER_VARIABLE]: debugpy,
    // Else it warns in the job's log of modules of Python that it cannot show.
    PYDEVD_DISABLE_FILE_VALIDATION: '1',
  };
}

/** A job is about to start under a debugger. @param root of its code, as it sees it */
export function expectDebugger(jobFolder: string, root: string): void {
  writeJson(jobFolder, FILES.debug, { root } satisfies DebugFile);
}

/** Where the debugger of a job listens; undefined when it has none, or does not listen yet. */
export function debuggerOf(jobFolder: string): JobDebugger | undefined {
  const expected = readJson<DebugFile>(jobFolder, FILES.debug);
  if (!expected) return undefined;
  const told = readJson<ToldDebugger>(pythonFolderIn(jobFolder), DEBUGGER_FILE);
  return told?.port === undefined ? undefined : { ...told, ...expected };
}
