/** The nouns of the domain, as every kind of workspace gives them to the views. Times are ms since the epoch. */
import type { DatastorePlace } from '../job/datastore.js';
import type { EnvironmentDefinition } from '../job/environment.js';
import type { Environment, MetricPattern } from '../job/spec.js';

/** `collecting`: the script has ended, and the files that it wrote are being kept. */
export type RunState =
  'queued' | 'preparing' | 'running' | 'collecting' | 'finished' | 'failed' | 'cancelled';
export const ACTIVE_STATES: readonly RunState[] = ['queued', 'preparing', 'running', 'collecting'];

export type Lifecycle = 'active' | 'deleted';

export interface Experiment {
  id: string;
  name: string;
  lifecycle: Lifecycle;
  createdAt: number;
  updatedAt: number;
  tags: Record<string, string>;
}

/** The newest value of a metric (largest step, then time, then value) and the shape of its series. */
export interface MetricSummary {
  value: number;
  step: number;
  timestamp: number;
  /** Points logged. This and what follows: only where the workspace tells it. */
  count?: number;
  /** Over finite values; NaN when there is none. */
  min?: number;
  max?: number;
}

/** The code of a run. */
export interface CodeState {
  /** HEAD when the job was submitted; null when there was no commit. */
  head: string | null;
  branch: string | null;
  /** Commit that holds exactly what ran; undefined when only HEAD is known (a script started by hand). */
  snapshot?: string;
  /** Git changed the folder while the snapshot was taken: it may be of more than one state. */
  torn?: true;
  /** Files that differed from HEAD. */
  changedFiles: number;
  /** Absolute path of the folder the code came from. */
  root: string;
  remote: string | null;
  /** The script, relative to root. */
  script?: string;
}

/** How far a job says it is. */
export interface Progress {
  done: number;
  /** Absent when it does not know. */
  total?: number;
  /** What is counted, e.g. `it`; absent with a total. */
  unit?: string;
  remainingSeconds?: number;
}

/** What a job ran on. */
export interface Machine {
  /** Name in the network. */
  host: string;
  /** With its release, e.g. `Linux 6.8.0`. */
  system: string;
  processor: string;
  /** Of all its processors, as the system counts them. */
  cores: number;
  memoryBytes: number;
  /** Names; absent when none is known. */
  gpus?: string[];
}

/** Why a job failed, as its end and the end of its log tell it. */
export interface FailureCause {
  /**
   * `start`: it never ran; `lost`: nobody knows how it ended; `input`: it asked for some, and jobs have none;
   * `exit`: it said no more than its exit code.
   */
  kind:
    | 'exception'
    | 'missing-module'
    | 'missing-file'
    | 'out-of-memory'
    | 'input'
    | 'usage'
    | 'signal'
    | 'timeout'
    | 'cancelled'
    | 'start'
    | 'lost'
    | 'exit';
  /** One line, e.g. `ValueError: shapes differ`, `Killed (SIGKILL)`. */
  headline: string;
  /** The exception with its module, e.g. `torch.cuda.OutOfMemoryError`. */
  exception?: string;
  /** What it says, perhaps in several lines. */
  message?: string;
  /** Where it was in the person's own code: relative to the root of the code, with `/`. */
  file?: string;
  /** From 1. */
  line?: number;
  /** What to do about it, or what to know: a sentence. */
  hint?: string;
  /** Of the process, where a launcher started several. */
  rank?: number;
}

/** Where the debugger of a running job listens. */
export interface JobDebugger {
  /** As this machine reaches it. */
  host: string;
  port: number;
  /** The root of the code as the job sees it: absolute. */
  root: string;
  /** The job has not begun: it waits until an editor attaches. */
  waits: boolean;
  /** Of the process that it is in, as the job knows it. Absent in what an earlier version told. */
  pid?: number;
}

/** A Python of a running job in which a debugger can listen. */
export interface JobPython {
  /** As the job knows it: in a container, another than outside. */
  pid: number;
  /** The words that it was started with. */
  command: readonly string[];
}

/** What a debugger in a running job is to be. */
export interface DebugWish {
  /** Of the Python that it is to listen in; default: the first. */
  pid?: number;
  /** Absolute path on this machine of the folder of debugpy, for a Python that has none. */
  debugpy?: string;
}

/** A target that does not answer. */
export interface Unreachable {
  /** ms since the epoch */
  since: number;
  /** In its words. */
  why: string;
}

