/** What the comparison and its host say to each other. Types only; numbers travel as typed arrays, so NaN survives. */
import type { ErrorData } from '../../base/errors.js';
import type { CodeDiff, RunState } from '../../workspace/types.js';

export interface ComparedRun {
  id: string;
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
}

export type ChangedFile = Pick<
  CodeDiff['files'][number],
  'path' | 'from' | 'status' | 'additions' | 'deletions'
>;

export interface CompareState {
  version: 1;
  runIds: string[];
  showAll: boolean;
}

export type ToCompare =
  /** The first is the one the others are compared with. */
  | { type: 'runs'; runs: ComparedRun[] }
  /** Files that differ between the first run and this one; or why that cannot be told. */
  | { type: 'code'; runId: string; files: ChangedFile[] | null; problem?: string }
  /** Pictures of a run by path, as data URIs. */
  | { type: 'pictures'; runId: string; pictures: Record<string, string> }
  | { type: 'error'; error: ErrorData };

export type FromCompare =
  | { type: 'ready'; runIds: string[] }
  /** Compares these, the first with the others. */
  | { type: 'show'; runIds: string[] }
  /** Opens the editor's own comparison of all files, or of one. */
  | { type: 'openCode'; runId: string; path?: string }
  | { type: 'charts'; runIds: string[] }
  | { type: 'showOutput' };
