import type { Direction, LineageGraph } from '../lineage/graph.js';
import type { JobSpec, MetricPattern } from '../job/spec.js';
import type {
  AssetQuery,
  BuildEvent,
  BuiltOn,
  CodeDiff,
  Compute,
  DataAsset,
  Datastore,
  EnvironmentVersion,
  Experiment,
  Leftover,
  Lifecycle,
  Model,
  ModelPage,
  ModelQuery,
  ModelSource,
  NewDataAsset,
  NewDatastore,
  NewEnvironment,
  Points,
  PointsRequest,
  Purgeable,
  PurgeStep,
  Run,
  RunFile,
  RunPage,
  RunQuery,
  DebugWish,
  JobDebugger,
  JobPython,
  ShellCommand,
  WorkspaceEvent,
} from './types.js';

/**
 * What every kind of workspace implements: a core that reads, and facets that a kind has or lacks. Views draw what is
 * there and say what is not. All methods reject with TrainyardError.
 */
export interface Workspace {
  /** Unique among the workspaces of a person, and kept: letters, digits, `-`, `_` and `.`. */
  readonly id: string;
  /** As listed in registry.ts. */
  readonly kind: string;
  /** What people call it. */
  readonly label: string;

  /** @param lifecycle default: those that are not deleted */
  experiments(signal?: AbortSignal, lifecycle?: Lifecycle | 'all'): Promise<Experiment[]>;
  runs(query: RunQuery, signal?: AbortSignal): Promise<RunPage>;
  run(id: string, signal?: AbortSignal): Promise<Run>;
  points(requests: PointsRequest[], maxPoints: number, signal?: AbortSignal): Promise<Points[]>;
  /** Children of `folder` ('' is the root). */
  files(runId: string, folder: string, signal?: AbortSignal): Promise<RunFile[]>;
  /** @param mostBytes reads no more than these, from the start of the file */
  readFile(runId: string, path: string, signal?: AbortSignal, mostBytes?: number): Promise<Uint8Array>;
  /** Calls back until disposed. Connects on the first listener and disconnects with the last. */
  onEvent(listener: (event: WorkspaceEvent) => void): { dispose(): void };

  readonly edit?: Edit;
  readonly purge?: Purge;
  readonly code?: Code;
  readonly jobs?: Jobs;
  readonly registry?: Registry;
  readonly data?: Data;
  readonly datastores?: Datastores;
  readonly environments?: Environments;
  readonly lineage?: Lineage;
}

/** Changes to what is there. */
export interface Edit {
  rename(runId: string, name: string): Promise<void>;
  /** null removes a tag. */
  tag(runId: string, tags: Record<string, string | null>): Promise<void>;
  /** Marks a run as failed that a script of somebody's own began and never ended. @throws BAD_REQUEST for a job */
  end(runId: string): Promise<void>;
  delete(runIds: string[]): Promise<void>;
  undelete(runIds: string[]): Promise<void>;
  /** With its runs. @throws CONFLICT while one of them is active */
  deleteExperiment(id: string): Promise<void>;
  restoreExperiment(id: string): Promise<void>;
}

/** Removal for good of what was deleted. */
export interface Purge {
  /** What a purge would remove of what was deleted by `before` (ms; default: now). */
  preview(before?: number, signal?: AbortSignal): Promise<Purgeable>;
  /**
   * Removes for good what was deleted by `before` (ms), step by step; an abort leaves what is not removed yet.
   * @returns what was removed in all
   */
  run(before: number, onStep?: (step: PurgeStep) => void, signal?: AbortSignal): Promise<PurgeStep>;
}

