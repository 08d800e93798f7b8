import { TrainyardError } from '../../base/errors.js';
import type { Run, RunQuery, WorkspaceEvent } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { addRuns, newGroup, removeRun, type ExperimentNode, type RunNode } from './run-nodes.js';

export const PAGE = 50;
/** MLflow makes it; it is a row only when something is in it. */
const DEFAULT_EXPERIMENT = '0';

export type RunSource = Pick<Workspace, 'id' | 'experiments' | 'runs' | 'run'>;
/** What narrows the list. */
export type RunsQuery = Pick<RunQuery, 'filter' | 'commit'>;
/** Rows to draw again: those of some runs, or everything, since rows came, went or moved. */
export type Changed = 'all' | Set<RunNode>;

/** The runs of a workspace that the tree shows: experiments, and of each as many pages as were asked for. No editor in it. */
export class RunsModel {
  readonly #source: RunSource;
  #query: RunsQuery = {};
  #groups: Map<string, ExperimentNode> | undefined;
  #listing: Promise<void> | undefined;
  /** Counts the times that everything was forgotten: an answer to an older question is dropped. */
  #generation = 0;
  readonly #loading = new Map<ExperimentNode, Promise<void>>();

  constructor(source: RunSource) {
    this.#source = source;
  }

  get query(): RunsQuery {
    return this.#query;
  }

  set query(query: RunsQuery) {
    this.#query = query;
    this.clear();
  }

