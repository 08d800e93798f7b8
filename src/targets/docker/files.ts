import fs from 'node:fs';
import path from 'node:path';
import { readJson } from '../shared/json-file.js';
import type { Endpoint } from './endpoint.js';

/** The files through which a job, the watcher and the server know of each other, in the job's folder. */
export const FILES = {
  /** Written before anything is made. */
  place: 'container.json',
  /** Its presence says that the container has been told what to run. */
  told: 'told',
  /** Its presence asks for the end of the job. */
  cancel: 'cancel',
  /** Written before the job is asked to end: why, and when. */
  ending: 'ending.json',
  /** How it ended; final. */
  exit: 'exit.json',
  /** Its presence says that the container stays, for the person to look into. */
  kept: 'kept',
  log: 'output.log',
  output: 'output',
  /** What the job's Pythons find at their start, and tell of debuggers. */
  python: 'python',
  /** The port by which an editor on this machine reaches the debugger. */
  forward: 'forward.json',
  home: 'home',
} as const;

/** What the target has to know of a job after a restart, beside its handle. */
export interface PlaceFile {
  endpoint: Endpoint;
  /** The person's folder. */
  root: string;
  /** From there, with `/`. */
  workingFolder: string;
  image: string;
  /** That the words name. */
  program: string;
  /** Bytes. */
  memoryLimit?: number;
  /** Seconds. */
  timeout: number;
  /** The engine does not see the disk of this machine: files are sent before the job, and brought after it. */
  isApart?: boolean;
  /** The engine keeps the output; else the job writes it to the file itself. */
  engineLogs: boolean;
  /** Bytes of the log before those that the container printed: of a build. */
  logStart: number;
  hasGpus: boolean;
  /** A sentence for the run. */
  notes: string[];
}

export interface EndingFile {
  why: 'cancelled' | 'timeout';
  /** ms since the epoch */
  at: number;
}

export function placeIn(folder: string): PlaceFile | undefined {
  return readJson<PlaceFile>(folder, FILES.place);
}

export function isThere(folder: string, name: string): boolean {
  return fs.existsSync(path.join(folder, name));
}
