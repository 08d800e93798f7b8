import type { Environment } from '../job/spec.js';

/** Where a job runs: data plus a few verbs. Each kind lives in a folder of its own and is listed in registry.ts. */

/** A job that is ready to run: its code is checked out, its run exists. */
export interface PreparedJob {
  /** The run's id. */
  id: string;
  /** The job's own folder, absolute: logs and exit state go here. It outlives the server. */
  folder: string;
  /** Absolute working folder inside the checked-out code, as the process sees it. */
  cwd: string;
  /** Folders that the process, and nobody else, sees at other paths, in the order in which they are put there. */
  mounts?: Mount[];
  /** How it runs, as its spec says it: the target puts its own programs in the place of what is named. */
  launcher?: string[];
  command: string[];
  environment?: Environment;
  /** The environment variables of the process, except for secrets. */
  env: Record<string, string>;
  /** Of the process; without it, that of the target. */
  umask?: number;
  /** Seconds; 0: none. */
  timeout: number;
  /** Seconds between SIGTERM and SIGKILL. */
  grace: number;
  /** How to bring the server back while the job runs, so that its logging goes on. */
  revive?: Revive;
}

/** A folder, with what is mounted in it, that is seen at the path of another. Both absolute; both are there. */
export interface Mount {
  from: string;
  at: string;
}

export interface Revive {
  /** Answers 200 while the server lives. */
  url: string;
  command: string[];
  env: Record<string, string>;
}

/** What it takes to find a job again after any restart. Serialisable; written to the store before the job starts. */
export type Handle = Readonly<Record<string, string | number>>;

export type TargetStatus =
  /** `start` was not called, or came to nothing. */
  | { state: 'planned' }
  | { state: 'starting' }
  | { state: 'running'; startedAt: number }
  | {
      state: 'ended';
      startedAt?: number;
      /** ms since the epoch */
      endedAt: number;
      /** null: ended by a signal, or unknown */
      exitCode: number | null;
      signal?: string;
      cause: 'exit' | 'cancelled' | 'timeout' | 'lost' | 'spawn-failed';
      /** A sentence for people when there is more to say than the exit code. */
      reason?: string;
      /** What to do about it: a sentence. */
      hint?: string;
    };

/** What a running job uses now. */
export interface Usage {
  /** Percent of one core; 250 means two and a half cores. */
  cpuPercent: number;
  /** Resident memory of the whole process tree, bytes. */
  memoryBytes: number;
}

export interface TargetDescription {
  name: string;
  kind: string;
  label: string;
  /** e.g. '8 cores, 32 GB, 1 × NVIDIA L4' */
  detail: string;
  ready: boolean;
  /** What to do when it is not ready. */
  problem?: string;
}

export interface Target {
  readonly name: string;
  readonly kind: string;
  describe(): Promise<TargetDescription>;
  /** Whether a job may have `mounts` here. */
  canMount(): Promise<boolean>;
  /** Pure: the handle under which `start` will run this job. */
  plan(job: PreparedJob): Handle;
  /** A job of this folder, which is there, is about to be started: what takes time can be done meanwhile. */
  expect(folder: string): void;
  /** It is not, if it was not started. */
  forget(folder: string): void;
  /** Starts the job; `secrets` reach the process and are never written down. Resolves once it is supervised. */
  start(job: PreparedJob, handle: Handle, secrets: Record<string, string>): Promise<void>;
  status(handle: Handle): Promise<TargetStatus>;
  /** Asks the job to end; resolves when the request is placed, not when the job is gone. */
  cancel(handle: Handle): Promise<void>;
  /** Undefined when nothing can be measured (not started, gone). */
  usage(handle: Handle): Promise<Usage | undefined>;
}