export interface JobSummary {
  /** The run that was made when it was submitted; others that its script began name the same job. */
  runId: string;
  target: string;
  /** The words of its command as a person reads them: an interpreter by its name. */
  command: string[];
  /** What it ran in; absent for a command that names its program itself. */
  environment?: Environment;
  /** Relative to the code's root. */
  workingFolder: string;
  /** Those that were set for it, less its secrets. */
  environmentVariables?: Record<string, string>;
  exitCode: number | null;
  /** Why it ended as it did, when the exit code does not say it. */
  reason?: string;
  /** Some outputs were not registered or copied, as `reason` says. They may be kept again. */
  lacksOutputs?: true;
  /** Of a failed job; absent for one that ended before causes were looked for. */
  cause?: FailureCause;
  /** What is read from its output as metrics. */
  metrics?: MetricPattern[];
  /** Of the newest progress bar in its output; while it collects, of its files. */
  progress?: Progress;
  /** What it waits for where it runs, e.g. “for a GPU”; its state is `preparing`. */
  waiting?: string;
  /** While it runs under one. */
  debugger?: JobDebugger;
  /** Where it runs does not answer: its state is the last that was known. */
  unreachable?: Unreachable;
  /** Known once it has started. */
  machine?: Machine;
  /** Where its script logs besides the workspace: addresses of servers, and stores in its folder such as `mlruns`. */
  elsewhere?: string[];
  /** Packages and files of Python that it used and its snapshot does not hold: absolute paths. Known when it has ended. */
  outsideCode?: string[];
  queuedAt: number;
  startedAt?: number;
  endedAt?: number;
}

/** Data that a run read, as `mlflow.log_input` told it. */
export interface DataInput {
  name: string;
  /** Of the content, as the script computed it: another digest is other data. */
  digest: string;
  /** What it was for, e.g. `training`. */
  context?: string;
  /** The version of data of the workspace that it is; absent for any other. */
  version?: string;
  /** How to read `source`, e.g. `local`, `hf`, `code`. */
  sourceType: string;
  /** Where it came from; mostly JSON. */
  source: string;
}

/** A logged model that a run read or made. */
export interface ModelLink {
  /** `m-…` */
  id: string;
  name: string;
  role: 'input' | 'output';
  /** Of the training; only of an output. */
  step?: number;
}

/** What a script's code ran on, as its logged model tells it. */
export interface PythonEnvironment {
  /** Version of Python. */
  python?: string;
  /** Versions by name of the package, as in requirements.txt: `2.1.0`, or a condition such as `>=2,<3`. */
  packages: Record<string, string>;
}

export interface Run {
  id: string;
  /** Id of the workspace that it is in. */
  workspace: string;
  /** Counts up within the workspace, oldest first; a run's colour follows from it. */
  number: number;
  experimentId: string;
  name: string;
  state: RunState;
  lifecycle: Lifecycle;
  user: string;
  startTime: number;
  endTime?: number;
  parentRunId?: string;
  /** Where its script reads and writes files itself; the workspace does not have those. */
  filesElsewhere?: string;
  metrics: Record<string, MetricSummary>;
  params: Record<string, string>;
  tags: Record<string, string>;
  code?: CodeState;
  job?: JobSummary;
  /** This and what follows: only of a run that was asked for by its id; a search leaves it out. */
  inputs?: DataInput[];
  models?: ModelLink[];
  environment?: PythonEnvironment;
}

export interface RunFile {
  /** Relative to the run's root, with `/`. */
  path: string;
  isFolder: boolean;
  bytes?: number;
  /** Of the content of a file that the run wrote, hex: the same means the same. */
  sha256?: string;
}

export interface Model {
  /** Logged model: `m-…`; registered model: its name. */
  id: string;
  name: string;
  kind: 'logged' | 'registered';
  state: 'pending' | 'ready' | 'failed';
  createdAt: number;
  runId?: string;
  experimentId?: string;
  tags: Record<string, string>;
  params: Record<string, string>;
  metrics: Record<string, number>;
  versions: { version: string; runId?: string; modelId?: string; aliases: string[]; createdAt: number }[];
}

export interface ModelQuery {
  /** Only of this kind; default: both. */
  kind?: Model['kind'];
  /** Part of the name, in any case of letters. */
  name?: string;
  /** 1..1000, default 100 */
  limit?: number;
  page?: string;
}

