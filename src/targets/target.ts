/**
 * A place where jobs run: this machine, a container, a machine behind SSH, a cluster. Each kind lives in a folder of its own
 * and is listed in registry.ts; docs/targets.md tells how to add one.
 *
 * Who calls what, and when. The caller is always the scheduler of the server (`server/jobs`):
 *
 *   submit     `validate` → (the code is kept, the job is queued)
 *   start      `plan` → (the handle is stored) → `start`
 *   while it   `status` of all jobs of the target in one call, every `pollEvery` ms; `log` after each `running`;
 *   lives      `usage`, `machine` and `eventFolders` now and again; `cancel` when a person asks for it
 *   end        `status` says `ended` → `log` until it is read → `collect` → `release`
 *
 * Rules that hold for every method:
 *
 * - The server may be killed at any time. All that it has afterwards is the handle, so that must be enough to find the job.
 * - Any call may be repeated, also one that succeeded: its answer may have been lost. A repetition changes nothing.
 * - An error is “no answer”, unless it is said otherwise: the call is repeated later, with growing pauses, and the job
 *   keeps its state. A person reads the message after “not reachable”, so it says what is wrong: “ssh: connection refused”.
 * - A call that does not answer for a minute counts as failed; only `start` and `collect` may take as long as they need.
 * - Calls for different jobs run at the same time. For one job at most one of `start`, `log` and `collect` runs at a time;
 *   `status` and `cancel` may come at any time.
 */
import type { Readable } from 'node:stream';
import type { EnvironmentDefinition } from '../job/environment.js';
import type {
  DataInput,
  ImageEnvironment,
  InterpreterEnvironment,
  JobSpec,
  Resources,
  Runnable,
} from '../job/spec.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { DebugWish, JobDebugger, JobPython, Machine } from '../workspace/types.js';

export interface Target {
  /** As the registry lists it. */
  readonly kind: string;
  /** Unique among all targets; a job names its target by it. */
  readonly name: string;
  /** Milliseconds between two calls of `status`. Small for what costs nothing, more for what others pay for. */
  readonly pollEvery: number;
  /**
   * The target writes the log to `output.log` in the folder `TargetContext.jobFolder` of the job itself, so the server does
   * not copy it there by `log`.
   */
  readonly writesLog?: boolean;

  /** For the Compute view and the question where a job runs. An error or no answer: shown as not ready, with the message. */
  describe(): Promise<TargetDescription>;

  /** How many jobs may be here at once; asked before each start. Those that are collected do not count. */
  slots(): number;

  /**
   * What keeps this job from running here, one sentence each; empty when nothing does. Called before anything is kept of the
   * job, which is refused with all of them. An error refuses it, too.
   * @param environment that of the spec, with its content
   */
  validate(spec: JobSpec, environment: JobEnvironment | undefined): Promise<readonly string[]>;

  /** Pure: names the job as it will be known here. Written to the store before `start`. The same job gets the same handle. */
  plan(job: Job): Handle;

  /**
   * Starts the job. Resolves when it is here for good: it runs or waits, and goes on without the server.
   *
   * Idempotent: with a handle that was started before, it does nothing, also when that start was cut off by a kill of the
   * server; two calls never make two processes. A job that `cancel` was called for before is not started.
   *
   * @param secrets environment variables that reach the process and are never written down: those that the person calls
   *   secrets, and the token for tracking
   * @throws TrainyardError when the job did not start and never will: the job fails with its message and hint. Any other
   *   error, and TARGET_UNREACHABLE, means that nobody knows: `status` is asked, and `start` is called again with the same
   *   handle while that says `planned`.
   */
  start(job: Job, handle: Handle, secrets: Readonly<Record<string, string>>): Promise<void>;

  /**
   * Where jobs stand, in the order of the handles. What is wrong with one job is told as its status `unreachable`; an error
   * means that the target itself does not answer. Neither ends a job: only `ended` does.
   */
  status(handles: readonly Handle[]): Promise<readonly TargetStatus[]>;

  /**
   * Both output streams of the job as they were written, from byte `from` on: as much as is convenient (256 KB, say), and
   * nothing when there is no more now. Called again with the next offset until it returns nothing. Must be there, whole,
   * from the moment `status` says `ended` until `release`.
   */
  log(handle: Handle, from: number): Promise<Uint8Array>;

