/**
 * What the runs table and its host say to each other. Types only. Runs travel by columns, numbers as typed arrays: ten
 * thousand runs with two hundred metrics are a few copies of memory, not millions of JSON values, and NaN survives.
 */
import type { Goal } from '../base/goal.js';
import type { ErrorData } from '../base/errors.js';
import type { RunKey } from '../workspace/run-ref.js';
import type { Curve } from '../workspace/types.js';
import type { CommonMessage } from './common-messages.js';
import type { ShownWorkspace } from './shown-workspace.js';

/**
 * Ids of columns: an attribute (`name`, `state`, `started` …), or a kind and a name: `metric:loss`, `min:loss`,
 * `max:loss`, `param:lr`, `tag:stage`. The page makes `best:loss` of the extremes.
 */
export type ColumnId = string;

export interface TextColumn {
  id: ColumnId;
  /** Each text once. */
  words: string[];
  /** One for each run: index into `words`, plus one; 0 where the run has none. */
  codes: Uint32Array;
}

export interface NumberColumn {
  id: ColumnId;
  values: Float64Array;
  /** 1 where the run has a value, which may be NaN. */
  isSet: Uint8Array;
}

/** Some runs, whole: a column that is not here has no value in any of them. */
export interface RunChunk {
  /** Keys of the runs, as is every `runId` that page and host name. */
  ids: RunKey[];
  texts: TextColumn[];
  numbers: NumberColumn[];
}

export interface SortKey {
  id: ColumnId;
  descending: boolean;
}

/** What a person said that a metric is to be, by its column (`metric:loss`); the others go by their names. */
export type Goals = Record<ColumnId, Goal>;

/** How a person arranged the table of an experiment. */
export interface TableLayout {
  version: 2;
  /** Columns in the order they were put; the others keep their usual place among them. */
  order: ColumnId[];
  /** Against what is shown by default. */
  shown: ColumnId[];
  hidden: ColumnId[];
  pinned: ColumnId[];
  /** Pixels. */
  widths: Record<ColumnId, number>;
  sort: SortKey[];
  onlyDiffering: boolean;
  /** Columns of numbers whose cells are tinted by their value. */
  tinted: ColumnId[];
  /** Column by whose values the runs are grouped. */
  group: ColumnId | null;
  /** Values of groups that are closed; null: of the runs without one. */
  collapsed: (string | null)[];
  /** Metric columns that show the curve. */
  curves: ColumnId[];
  goals: Goals;
}

/** What a page needs to come back as it was; the layout is the host's. */
export interface TableState {
  version: 1;
  experimentId: string | null;
  filter: string;
  selected: string[];
  scrollTop: number;
  scrollLeft: number;
}

/** A cell that shows a curve. */
export interface CurveCell {
  runId: RunKey;
  metric: string;
}

export interface TableExperiment {
  /** Key of the experiment, as is every `experimentId` that page and host name. */
  id: string;
  name: string;
  /** What its workspace is called, where there are several. */
  workspace?: string;
}

export type ToTable =
  /** What is shown, before its runs: those of one experiment, or of all. */
  | {
      type: 'begin';
      experimentId: string | null;
      experiments: TableExperiment[];
      filter: string;
      layout: TableLayout | null;
      /** Those that the runs are of. */
      workspaces: ShownWorkspace[];
      /** Newest first. */
      filters: string[];
    }
  /** Runs that are new, or known and changed. */
  | { type: 'runs'; chunk: RunChunk }
  /** All runs were told; what came neither since `begin` nor now is gone. */
  | { type: 'end' }
  | { type: 'gone'; ids: string[] }
  /** Some of the curves that are wanted; few points each. */
  | { type: 'curves'; curves: (CurveCell & Curve)[] }
  /** Those that can be chosen by now, and how the workspaces stand. */
  | { type: 'experiments'; experiments: TableExperiment[]; workspaces: ShownWorkspace[] }
  /** The filter was not understood; what is shown stays. */
  | { type: 'filterProblem'; message: string }
  | { type: 'error'; error: ErrorData };

/** What is done with runs by commands of the editor. */
export type RunVerb = 'charts' | 'compare' | 'tag' | 'rename' | 'delete';

export type FromTable =
  /** The page stands and listens. Sent again by each new page, and to try again after an error. */
  | { type: 'ready'; experimentId: string | null; filter: string }
  | { type: 'show'; experimentId: string | null; filter: string }
  | { type: 'layout'; experimentId: string | null; layout: TableLayout }
  /** The curves in sight that the page does not have; in place of those wanted before. */
  | { type: 'curves'; cells: CurveCell[] }
  /** '' takes the note away. */
  | { type: 'note'; runId: string; text: string }
  | { type: 'act'; verb: RunVerb; runIds: string[] }
  | { type: 'submit' }
  | CommonMessage;