/** The exact code of runs. */
export interface Code {
  /** Children of a folder of the run's code ('' is the root). */
  files(runId: string, folder: string, signal?: AbortSignal): Promise<RunFile[]>;
  read(runId: string, path: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Code of `runId` against another run's, or against the folder it came from as it is now. */
  diff(runId: string, other: string | 'folder', signal?: AbortSignal): Promise<CodeDiff>;
  /** Writes the run's code into `folder`, which must not exist or be empty. */
  restore(runId: string, folder: string, signal?: AbortSignal): Promise<void>;
}

export interface SubmitOptions {
  /** Environment variables that must not be written down. */
  secrets?: Record<string, string>;
  /** What to do with files over the size limit; absent: fail with LARGE_FILES. */
  largeFiles?: 'include' | 'leave-out';
}

/** Jobs that the workspace runs. */
export interface Jobs {
  submit(spec: JobSpec, options?: SubmitOptions, signal?: AbortSignal): Promise<Run>;
  /**
   * The job of a run, as it can be submitted again. Secrets are in it by their names.
   * @throws NOT_SUPPORTED when the run is not one of a job
   */
  spec(runId: string, signal?: AbortSignal): Promise<JobSpec>;
  cancel(runId: string): Promise<void>;
  /** The log from byte `from`, counted from its end when negative; with `follow`, until the run has ended. */
  log(
    runId: string,
    options: { from?: number; follow?: boolean },
    signal?: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  /**
   * Reads more metrics from what a job prints: from all that it has printed so far, also when it has ended, and from what
   * follows. Patterns that it has already are passed over.
   * @throws BAD_REQUEST for a pattern that is none, or a run that is not one of a job
   */
  addPatterns(runId: string, patterns: readonly MetricPattern[]): Promise<void>;
  /**
   * Registers and copies the outputs of a job once more that has finished.
   * @returns a sentence on each for which that failed
   * @throws BAD_REQUEST for a run that is no job, or none that finished
   */
  keepOutputs?(runId: string): Promise<string[]>;
  /** Where jobs can run, and what runs there. */
  compute(signal?: AbortSignal): Promise<Compute[]>;
  /** What jobs left on a target. @throws NOT_FOUND | NOT_SUPPORTED | TARGET_UNREACHABLE */
  leftovers?(target: string, signal?: AbortSignal): Promise<Leftover[]>;
  /** Removes some of that. @returns what is gone @throws see `leftovers` */
  prune?(target: string, ids: readonly string[]): Promise<Leftover[]>;
  /** How to open a shell where a job is. @throws NOT_SUPPORTED | NOT_RUNNING | TARGET_UNREACHABLE */
  shell?(runId: string, signal?: AbortSignal): Promise<ShellCommand>;
  /** The Pythons of a job that a debugger can listen in, the first to start first. @throws NOT_SUPPORTED | NOT_RUNNING | TARGET_UNREACHABLE */
  pythons?(runId: string, signal?: AbortSignal): Promise<JobPython[]>;
  /**
   * Has a debugger listen in a running job, where none does yet. @returns where it listens
   * @throws NOT_SUPPORTED | NOT_RUNNING | NOT_FOUND (that process) | CONFLICT (it listens in another) | TARGET_FAILED |
   *   TARGET_UNREACHABLE
   */
  debug?(runId: string, wish?: DebugWish, signal?: AbortSignal): Promise<JobDebugger>;
}

/** Logged and registered models. */
export interface Registry {
  /** Registered models, then logged ones, each newest first. @throws BAD_REQUEST for a page that is none */
  models(query?: ModelQuery, signal?: AbortSignal): Promise<ModelPage>;
  /** Versions of a registered model, newest first. @throws NOT_FOUND */
  versions(name: string, signal?: AbortSignal): Promise<Model['versions']>;
  /**
   * Lets an alias lead to a version; one that leads to another is moved.
   * @throws NOT_FOUND (model or version) | BAD_REQUEST for what cannot be an alias
   */
  setAlias(name: string, alias: string, version: string): Promise<void>;
  /** One that is not there is no error. @throws NOT_FOUND (the model) */
  deleteAlias(name: string, alias: string): Promise<void>;
  /** Makes a new version of the registered model of this name, and that model when there is none. @returns the version */
  register(model: ModelSource, name: string): Promise<string>;
}

/** What jobs run in, by name and version. */
export interface Environments {
  /** By name, the newest version first. Anonymous ones are only listed by their name. */
  list(query?: AssetQuery, signal?: AbortSignal): Promise<EnvironmentVersion[]>;
  /** @param version `latest`: the newest that is not archived @throws NOT_FOUND */
  get(name: string, version: string, signal?: AbortSignal): Promise<EnvironmentVersion>;
  /**
   * The same content under the same name and version is no error.
   * @throws BAD_REQUEST (what cannot be one) | CONFLICT (the version is there: versions never change) | NOT_FOUND (build context) |
   *   TOO_LARGE
   */
  create(environment: NewEnvironment): Promise<EnvironmentVersion>;
  /** Takes a version, or all of them, from what is offered, or brings them back. @throws NOT_FOUND */
  archive(name: string, version?: string, archived?: boolean): Promise<void>;
  /** The runs of jobs that were to run in it, newest first; those that are deleted are left out. @throws NOT_FOUND */
  runs(name: string, version: string, signal?: AbortSignal): Promise<Run[]>;
  /**
   * Builds it on a target; nothing is done where that was done before. An abort ends the build, if nobody else waits for it.
   * @throws NOT_FOUND | NOT_SUPPORTED (the target) | TARGET_FAILED naming the step | CANCELLED
   */
  build(
    name: string,
    version: string,
    target: string,
    onEvent?: (event: BuildEvent) => void,
    signal?: AbortSignal,
  ): Promise<BuiltOn>;
}

/** Data by name and version, for the inputs of jobs. */
export interface Data {
  /** By name, the newest version first. */
  list(query?: AssetQuery, signal?: AbortSignal): Promise<DataAsset[]>;
  /** @param version absent: the newest that is not archived. @throws NOT_FOUND */
  get(name: string, version?: string, signal?: AbortSignal): Promise<DataAsset>;
  /** @throws BAD_REQUEST (what cannot be one) | CONFLICT when the version is there: versions never change */
  create(asset: NewDataAsset): Promise<DataAsset>;
  /** The runs of jobs that were to read it, newest first; those that are deleted are left out. @throws NOT_FOUND */
  runs(name: string, version: string, signal?: AbortSignal): Promise<Run[]>;
  /** Takes a version, or all of them, from what is offered, or brings them back. @throws NOT_FOUND */
  archive(name: string, version?: string, archived?: boolean): Promise<void>;
}

/** Places outside of the workspace that its jobs read from and write to, by name. */
export interface Datastores {
  /** By name. */
  list(signal?: AbortSignal): Promise<Datastore[]>;
  /** @throws NOT_FOUND */
  get(name: string, signal?: AbortSignal): Promise<Datastore>;
  /** The same again is no error. @throws BAD_REQUEST (what cannot be one) | CONFLICT when another has the name */
  create(datastore: NewDatastore): Promise<Datastore>;
  /** What is in it stays. @throws NOT_FOUND | CONFLICT while jobs that have not ended use it */
  remove(name: string): Promise<void>;
  /** Gives the secret of one, which is kept in memory only. @throws NOT_FOUND */
  signIn(name: string, secret: string): Promise<void>;
}

/** What made what. */
export interface Lineage {
  /**
   * What is one step up or down from some nodes, with the nodes themselves. Ids (lineage/ids.ts) that mean nothing here are
   * passed over; of very many neighbours some are counted only.
   */
  neighbours(ids: readonly string[], direction: Direction, signal?: AbortSignal): Promise<LineageGraph>;
}