  /**
   * Asks the job to end: SIGTERM, and force after the grace time of the job. Resolves when the request is sure to be served,
   * not when the job is gone; until then it is repeated. May come before `start`, and after the end.
   */
  cancel(handle: Handle): Promise<void>;

  /**
   * Hands over the files that the job made: those in the folders of `Job.outputs`, by their paths in these, and those that
   * it made or changed in its code, by their paths from its root. Called when the job has ended, and again from the start
   * when that failed or a file could not be kept.
   *
   * @throws TrainyardError when what the job made is lost, or some of it: the run says so. Any other error: see above.
   */
  collect(handle: Handle, sink: OutputSink): Promise<Collected>;

  /** All of the job is kept, or it will never start: what is left of it here may go. An error is logged, no more. */
  release?(handle: Handle): Promise<void>;

  /**
   * Called once, before any other call with a handle: the jobs that are not released. What else is left here, of a server
   * that was killed, may go.
   */
  recover?(handles: readonly Handle[]): void;

  /** What running jobs use now, in the order of the handles; undefined where it cannot be measured. */
  usage?(handles: readonly Handle[]): Promise<readonly (Usage | undefined)[]>;

  /** What a job runs on. Called once it runs. */
  machine?(handle: Handle): Promise<Machine | undefined>;

  /**
   * Folders of this machine where TensorBoard event files of the job show up while it runs. A target without a shared disk
   * may copy them into a folder of its own. Without this method, those that `collect` hands over are read at the end.
   */
  eventFolders?(handle: Handle): Promise<readonly EventFolder[]>;

  /** The Pythons of a running job that a debugger can listen in, the first to start first. */
  pythons?(handle: Handle): Promise<readonly JobPython[]>;
  /**
   * Has a debugger listen in a running job that was not submitted with one; `status` tells where. A job has one: where one
   * listens, nothing changes.
   * @throws TrainyardError, see `haveDebugger` of `shared/debugger.ts`
   */
  debug?(handle: Handle, wish: DebugWish): Promise<void>;

  /** A job of this id is about to be started: what takes time may be done meanwhile. `forget`: it is not after all. */
  expect?(id: string): void;
  forget?(id: string): void;

  /** What is left here and can go. @param active the jobs that have not ended: what is theirs stays */
  leftovers?(active: readonly Handle[]): Promise<readonly Leftover[]>;
  /** Removes some of them, by their ids. One that is gone is no error. */
  prune?(ids: readonly string[]): Promise<void>;

  /**
   * Words that open a shell where a job is, for a terminal of the server's machine, and what to add to its environment. undefined: the
   * job is not there.
   */
  shell?(handle: Handle): Promise<ShellCommand | undefined>;

  /** The server ends; jobs go on. Waits for what must not be cut off. */
  close?(): Promise<void>;

  /** Absent: it runs no environments that have to be made. */
  readonly environments?: TargetEnvironments;
}

/** What a target can make of environments that a workspace keeps. */
export interface TargetEnvironments {
  /** What is there already; undefined when it is not built. */
  find(environment: DefinedEnvironment): Promise<BuiltEnvironment | undefined>;
  /**
   * Builds it once: callers at the same time wait for the same build, which ends when all of them have given up.
   * @throws TrainyardError when it cannot be built: the message names the step that failed, the hint what to do
   */
  build(environment: DefinedEnvironment, progress: BuildProgress): Promise<BuiltEnvironment>;
  /** Those that this Trainyard has built here and that are still there, without those that are being built. */
  list(): Promise<readonly KeptEnvironment[]>;
  /** What `find` finds on this target, to be removed. One that is not there is no error. */
  remove(environment: Pick<DefinedEnvironment, 'digest'>): Promise<void>;
}

export interface BuildProgress {
  /** What the tools of the build print, as it comes. */
  onOutput(text: string): void;
  /** A step begins: number (from 1), of how many (0: unknown), and its text. */
  onStep(step: number, of: number, text: string): void;
  signal?: AbortSignal;
}

export interface BuiltEnvironment {
  /** Name of the image, or absolute path of the interpreter. */
  at: string;
  /** What is in it, with versions, by the names of the packages; absent when it holds no Python. */
  packages?: Readonly<Record<string, string>>;
}

/** An environment that takes room on a target. */
export interface KeptEnvironment {
  digest: string;
  /** What its removal frees, about. */
  bytes: number;
  /** ms since the epoch */
  builtAt: number;
}