/** `nextPage` is absent on the last. */
export interface ModelPage {
  models: Model[];
  nextPage?: string;
}

/** A model that can be registered: a logged one, or a folder of a run's files that holds an `MLmodel`. */
export type ModelSource = { modelId: string } | { runId: string; path: string };

export interface Compute {
  name: string;
  kind: string;
  label: string;
  detail: string;
  ready: boolean;
  problem?: string;
  /** Ids of the runs that are on it now, and wait for it. */
  running: string[];
  queued: string[];
  /** Ids of those whose script has ended and whose files are being kept; they take no slot. */
  collecting: string[];
  /** Jobs that may run there at once. */
  slots: number;
  /** What else there is to know of it: rows. */
  facts?: readonly { label: string; value: string }[];
  /** What is left there can be listed and removed. */
  canPrune?: boolean;
}

/** Something that jobs left on a target and that none needs any more. `bytes`: what its removal frees. */
export interface Leftover {
  id: string;
  label: string;
  bytes: number;
}

/** Words that open a shell where a job is, for a terminal of this computer. */
export interface ShellCommand {
  command: readonly string[];
  env: Readonly<Record<string, string>>;
}

/** A page of runs; `nextPage` is absent on the last. */
export interface RunPage {
  runs: Run[];
  nextPage?: string;
}

export interface RunQuery {
  experimentIds?: string[];
  /** In the grammar of docs/filters.md. */
  filter?: string;
  /** MLflow's `order_by` entries. Default: newest first. */
  orderBy?: string[];
  /** Full commit hash: runs whose code stands on this commit. */
  commit?: string;
  lifecycle?: Lifecycle | 'all';
  /** 1..1000, default 100 */
  limit?: number;
  page?: string;
}

/** A stretch of one metric's points, in the order they were logged. The arrays have one length. */
export interface Points {
  runId: string;
  key: string;
  /** Points that the store holds of this metric: ask for `from: total` next time. */
  total: number;
  /** True when the stretch was thinned to first, minimum, maximum and last of each bucket of neighbours. */
  reduced: boolean;
  steps: Float64Array;
  /** ms since the epoch */
  times: Float64Array;
  values: Float64Array;
}

/** What a small curve is drawn of, in the order it was logged. */
export type Curve = Pick<Points, 'steps' | 'values'>;

export interface PointsRequest {
  runId: string;
  key: string;
  /** Index of the first wanted point in logging order. */
  from: number;
  /** Only points whose step lies within these, both included. */
  fromStep?: number;
  toStep?: number;
}

export type RunPart = 'state' | 'metrics' | 'params' | 'tags' | 'files' | 'log' | 'models';

/** Something changed; consumers fetch what they show. Coalesced: one event per run at most every 100 ms. */
export type WorkspaceEvent =
  | { type: 'run'; runId: string; experimentId: string; parts: RunPart[] }
  | { type: 'experiments' }
  | { type: 'models' }
  | { type: 'data' }
  | { type: 'environments' }
  /** The connection was lost and is back: everything may have changed. */
  | { type: 'reset' };

/** A version of an environment that a workspace keeps by name. It never changes. */
export interface EnvironmentVersion {
  name: string;
  version: string;
  /** SHA-256 of the definition: environments with the same are the same. */
  digest: string;
  definition: EnvironmentDefinition;
  description: string;
  tags: Record<string, string>;
  /** Fields of Azure ML's file that mean nothing here, as they were. */
  kept: Record<string, unknown>;
  /** Not offered any more; jobs that name its version still find it. */
  archived: boolean;
  /** ms since the epoch */
  createdAt: number;
  /** The newest first. */
  builds: BuiltOn[];
}

/** Where an environment was built, and what came of it. */
export interface BuiltOn {
  target: string;
  /** Name of the image, or absolute path of the interpreter. */
  at: string;
  /** Versions by the names of packages, as they were right after the build; absent when it holds no Python. */
  packages?: Record<string, string>;
  /** ms since the epoch */
  builtAt: number;
  /** It was removed from there since, and is built again when it is needed. Known of an environment that is asked for by itself, where the target answers. */
  isGone?: true;
}

