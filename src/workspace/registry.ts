import { TrainyardError } from '../base/errors.js';
import type { WorkspaceEntry } from './configuration/list.js';
import type { Workspace } from './workspace.js';

/** Every kind of workspace: a line here and a folder beside this file. A kind is loaded when first used. */
export const WORKSPACE_KINDS: readonly KindEntry[] = [
  {
    kind: 'local',
    label: 'On This Computer',
    load: async () => (await import('./local/kind.js')).LOCAL_KIND,
  },
  {
    kind: 'mlflow',
    label: 'MLflow Tracking Server',
    load: async () => (await import('./mlflow/kind.js')).MLFLOW_KIND,
  },
];

interface KindEntry {
  kind: string;
  /** What people choose when they add one. */
  label: string;
  load(): Promise<WorkspaceKind>;
}

/** Secrets of one workspace, by names such as `token`: kept by the editor, or variables of the command line's environment. */
export interface Credentials {
  /** Undefined when it was never set. */
  get(name: string): Promise<string | undefined>;
}

/** What every workspace is opened with. */
export interface Surroundings {
  /** Home of the workspace of this computer; absolute. */
  home: string;
  /** The server's bundle. */
  serverEntry: string;
  /** Of the workspace that is opened. */
  credentials: Credentials;
}

/** A question that is asked when a workspace of a kind is added. */
export interface Question {
  /** Field of the entry, or name of the secret. */
  name: string;
  /** As a title, e.g. `Address`. */
  label: string;
  /** A sentence: what is wanted. */
  prompt?: string;
  placeholder?: string;
  /** Default: a line of text. */
  input?: 'text' | 'secret' | 'folder' | 'file' | { value: string; label: string; detail?: string }[];
  /** It may be left empty. */
  optional?: true;
  /** Whether it is asked, given the answers so far. Default: always. */
  when?(answers: Readonly<Record<string, string>>): boolean;
  /** What is wrong with an answer; undefined when nothing is. */
  problemOf?(answer: string): string | undefined;
}

/** What a workspace holds, to be shown before it is removed. */
export interface Holdings {
  runs: number;
  models: number;
  bytes: number;
  /** Jobs that have not ended. */
  activeJobs: number;
}

/** How MLflow's client finds a workspace and is known there, as environment variables. */
export interface Tracking {
  /** What may be written down. */
  variables: Readonly<Record<string, string>>;
  /** The variables that `secrets` gives. */
  secretNames: readonly string[];
  /** @throws UNAUTHENTICATED when one is not known on this computer | BAD_REQUEST when it cannot be sent */
  secrets(): Promise<Record<string, string>>;
}

export interface WorkspaceKind {
  readonly questions: readonly Question[];
  /** Makes no request yet. @throws BAD_REQUEST for an entry that lacks what the kind needs */
  open(entry: WorkspaceEntry, surroundings: Surroundings): Promise<Workspace>;
  /**
   * Decides on an entry before it is added. Absent: each that can be opened is added as it is.
   * @param others the entries that are there already, of every kind
   * @returns the entry as it is kept
   * @throws BAD_REQUEST for settings that cannot be used, or not beside the others
   */
  admit?(
    entry: WorkspaceEntry,
    others: readonly WorkspaceEntry[],
    surroundings: Surroundings,
  ): WorkspaceEntry;
  /**
   * Connects once, before it is added. Absent: there is nothing to connect to.
   * @returns what is there, e.g. `MLflow 3.17.2`
   * @throws TrainyardError that says what is wrong with what was answered
   */
  check?(entry: WorkspaceEntry, surroundings: Surroundings, signal?: AbortSignal): Promise<string>;
  /**
   * How the scripts of jobs that run elsewhere log there. Absent: they cannot.
   * @throws NOT_SUPPORTED when MLflow's client cannot sign in there | BAD_REQUEST as `open`
   */
  tracking?(entry: WorkspaceEntry, surroundings: Surroundings): Tracking;
  /** The folder of this computer that belongs to it alone; absolute. */
  folderOf?(entry: WorkspaceEntry, surroundings: Surroundings): string;
  /** What goes with it when it is removed. Absent: nothing, because it is kept elsewhere. */
  holdings?(entry: WorkspaceEntry, surroundings: Surroundings): Promise<Holdings>;
  /**
   * Moves the local data of a workspace that was removed from the list out of the way.
   * @returns the folder in which it now is; undefined when there was nothing
   */
  putAway?(entry: WorkspaceEntry, surroundings: Surroundings): Promise<string | undefined>;
}

/** @throws NOT_SUPPORTED for a kind that this version does not know */
export async function kindOf({ kind, name }: Pick<WorkspaceEntry, 'kind' | 'name'>): Promise<WorkspaceKind> {
  const known = WORKSPACE_KINDS.find((entry) => entry.kind === kind);
  if (known) return known.load();
  throw new TrainyardError(
    'NOT_SUPPORTED',
    `The workspace “${name}” is of the kind “${kind}”, which this version of Trainyard does not know.`,
    { hint: 'Update Trainyard.' },
  );
}

/** @throws NOT_SUPPORTED | BAD_REQUEST */
export async function openWorkspace(entry: WorkspaceEntry, surroundings: Surroundings): Promise<Workspace> {
  return (await kindOf(entry)).open(entry, surroundings);
}
