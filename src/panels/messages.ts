/**
 * What the charts panel and its host say to each other. Types only: the view is a browser page and imports nothing else
 * of src. Typed arrays travel as such, since the editor passes their buffers beside the JSON. Everything else does not
 * survive JSON: a NaN outside of a typed array would arrive as null.
 */
import type { ErrorData } from '../base/errors.js';
import type { ShownFailure } from './run-messages.js';
import type { RunKey } from '../workspace/run-ref.js';
import type { Points, PointsRequest, RunState } from '../workspace/types.js';
import type { CommonMessage } from './common-messages.js';
import type { ShownWorkspace } from './shown-workspace.js';

/** What the panel needs to know of a run. */
export interface ChartRun {
  /** Key of the run, as is every `runId` that page and host name. */
  id: RunKey;
  /** Id of its workspace. */
  workspace: string;
  /** Its colour follows from it. */
  number: number;
  name: string;
  state: RunState;
  /** ms since the epoch; zero of the relative axis */
  startTime: number;
  /** Names of the metrics that it has logged. */
  metrics: string[];
  /** It is of a job, whose log can be shown. */
  isJob?: true;
  /** Its own log: it is the run that the job was submitted as. */
  hasLog?: true;
  /** Why it failed. */
  failure?: ShownFailure;
}

/** `metric:…`: the value of that metric of the run, joined by step. */
export type XAxis = 'step' | 'time' | 'relative' | `metric:${string}`;

/** `symlog`: logarithmic on either side of zero, for values of both signs. */
export type YScale = 'linear' | 'log' | 'symlog';

/** `exponential`: TensorBoard's; the others are centred on the point. */
export type SmoothingKind = 'exponential' | 'average' | 'gaussian';

export interface ChartsSettings {
  xAxis: XAxis;
  yScale: YScale;
  smoothingKind: SmoothingKind;
  /** Exponential: weight, 0 (off) … 0.99. Average: window in points, 1 is off. Gaussian: σ in points, 0 is off. */
  smoothing: number;
  /** Whether the y axis leaves out the few values that are far from all others. */
  ignoreOutliers: boolean;
  /** Id of the label whose values make groups of the runs; null for a line of each run. */
  groupBy: string | null;
  band: Band;
}

/** What is drawn around the mean of a group: least to greatest value, standard deviation of the runs, nothing. */
export type Band = 'range' | 'deviation' | 'none';

/** A param or tag that runs can be grouped by, as a column over the runs of a list. */
export interface RunLabel {
  /** `param:lr`, `tag:team` */
  id: string;
  values: string[];
  /** For each run the place of its value in `values` and one; 0 where it has none. */
  codes: number[];
}

/** CSS pixels. */
export interface ChartSize {
  /** Least width of a column; charts fill the panel. */
  width: number;
  /** Of the plot. */
  height: number;
}

/** Ends of a y axis that a person set, the lesser first; one that is absent follows the values. */
export interface Limits {
  min?: number;
  max?: number;
}

/** What a person made of the charts of an experiment; kept for it, and shared as a file (charts-layout.ts). */
export interface ChartsLayout {
  settings: ChartsSettings;
  size: ChartSize;
  /** Ids of the charts that stand first, in this order. A chart of several metrics is always among them. */
  pinned: string[];
  /** Metrics of a section in the order that a person gave them, by the prefix of the section. */
  order: Record<string, string[]>;
  /** Sections a person opened or closed, against their default. */
  toggled: string[];
  /** Of the y axis, by the id of the chart. */
  limits: Record<string, Limits>;
}

export interface ExperimentLayout {
  /** Key of the experiment; null: for runs of several */
  experimentId: string | null;
  layout: ChartsLayout;
}

/** An image that a run logged with a key and a step. */
export interface LoggedImage {
  key: string;
  step: number;
  /** Among the files of the run. */
  path: string;
  /** A small copy of it, where there is one; else the same. */
  small: string;
}

/** The end of a log as a terminal shows it. */
export interface PrintedLog {
  text: string;
  isCut: boolean;
  /** How many lines came before it, as far as is known. */
  first: number;
  /** Indexes of its lines that hold numbers with a name. */
  numbered: number[];
}

