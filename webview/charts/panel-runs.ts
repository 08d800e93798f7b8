import type { ChartRun, RunLabel, ToCharts } from '../../src/panels/messages.js';

/** The runs of the panel, and what they have logged. */
export class PanelRuns {
  /** In the order of the panel. */
  all: readonly ChartRun[] = [];
  /** By what they can be grouped. */
  labels: readonly RunLabel[] = [];
  /** Ids of runs that are no longer in the workspace. */
  missing: readonly string[] = [];
  /** That any of them has logged. */
  metrics: ReadonlySet<string> = new Set();
  #logged = new Map<string, ReadonlySet<string>>();
  readonly #dismissed = new Set<string>();

  take({
    runs,
    labels,
    missing,
  }: Pick<Extract<ToCharts, { type: 'runs' }>, 'runs' | 'labels' | 'missing'>): void {
    this.all = runs;
    this.labels = labels;
    this.missing = missing.filter((id) => !this.#dismissed.has(id));
    this.metrics = new Set(runs.flatMap((run) => run.metrics));
    this.#logged = new Map(runs.map((run) => [run.id, new Set(run.metrics)]));
  }

  get(id: string): ChartRun | undefined {
    return this.all.find((run) => run.id === id);
  }

  hasLogged(runId: string, metric: string): boolean {
    return this.#logged.get(runId)?.has(metric) ?? false;
  }

  /** Says nothing more of the runs that are missing now. */
  dismissMissing(): void {
    this.missing.forEach((id) => this.#dismissed.add(id));
    this.missing = [];
  }
}