  get isNarrowed(): boolean {
    return Boolean(this.#query.filter) || Boolean(this.#query.commit);
  }

  /** Forgets everything; the next question asks the workspace again. */
  clear(): void {
    this.#generation += 1;
    this.#groups = undefined;
    this.#listing = undefined;
    this.#loading.clear();
  }

  /** Experiments, the one with the newest activity first; while the list is narrowed, those with a match. */
  async groups(): Promise<ExperimentNode[]> {
    const all = await this.#all();
    const groups = [...all.values()].sort(
      (a, b) => b.activity - a.activity || b.experiment.createdAt - a.experiment.createdAt,
    );
    const mustHaveRuns = (group: ExperimentNode) =>
      this.isNarrowed || group.experiment.id === DEFAULT_EXPERIMENT;
    await Promise.all(groups.filter(mustHaveRuns).map((group) => this.load(group)));
    return groups.filter((group) => !mustHaveRuns(group) || group.runs.size > 0);
  }

  /** Loads the first page of an experiment, unless it is there. */
  async load(group: ExperimentNode): Promise<void> {
    if (group.isLoaded) return;
    let loading = this.#loading.get(group);
    if (!loading) {
      loading = this.#page(group).finally(() => this.#loading.delete(group));
      this.#loading.set(group, loading);
    }
    await loading;
  }

  /** Loads the next page of an experiment. */
  async more(group: ExperimentNode): Promise<void> {
    if (group.nextPage) await this.#page(group, group.nextPage);
  }

  find(runId: string): RunNode | undefined {
    for (const group of this.#groups?.values() ?? []) {
      const node = group.runs.get(runId);
      if (node) return node;
    }
    return undefined;
  }

  /** The run's node, fetched when it is not on a page that was loaded; undefined when the list leaves it out. */
  async ensure(run: Run): Promise<RunNode | undefined> {
    const known = this.find(run.id);
    if (known) return known;
    if (!(await this.#all()).has(run.experimentId)) await this.#list();
    const group = (await this.#all()).get(run.experimentId);
    if (!group) return undefined;
    await this.load(group);
    if (!group.runs.has(run.id) && !this.isNarrowed) await this.#add(group, [run]);
    return group.runs.get(run.id);
  }

  /** Brings what is loaded up to date with events, asking only for what they name. */
  async apply(events: readonly WorkspaceEvent[]): Promise<Changed> {
    if (!this.#groups || events.some(({ type }) => type === 'reset')) {
      this.clear();
      return 'all';
    }
    let all = false;
    const changed = new Set<RunNode>();
    if (events.some(({ type }) => type === 'experiments')) {
      await this.#list();
      all = true;
    }
    for (const { runId, experimentId, parts } of byRun(events)) {
      const group = this.#groups?.get(experimentId);
      const node = group?.runs.get(runId);
      if (parts.includes('files')) node?.files.clear();
      if (node) {
        if (await this.#refresh(node)) changed.add(node);
        else all = true;
      } else if (group?.isLoaded) {
        await this.#admit(group, runId);
        all = true;
      } else if (!group || parts.includes('state')) {
        // It may be new, and bring its experiment to the top.
        await this.#list();
        all = true;
      }
    }
    return all ? 'all' : changed;
  }

  async #all(): Promise<Map<string, ExperimentNode>> {
    while (!this.#groups) await (this.#listing ??= this.#list());
    return this.#groups;
  }

  async #list(): Promise<void> {
    const generation = this.#generation;
    const asked = Promise.all([this.#source.experiments(), this.#source.runs({ limit: PAGE })]);
    const [experiments, { runs }] = await asked.finally(() => {
      if (generation === this.#generation) this.#listing = undefined;
    });
    if (generation !== this.#generation) return;
    const old = this.#groups;
    this.#groups = new Map(
      experiments.map((experiment) => {
        const group = old?.get(experiment.id) ?? newGroup(experiment, this.#source.id);
        group.experiment = experiment;
        const newest = runs.find(({ experimentId }) => experimentId === experiment.id);
        // One that was just made is about to be used.
        group.activity = Math.max(group.activity, experiment.createdAt, newest?.startTime ?? 0);
        return [experiment.id, group];
      }),
    );
  }

  async #page(group: ExperimentNode, page?: string): Promise<void> {
    const query = { ...this.#query, experimentIds: [group.experiment.id], limit: PAGE };
    const { runs, nextPage } = await this.#source.runs({ ...query, page });
    await this.#add(group, runs);
    group.nextPage = nextPage;
    group.isLoaded = true;
  }

  /** A nested run whose parent is on a later page brings its parent with it; while narrowed it stands alone. */
  async #add(group: ExperimentNode, runs: readonly Run[]): Promise<void> {
    addRuns(group, runs);
    if (this.isNarrowed) return;
    const missing = new Set<string>();
    for (const { parentRunId } of runs)
      if (parentRunId && !group.runs.has(parentRunId)) missing.add(parentRunId);
    const parents = await Promise.all([...missing].map((id) => this.#get(id)));
    const found = parents.filter((run) => run?.experimentId === group.experiment.id) as Run[];
    if (found.length > 0) await this.#add(group, found);
  }

  /** @returns whether the run is where it was */
  async #refresh(node: RunNode): Promise<boolean> {
    const run = await this.#get(node.run.id);
    if (!run) {
      removeRun(node.group, node.run.id);
      return false;
    }
    const parent = node.run.parentRunId;
    node.run = run;
    if (parent === run.parentRunId) return true;
    await this.#add(node.group, [run]);
    return false;
  }

  /** An event named a run that is not listed: a new one, one that came back, or one that the list leaves out. */
  async #admit(group: ExperimentNode, runId: string): Promise<void> {
    if (this.isNarrowed) {
      const query = { ...this.#query, experimentIds: [group.experiment.id], limit: PAGE };
      await this.#add(group, (await this.#source.runs(query)).runs);
    } else {
      const run = await this.#get(runId);
      if (run) await this.#add(group, [run]);
    }
  }

  /** Undefined when it is deleted. */
  async #get(runId: string): Promise<Run | undefined> {
    try {
      const run = await this.#source.run(runId);
      return run.lifecycle === 'active' ? run : undefined;
    } catch (error) {
      if (TrainyardError.is(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }
}

type RunEvent = Extract<WorkspaceEvent, { type: 'run' }>;

/** One event for each run, with the parts of all. */
function byRun(events: readonly WorkspaceEvent[]): Iterable<RunEvent> {
  const merged = new Map<string, RunEvent>();
  for (const event of events) {
    if (event.type !== 'run') continue;
    const parts = merged.get(event.runId)?.parts ?? [];
    merged.set(event.runId, { ...event, parts: [...parts, ...event.parts] });
  }
  return merged.values();
}