/** Where a person is in a panel. Kept by the editor across hiding, reload and restart; data is fetched again. */
export interface ChartsState {
  version: 1;
  runIds: RunKey[];
  /** Ids of runs, and of groups, that are not shown. */
  hidden: string[];
  /** The run that others are measured against. */
  baseline?: string | null;
  zoom: { xAxis: XAxis; min: number; max: number } | null;
  /** Whether the zoom goes along with new points. */
  following?: boolean;
  search: string;
  /** The chart that fills the panel. */
  expanded?: string | null;
}

/** What can be done with one chart, by its context menu. */
export type ChartVerb =
  | 'expand'
  | 'pin'
  | 'addMetric'
  | 'setLimits'
  | 'clearLimits'
  | 'copyImage'
  | 'saveImage'
  | 'saveVector'
  | 'saveData'
  | 'openData';

export type ToCharts =
  | {
      type: 'init';
      runs: ChartRun[];
      labels: RunLabel[];
      /** Runs asked for that their workspaces do not have (any more). */
      missing: RunKey[];
      /** Those that the runs are of. */
      workspaces: ShownWorkspace[];
      layout: ExperimentLayout;
    }
  /** Runs or what is known of them changed; the whole list, in the order of the panel. */
  | {
      type: 'runs';
      runs: ChartRun[];
      labels: RunLabel[];
      missing: RunKey[];
      workspaces: ShownWorkspace[];
    }
  /** The runs are of another experiment now, or a person loaded a layout. */
  | { type: 'layout'; layout: ExperimentLayout }
  /** New points may be there. */
  | { type: 'changed'; runIds: string[] }
  /** A chart is to fill the panel. */
  | { type: 'expand'; chart: string }
  /** Chosen in the context menu of a chart. */
  | { type: 'act'; verb: ChartVerb; metric: string }
  /** Chosen in the context menu of a run; null for none. */
  | { type: 'baseline'; runId: string | null }
  /** A metric that was picked for a chart. */
  | { type: 'addMetric'; chart: string; metric: string }
  /** What a person set for the y axis of a chart. */
  | { type: 'limits'; chart: string; limits: Limits }
  /** Answer to the fetch of this id. */
  | { type: 'points'; id: number; points: Points[] }
  /** All images of a run, by key and step. A run that is not told of has none. */
  | { type: 'images'; runId: string; images: LoggedImage[] }
  /** Answer to the fetch of an image. */
  | ({ type: 'image'; runId: string; path: string } & ({ bytes: Uint8Array } | { error: ErrorData }))
  /** The end of the log of a run that is wanted. */
  | { type: 'log'; runId: string; log: PrintedLog }
  /** Of the fetch of this id, or of the panel as a whole. */
  | { type: 'error'; id?: number; error: ErrorData };

export type FromCharts =
  /** The page stands and listens. Sent again by each new page, and to try again after an error. */
  | { type: 'ready' }
  | { type: 'fetch'; id: number; series: PointsRequest[]; maxPoints: number }
  | { type: 'layout'; layout: ExperimentLayout }
  | { type: 'fetchImage'; runId: string; path: string }
  /** A file of a run, in the editor. */
  | { type: 'openFile'; runId: string; path: string }
  /** Rows of the Runs view were dropped on the page. The host knows which. */
  | { type: 'dropped' }
  | { type: 'removeRun'; runId: string }
  | { type: 'showLog'; runId: string }
  /** Whose log is in sight; null for none. */
  | { type: 'log'; runId: string | null }
  /** Which numbers of a printed line are to be metrics is asked of the person. */
  | { type: 'readNumbers'; runId: string; line: string }
  /** The line of the code at which a run failed. */
  | { type: 'openFailure'; runId: string }
  /** To be opened in an editor tab. */
  | { type: 'open'; language: string; text: string }
  /** Which of these metrics to add to a chart is asked of the person. */
  | { type: 'pickMetric'; chart: string; metrics: string[] }
  /** Where the y axis of a chart is to end is asked of the person. */
  | { type: 'askLimits'; chart: string; limits: Limits; yScale: YScale }
  | { type: 'failed'; message: string }
  | CommonMessage;
