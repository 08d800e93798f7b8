import type { Experiment, Run, RunFile } from '../../workspace/types.js';

/** A run as the tree holds it: one object for as long as it is listed, so that the editor can refresh just its row. */
export interface RunNode {
  readonly kind: 'run';
  run: Run;
  group: ExperimentNode;
  /** Undefined: it stands directly below its experiment. */
  parent?: RunNode;
  /** Nested runs, newest first. */
  children: RunNode[];
  /** Folders of the run's files that were listed, by path; emptied when files change. */
  files: Map<string, RunFile[]>;
}

export interface ExperimentNode {
  readonly kind: 'experiment';
  /** Id of its workspace. */
  readonly workspace: string;
  experiment: Experiment;
  /** Start of the newest run that we know of, ms since the epoch; 0: we know of none. */
  activity: number;
  /** Every loaded run, nested ones too. */
  runs: Map<string, RunNode>;
  /** Those directly below the experiment, newest first. */
  top: RunNode[];
  nextPage?: string;
  isLoaded: boolean;
}

/** The row of an experiment that a menu passed; undefined for anything else. */
export function experimentNodeOf(row: unknown): ExperimentNode | undefined {
  const isExperiment = typeof row === 'object' && row !== null && 'kind' in row && row.kind === 'experiment';
  return isExperiment ? (row as ExperimentNode) : undefined;
}

export function newGroup(experiment: Experiment, workspace: string): ExperimentNode {
  return {
    kind: 'experiment',
    workspace,
    experiment,
    activity: 0,
    runs: new Map(),
    top: [],
    isLoaded: false,
  };
}

const newestFirst = (a: RunNode, b: RunNode) =>
  b.run.startTime - a.run.startTime || b.run.number - a.run.number;

/** Takes runs in, new or known, and puts every run below its parent where that is loaded. */
export function addRuns(group: ExperimentNode, runs: readonly Run[]): void {
  for (const run of runs) {
    const known = group.runs.get(run.id);
    if (known) known.run = run;
    else group.runs.set(run.id, { kind: 'run', run, group, children: [], files: new Map() });
    group.activity = Math.max(group.activity, run.startTime);
  }
  arrange(group);
}

export function removeRun(group: ExperimentNode, runId: string): void {
  if (group.runs.delete(runId)) arrange(group);
}

function arrange(group: ExperimentNode): void {
  const all = [...group.runs.values()].sort(newestFirst);
  for (const node of all) {
    node.children = [];
    node.parent = undefined;
  }
  group.top = [];
  for (const node of all) {
    const parent = node.run.parentRunId === undefined ? undefined : group.runs.get(node.run.parentRunId);
    // A run that names a descendant as its parent must not vanish in the ring.
    if (!parent || isBelow(parent, node)) group.top.push(node);
    else {
      node.parent = parent;
      parent.children.push(node);
    }
  }
}

function isBelow(node: RunNode, ancestor: RunNode): boolean {
  for (let at: RunNode | undefined = node; at; at = at.parent) if (at === ancestor) return true;
  return false;
}
