/** What the comparison and its host say to each other. Types only; numbers travel as typed arrays, so NaN survives. */
import type { ErrorData } from '../base/errors.js';
import type { CodeDiff, ModelLink, Points, RunState } from '../workspace/types.js';
import type { RunKey } from '../workspace/run-ref.js';
import type { CommonMessage } from './common-messages.js';
import type { ShownWorkspace } from './shown-workspace.js';
import type { Goals } from './table-messages.js';

export interface ComparedRun {
  /** Key of the run, as is every `runId` that page and host name. */
  id: RunKey;
  /** What its workspace is called, where there are several. */
  workspace?: string;
  number: number;
  name: string;
  state: RunState;
  /** ms since the epoch */
  startTime: number;
  /** ms; null while it goes on */
  duration: number | null;
  /** What it ran and where, by name, in the order they are read. */
  facts: [name: string, value: string][];
  params: Record<string, string>;
  tags: Record<string, string>;
  metrics: string[];
  /** Last value of each of `metrics`. */
  values: Float64Array;
  /** Points logged of each of `metrics`. */
  counts: Float64Array;
}

export type ChangedFile = Pick<
  CodeDiff['files'][number],
  'path' | 'from' | 'status' | 'additions' | 'deletions'
>;

/** A file that a run wrote. */
export interface ComparedFile {
  path: string;
  bytes: number;
  /** The same in two runs: the same content. Undefined when the workspace does not tell. */
  sha256?: string;
  /** Whether the editor can show it as lines of text. */
  isText: boolean;
}

/** What the data and the packages of a run were. */
export interface RunDetails {
  /** Digests of the data that it read, by name. */
  data: Record<string, string>;
  /** Where the data came from, by the same names. */
  sources: Record<string, string>;
  /** Names of the models that it read and made. */
  models: Partial<Record<ModelLink['role'], string>>;
  /** Versions by name; '' when any would do. */
  environment: Record<string, string>;
}

export interface CompareState {
  version: 1;
  runIds: string[];
  showAll: boolean;
  view?: 'sheet' | 'relations';
  /** Two pictures on top of each other, with a line between them. */
  wipes?: boolean;
  relations?: RelationsState;
}

/** What a person chose for the view of many runs. Names are those of variables: `param:lr`, `metric:loss`. */
export interface RelationsState {
  target?: string;
  axes?: string[];
  x?: string;
  y?: string;
  /** Variables on a linear axis that would be on a log one. */
  linear?: string[];
}

export type ToCompare =
  /**
   * The first is the one the others are compared with; code, files and the like are told of the first `detailed` runs.
   * `curves`: metrics with a curve in a detailed run that is not the same in all of these. `workspaces`: those of which
   * runs are missing here, since they have failed or not answered yet.
   */
  | {
      type: 'runs';
      runs: ComparedRun[];
      detailed: number;
      curves: string[];
      goals: Goals;
      workspaces: ShownWorkspace[];
    }
  /** What a person says that metrics are to be, in the runs table. */
  | { type: 'goals'; goals: Goals }
  /** Some of the runs have changed; the others are as they were. */
  | { type: 'changed'; runs: ComparedRun[]; curves: string[] }
  /** Files that differ between the first run and this one; or why that cannot be told. */
  | { type: 'code'; runId: string; files: ChangedFile[] | null; problem?: string }
  | ({ type: 'details'; runId: string } & RunDetails)
  /** What a run wrote; `isCut` when there is more than is told. null: cannot be told, for this reason, a sentence. */
  | { type: 'files'; runId: string; files: ComparedFile[] | null; isCut: boolean; problem?: string }
  /** Pictures of a run by name, as data URIs. */
  | { type: 'pictures'; runId: string; pictures: Record<string, string> }
  /** Answer to the question of that number; null when it could not be answered. */
  | { type: 'points'; id: number; points: Points[] | null }
  | { type: 'error'; error: ErrorData };

export type FromCompare =
  | { type: 'ready'; runIds: string[] }
  /** Compares these, the first with the others. */
  | { type: 'show'; runIds: string[] }
  /** The curve of a metric in each of the runs, thinned. */
  | { type: 'fetch'; id: number; runIds: string[]; key: string; maxPoints: number }
  /** Opens the editor's own comparison of all files of the code, or of one. */
  | { type: 'openCode'; runId: string; path?: string }
  /** Opens a file that runs wrote: of one run, or the comparison of two. */
  | { type: 'openFile'; path: string; runIds: [string] | [string, string] }
  /** Opens the panel of a run. */
  | { type: 'run'; runId: string }
  | { type: 'charts'; runIds: string[] }
  | Extract<CommonMessage, { type: 'showOutput' }>;
