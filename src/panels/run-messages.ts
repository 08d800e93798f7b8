/** What the panel of a run and its host say to each other. Types only; numbers travel as typed arrays, so NaN survives. */
import type { ErrorData } from '../base/errors.js';
import type {
  Curve,
  DataInput,
  FailureCause,
  ModelLink,
  ModelSource,
  Progress,
  RunFile,
  RunState,
} from '../workspace/types.js';
import type { RunKey } from '../workspace/run-ref.js';
import type { CommonMessage } from './common-messages.js';
import type { LogLink } from './code-places.js';
import type { CodeLine } from './code-line.js';
import type { FoundFiles } from './found-files.js';
import type { ShownTable } from './table.js';
import type { Goals } from './table-messages.js';

export interface ShownRun {
  /** Key of the run, as are the other ids of runs that panels and hosts name. */
  id: RunKey;
  /** What its workspace is called, where there are several. */
  workspace?: string;
  number: number;
  name: string;
  experiment: string;
  state: RunState;
  /** ms since the epoch */
  startTime: number;
  /** ms since the epoch; null while it goes on */
  endTime: number | null;
  /** Only while it goes on. */
  progress?: Progress;
  /** Started by Trainyard: it has a log, and can be cancelled and submitted again. */
  isJob: boolean;
  /** Its code is kept. */
  hasCode: boolean;
  /** It can be renamed and tagged, and have a note. */
  canEdit: boolean;
  /** Its models can be registered. */
  canRegister: boolean;
  parentRunId?: RunKey;
  /** The run of the job that began this one. */
  jobRunId?: RunKey;
  /** Where its files are, when the workspace does not have them. */
  filesElsewhere?: string;
  /** Why it failed. */
  failure?: ShownFailure;
  /** What it ran and where, by name, in the order they are read. */
  facts: [name: string, value: string][];
  /** Where it ran, and on what. */
  environment: [name: string, value: string][];
  /** The environment of the workspace that it ran in: its definition can be opened. */
  definedEnvironment?: { name: string; version: string };
  /** Versions by name. */
  packages: [name: string, version: string][];
  params: [name: string, value: string][];
  tags: [name: string, value: string][];
  /** Markdown. */
  note: string;
  /** By name, those of the machine last. The arrays have one entry for each. */
  metrics: string[];
  values: Float64Array;
  mins: Float64Array;
  maxs: Float64Array;
  steps: Float64Array;
  counts: Float64Array;
  /** Paths of the tables that it says it has logged. */
  tables: string[];
  inputs: DataInput[];
  models: ModelLink[];
}

export interface ShownFailure extends Pick<FailureCause, 'kind' | 'headline' | 'hint'> {
  /** In the code of the run. */
  at?: CodeLine;
}

export type RunPanelVerb =
  'cancel' | 'charts' | 'log' | 'rerun' | 'compare' | 'codeChanges' | 'restoreCode' | 'rename' | 'tag';

/** A note that is not saved. */
export interface NoteDraft {
  text: string;
  /** The note as it was when the editing began. */
  base: string;
}

export interface RunPanelState {
  version: 1;
  runId?: RunKey;
  /** By run. */
  drafts: Record<string, NoteDraft>;
}

export type ToRun =
  /** The page is to ask for this run instead. */
  | { type: 'show'; runId: RunKey }
  /** `goals`: what a person says that metrics are to be, in the runs table. */
  | { type: 'run'; run: ShownRun; collapsed: string[]; goals: Goals }
  | { type: 'points'; series: ({ key: string } & Curve)[] }
  /** The end of the log as a terminal shows it, and the lines of the run's code that it names. */
  | { type: 'log'; text: string; isCut: boolean; links?: LogLink[] }
  | { type: 'found'; found: FoundFiles }
  | { type: 'folder'; folder: string; files: RunFile[] }
  /** null: too large, or no picture. */
  | { type: 'picture'; path: string; uri: string | null }
  /** Or why there is none, a sentence. `sha256`: of the file, if the workspace tells. */
  | { type: 'table'; path: string; sha256?: string; table: ShownTable | string }
  | { type: 'noteSaved' }
  /** It was changed elsewhere meanwhile, and is this now. */
  | { type: 'noteConflict'; note: string }
  | { type: 'noteFailed'; message: string }
  | { type: 'error'; error: ErrorData };

export type FromRun =
  | { type: 'ready'; runId: RunKey | undefined }
  | { type: 'points'; keys: string[] }
  /** Whether the log is in sight. */
  | { type: 'log'; isWanted: boolean }
  | { type: 'folder'; folder: string }
  | { type: 'picture'; path: string }
  /** Not answered when the file is still the one with that digest. */
  | { type: 'table'; path: string; known?: string }
  | { type: 'open'; path: string }
  /** For the script of the run. */
  | { type: 'chooseInterpreter' }
  /** A line of the code. */
  | { type: 'openLine'; at: CodeLine }
  /** Opens the definition of what it ran in or read. */
  | { type: 'openAsset'; kind: 'environment' | 'data'; name: string; version: string }
  /** Opens a table as lines. */
  | { type: 'openTable'; path: string }
  | { type: 'saveNote'; text: string; base: string }
  | { type: 'collapsed'; collapsed: string[] }
  | { type: 'act'; verb: RunPanelVerb }
  | { type: 'chart'; metric: string }
  | { type: 'register'; model: ModelSource }
  | { type: 'link'; href: string }
  | { type: 'retry' }
  | Extract<CommonMessage, { type: 'showOutput' | 'copy' }>;
