import type { ErrorData } from '../../src/base/errors.js';
import type { ChartRun, RunLabel, ToCharts } from '../../src/panels/messages.js';
import type { ShownWorkspace } from '../../src/panels/shown-workspace.js';

/** The runs of the panel, and what they have logged. */
export class PanelRuns {
  /** In the order of the panel. */
  all: readonly ChartRun[] = [];
  /** By what they can be grouped. */
  labels: readonly RunLabel[] = [];
  /** Ids of runs that are no longer in their workspaces. */
  missing: readonly string[] = [];
  /** Those that the runs are of. */
  workspaces: readonly ShownWorkspace[] = [];
  /** That any of them has logged. */
  metrics: ReadonlySet<string> = new Set();
  #logged = new Map<string, ReadonlySet<string>>();
  readonly #dismissed = new Set<string>();

  take({ runs, labels, missing, workspaces }: Omit<Extract<ToCharts, { type: 'runs' }>, 'type'>): void {
    this.all = runs;
    this.labels = labels;
    this.workspaces = workspaces;
    this.missing = missing.filter((id) => !this.#dismissed.has(id));
    this.metrics = new Set(runs.flatMap((run) => run.metrics));
    this.#logged = new Map(runs.map((run) => [run.id, new Set(run.metrics)]));
  }

  /** What the workspace of a run is called, where there are several. */
  placeOf({ workspace }: ChartRun): string | undefined {
    if (this.workspaces.length < 2) return undefined;
    return this.workspaces.find(({ id }) => id === workspace)?.label;
  }

  get(id: string): ChartRun | undefined {
    return this.all.find((run) => run.id === id);
  }

  hasLogged(runId: string, metric: string): boolean {
    return this.#logged.get(runId)?.has(metric) ?? false;
  }

  failIn(workspace: string, problem: ErrorData): void {
    this.workspaces = this.workspaces.map((each) =>
      each.id === workspace ? { id: each.id, label: each.label, problem } : each,
    );
  }

  /** Says nothing more of the runs that are missing now. */
  dismissMissing(): void {
    this.missing.forEach((id) => this.#dismissed.add(id));
    this.missing = [];
  }
}