export interface NewEnvironment {
  /** Absent: it is anonymous, and its version follows from its content. */
  name?: string;
  /** Absent: the next number. */
  version?: string;
  definition: Omit<EnvironmentDefinition, 'build'>;
  build?: {
    /** Absolute path of the build context, on this machine. */
    folder: string;
    /** Relative to it, with `/`. */
    dockerfile: string;
  };
  description?: string;
  tags?: Record<string, string>;
  kept?: Record<string, unknown>;
}

/** Of versions of data, or of environments. */
export interface AssetQuery {
  /** Only versions of this name. */
  name?: string;
  /** Archived ones, too. */
  archived?: boolean;
}

/** What a build tells while it goes on. */
export type BuildEvent =
  /** `step` counts from 1; `of` is 0 when it is not known. */
  { type: 'step'; step: number; of: number; text: string } | { type: 'output'; text: string };

/** A version of data that a workspace keeps by name: where it is and what it is. It never changes. */
export interface DataAsset {
  name: string;
  version: string;
  type: DataType;
  /** An absolute path, or a URI as `http://…`, `azureml://datastores/DATASTORE/paths/PATH`, `runs:/RUN/PATH`. */
  path: string;
  description: string;
  tags: Record<string, string>;
  /** Not offered any more; jobs that name its version still find it. */
  archived: boolean;
  /** ms since the epoch */
  createdAt: number;
  /** The run that made it. */
  runId?: string;
}

export type DataType = 'uri_file' | 'uri_folder' | 'mltable';

export interface NewDataAsset extends Pick<DataAsset, 'name' | 'type' | 'path'> {
  /** Absent: the next number. */
  version?: string;
  description?: string;
  tags?: Record<string, string>;
}

/** A place outside of the workspace that it knows by name: `azureml://datastores/NAME/paths/PATH`. Its secret is not in it. */
export interface Datastore {
  name: string;
  place: DatastorePlace;
  /** The environment variable that has its secret; absent: the library signs in by what it finds. */
  secretEnv?: string;
  description: string;
  tags: Record<string, string>;
  /** ms since the epoch */
  createdAt: number;
}

export interface NewDatastore extends Pick<Datastore, 'name' | 'place' | 'secretEnv'> {
  description?: string;
  tags?: Record<string, string>;
}

export interface ServerStatus {
  pid: number;
  version: string;
  apiVersion: number;
  url: string;
  home: string;
  startedAt: number;
  node: string;
  storeBytes: number;
  experiments: number;
  runs: number;
  running: number;
  queued: number;
  /** Jobs whose script has ended and whose files are being kept. */
  collecting: number;
  /** Resident memory, bytes. */
  memoryBytes: number;
}

export interface CodeDiff {
  from: { runId: string | null; commit: string };
  to: { runId: string | null; commit: string | null };
  files: {
    path: string;
    from?: string;
    status: 'added' | 'modified' | 'deleted' | 'renamed' | 'type-changed';
    additions: number | null;
    deletions: number | null;
  }[];
  /** Unified diff, as git prints it; cut at 1 MB. */
  patch: string;
}

/** What a purge would remove for good. */
export interface Purgeable {
  /** Only what was deleted by then, ms; the purge itself is asked for with the same. */
  before: number;
  runs: number;
  models: number;
  experiments: number;
  /** About how many this frees. */
  bytes: number;
  /** Deleted runs that stay, each counted once. */
  kept: {
    /** Their jobs are active. */
    active: number;
    /** Versions of registered models are made of their files. */
    registered: number;
    /** Other runs of their jobs are not deleted: those have the log and the code from them. */
    needed: number;
    /** Data assets lead to their files. Absent: none. */
    data?: number;
    /** Those assets, as `NAME:VERSION`. Absent: none. */
    dataAssets?: string[];
  };
}

/** What one step of a purge removed. */
export interface PurgeStep extends Pick<Purgeable, 'runs' | 'models' | 'experiments' | 'bytes'> {
  /** Nothing is left. */
  done: boolean;
}

/** What a person can set of the local server. */
export interface ServerSettings {
  /** Jobs that run at once. */
  parallelJobs: number;
  /** Bytes; a larger new or changed file is a question at submit. */
  snapshotSizeLimit: number;
  /** Seconds between the request to end and the end by force. */
  grace: number;
  /** Minutes without a client, a request and a job after which the server ends. */
  idleExit: number;
  /** Bytes of downloaded data that are kept at most. */
  dataCacheLimit: number;
  /** Of the kinds of targets, by their names. */
  targets?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
