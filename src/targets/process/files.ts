import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../../base/errors.js';
import type { Revive } from '../context.js';
import type { EndedStatus } from '../target.js';
import { readJson, writeJson } from '../shared/json-file.js';
import type { ViewMaker } from './view.js';

export { readJson, writeJson };

/** The files through which a job, its supervisor and the server know of each other, in the job's folder. */
export const FILES = {
  /** What to run; secrets are not in it. */
  job: 'job.json',
  /** Written once, by the one supervisor there can be. */
  supervisor: 'supervisor.json',
  process: 'process.json',
  exit: 'exit.json',
  /** Its presence asks the supervisor to end the job. */
  cancel: 'cancel',
  log: 'output.log',
  /** Written before anything is made for the job. */
  place: 'place.json',
  /** The code as a job sees it that is debugged. Written before its start. */
  debug: 'debug.json',
  /** Written by a process that has a view of its own, when it has it. */
  entered: 'entered',
} as const;

/** What a supervisor is told to run. */
export interface JobFile {
  /** The run's id. */
  id: string;
  /** Absolute working folder inside the checked-out code, as the process sees it. */
  cwd: string;
  command: string[];
  /** The whole environment of the process, except for secrets. */
  env: Record<string, string>;
  /** Of the process; without it, that of the supervisor. */
  umask?: number;
  /** Seconds; 0: none. */
  timeout: number;
  /** Seconds between SIGTERM and SIGKILL. */
  grace: number;
  /** How to bring the server back while the job runs, so that its logging goes on. */
  revive?: Revive;
  /** How the process gets the view that it is to have. */
  view?: { maker: ViewMaker; mounts: readonly Mount[] };
}

/** A folder, with what is mounted in it, that is seen at the path of another. Both absolute; both are there. */
export interface Mount {
  from: string;
  at: string;
}

/** What the target has to know of a job after a restart, beside its handle. */
export interface PlaceFile {
  /** The person's folder. */
  root: string;
  /** From there, with `/`. */
  workingFolder: string;
  /** What is joined to the code from the person's folder: from there, with `/`. */
  inputs: string[];
}

export interface ProcessFile {
  pid: number;
  identity: string;
  startedAt: number;
}

export type ExitFile = Omit<EndedStatus, 'state'>;

/** One that nobody has: of a file that a machine which lost its power left empty. */
const NOBODY: ProcessFile = { pid: 0, identity: 'nobody', startedAt: 0 };

/** Who it was. */
export function readProcess(folder: string, name: string): ProcessFile | undefined {
  try {
    return readJson<ProcessFile>(folder, name);
  } catch (error) {
    if (error instanceof SyntaxError) return NOBODY;
    throw error;
  }
}

/**
 * The same, but only if the file is not there yet. The disk may take its time: nobody is that process after the machine
 * has lost its power. @returns whether it was written
 */
export function writeJsonOnce(folder: string, name: string, value: unknown): boolean {
  const temporary = path.join(folder, `.${name}.${process.pid}`);
  fs.writeFileSync(temporary, JSON.stringify(value), { mode: 0o600 });
  try {
    fs.linkSync(temporary, path.join(folder, name));
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}