/** An environment as a target gets it. */
export type JobEnvironment = InterpreterEnvironment | ImageEnvironment | DefinedEnvironment;

export interface DefinedEnvironment {
  readonly kind: 'defined';
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the definition: environments with the same are the same. */
  readonly digest: string;
  readonly definition: EnvironmentDefinition;
  /** The build context as a tar archive, where the definition has one. */
  readonly context?: () => Readable;
}

export interface ShellCommand {
  command: readonly string[];
  env: Readonly<Record<string, string>>;
}

/** What it takes to find a job again after any restart: plain JSON, no secrets. Written to the store before the job starts. */
export type Handle = Readonly<Record<string, string | number>>;

/**
 * A job as data: nothing in it is a place of the target. The words to run are those of `launcher`, then those of `command`.
 * An interpreter as `environment` is the one that the command names, on the submitter's machine: where that path holds, `programOf`
 * of `job/spec.ts` tells what to run for the command's first word; elsewhere the target chooses its own interpreter. `start`
 * makes a defined environment that is not there yet; meanwhile `status` says `waiting` and why, and `cancel` ends that.
 */
export interface Job extends Omit<Runnable, 'environment'> {
  /** The run's id: 32 hexadecimal digits, unique for ever, safe as a name of a file. */
  readonly id: string;
  readonly code: JobCode;
  readonly environment?: JobEnvironment;
  /** Values of `${{inputs.NAME}}` in the words. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The path of each is the value of `${{inputs.NAME}}`, and of the variable `AZURE_ML_INPUT_NAME`. */
  readonly data: readonly JobData[];
  /** What it needs and at most gets. */
  readonly resources?: Resources;
  /** It starts under debugpy, which waits for an editor; see `underDebugger` of `job/debug.ts`. `status` tells where. */
  readonly debug?: NonNullable<JobSpec['debug']>;
  /** Reaches nothing but its tracking server. */
  readonly network?: 'off';
  readonly variables: JobVariables;
  /** Folders and files that the code expects beside it and that are no part of it, such as data. */
  readonly inputs: readonly JobInput[];
  readonly outputs: readonly JobOutput[];
  /** Seconds after which the job is ended; 0: none. The target keeps it, because the server may be gone. */
  readonly timeout: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly grace: number;
  /** Of the person, for the process; unknown in older jobs. */
  readonly umask?: number;
  /** Where the job logs by MLflow's protocol. A target whose jobs cannot reach that address leads them there. */
  readonly tracking: Tracking;
}

/** The code of a job: one state, kept for good, in git. */
export interface JobCode {
  /** Git's name of the tree: code with the same name is the same. */
  readonly tree: string;
  /** The folder that was kept, as its person knows it: absolute, on the machine of the server. */
  readonly root: string;
  /** Where the command starts: relative to the root, with `/`; '' is the root. It may be a folder that is not there yet. */
  readonly workingFolder: string;
  /** For targets that know git. */
  readonly snapshot: Snapshot;
  /** Writes the code into a folder of this machine, which is made, or is empty. @throws NOT_FOUND | GIT_FAILED */
  checkout(folder: string): Promise<void>;
  /** The code as a tar archive (not compressed), for a place without a shared disk. Errors with NOT_FOUND | GIT_FAILED. */
  archive(): Readable;
}

/** Environment variables, but for the secrets that go to `start`. See `shared/environment.ts`, which puts them together. */
export interface JobVariables {
  /** Set for this job; they win over all others. */
  readonly own: Readonly<Record<string, string>>;
  /** Of the submitter's shell: what they mean holds on the submitter's machine only. */
  readonly inherited: Readonly<Record<string, string>>;
  /** The same; some of these may be secrets, so they are never written down. */
  readonly inheritedInMemory: Readonly<Record<string, string>>;
}

export interface JobInput {
  /** Absolute, on the machine of the server. It may be gone by now. */
  readonly source: string;
  /** Where the code expects it: relative to the root, with `/`. */
  readonly path: string;
}

/** Data that the job reads and does not change. */
export interface JobData {
  readonly name: string;
  readonly type: DataInput['type'];
  /** Absolute, on the machine of the server: a file or a folder. */
  readonly source: string;
}

