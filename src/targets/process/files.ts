import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../../base/errors.js';
import type { Mount, PreparedJob, TargetStatus } from '../target.js';
import type { ViewMaker } from './view.js';

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
  /** Written by a process that has a view of its own, when it has it. */
  entered: 'entered',
} as const;

export interface JobFile extends Omit<PreparedJob, 'folder' | 'mounts' | 'launcher' | 'environment'> {
  /** The program and its arguments, as they are here. */
  command: string[];
  /** How the process gets the view that it is to have. */
  view?: { maker: ViewMaker; mounts: readonly Mount[] };
}

export interface ProcessFile {
  pid: number;
  identity: string;
  startedAt: number;
}

export type ExitFile = Omit<Extract<TargetStatus, { state: 'ended' }>, 'state'>;

export function readJson<T>(folder: string, name: string): T | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as T;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

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

/** Appears whole or not at all. */
export function writeJson(folder: string, name: string, value: unknown): void {
  const temporary = path.join(folder, `.${name}.${process.pid}`);
  fs.writeFileSync(temporary, JSON.stringify(value), { mode: 0o600, flush: true });
  fs.renameSync(temporary, path.join(folder, name));
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