/** An empty folder that the target makes for the job, and whose files are kept with the run. */
export interface JobOutput {
  /** The environment variable that tells the job the folder's absolute path. */
  readonly variable: string;
  /** Below the folder of the first output, relative, with `/`; '' for the first. Its files are kept by paths that begin with it. */
  readonly path: string;
  /** Of `${{outputs.NAME}}` in the words, which stands for the absolute path. */
  readonly name?: string;
  /** It is a file that the job writes: the folder is the one that holds it. */
  readonly isFile?: boolean;
}

/** How a job reaches its tracking server. */
export interface Tracking {
  /** As this machine reaches it, e.g. http://127.0.0.1:41234. */
  readonly url: string;
  /** Of this job alone, and void when it has ended. A secret; among the variables of `start`, too. */
  readonly token: string;
}

export type TargetStatus =
  /** There is nothing here by this handle: `start` was not called, or came to nothing, and will not still come to something. */
  | { state: 'planned' }
  /** It is here and waits for its turn. `why` is for people: “for a GPU”, “Priority”. */
  | { state: 'waiting'; why: string }
  | { state: 'starting' }
  /** `startedAt`: ms since the epoch. `debugger`: once one listens. */
  | { state: 'running'; startedAt: number; debugger?: JobDebugger }
  | {
      state: 'ended';
      startedAt?: number;
      /** ms since the epoch */
      endedAt: number;
      /** null: ended by a signal, or unknown */
      exitCode: number | null;
      signal?: string;
      /** `lost`: its process is gone and nobody knows how it ended. `spawn-failed`: its program could not be started. */
      cause: 'exit' | 'cancelled' | 'timeout' | 'lost' | 'spawn-failed';
      /** A sentence for people when there is more to say than the exit code. */
      reason?: string;
      /** What to do about it: a sentence. */
      hint?: string;
    }
  /** Nobody knows now; it may go on. `why` is for people. */
  | { state: 'unreachable'; why: string };

export type EndedStatus = Extract<TargetStatus, { state: 'ended' }>;

/** Takes the files of a job; see `Target.collect`. */
export interface OutputSink {
  /** How many files there will be, if that is known before: a person sees how far it is. */
  expect(count: number): void;
  /**
   * Keeps a file; one by the same path is replaced.
   * @param path relative, with `/`; at most 1,000 characters, no `..`
   * @param content a file of this machine, which stays as it is until `collect` has resolved; or the bytes, which are read
   *   before this resolves
   * @returns when the next may come. What keeps a file from being kept is told to the run and is no error here.
   */
  file(path: string, content: FileContent): Promise<void>;
  /** A file that is there and cannot be handed over. The others can. */
  lost(path: string, error: unknown): void;
}

export type FileContent = { readonly file: string } | AsyncIterable<Uint8Array> | Uint8Array;

/** What else is known of a job that has ended. */
export interface Collected {
  /** Sentences for people. */
  notes?: readonly string[];
  /** Stores of other trackers that the job wrote to: paths from the root of its code, such as `mlruns`. */
  stores?: readonly string[];
  /** Packages and files of Python that the job used and its code does not hold; absolute, as the person knows them. */
  outsideCode?: readonly string[];
}

/** A folder that is searched for TensorBoard event files. */
export interface EventFolder {
  /** Absolute, on this machine. */
  folder: string;
  /** What it is called from the root of the code, with `/`. */
  as: string;
  /** Others than the job may write there. */
  shared: boolean;
}

/** What a running job uses now. */
export interface Usage {
  /** Percent of one core; 250 means two and a half cores. */
  cpuPercent: number;
  /** Resident memory of the whole process tree, bytes. */
  memoryBytes: number;
  /** Since it started. */
  network?: { receivedBytes: number; sentBytes: number };
  /** Of the GPUs that the job can use. */
  gpus?: readonly GpuUsage[];
}

export interface GpuUsage {
  index: number;
  utilizationPercent: number;
  memoryUsedMegabytes: number;
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
  /** What else there is to know of it, such as what it has on disk. */
  facts?: readonly TargetFact[];
}

/** A row: `On disk`, `3.2 GB`. */
export interface TargetFact {
  label: string;
  value: string;
}

/** Something that jobs left on a target and that none needs any more. */
export interface Leftover {
  /** Among all that are left there. */
  id: string;
  /** For people: `container of run 2f81c3d0, which failed`. */
  label: string;
  /** What its removal frees. */
  bytes: number;
}
