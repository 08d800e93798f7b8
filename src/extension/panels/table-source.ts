import { messageOf } from '../../base/errors.js';
import type { CurveCell, TableExperiment, ToTable } from '../../panels/table-messages.js';
import { experimentKey, parseExperimentKey, runKey } from '../../workspace/run-ref.js';
import type { Experiment, Run, RunQuery, WorkspaceEvent } from '../../workspace/types.js';
import { Coalescer } from '../runs/coalescer.js';
import { IDS_AT_ONCE, idFilter } from '../runs/runs-by-id.js';
import { CurveFeed } from './curve-feed.js';
import { type PanelWorkspace, pointsOf } from './panel-workspaces.js';
import { chunkOf } from './run-chunk.js';
import type { Shown } from './table-feed.js';

/** As many runs as the workspace gives in one answer. */
const PAGE = 1000;
/** Changes are asked for at most so often; a table need not flicker with every point. */
const REFRESH_MS = 1_000;

interface Options {
  workspace: PanelWorkspace;
  /** What the workspace is called, where there are several. */
  place: string | undefined;
  post: (message: ToTable) => void;
  /** The workspace can be reached again. */
  onReset: () => void;
  /** Its experiments are others by now. */
  onExperiments: () => void;
  warn: (message: string) => void;
}

/** What a table shows of one workspace: all runs page by page, then those that change. */
export class TableSource {
  readonly #options: Options;
  readonly #subscription: { dispose(): void };
  readonly #refresh: Coalescer;
  readonly #curves: CurveFeed;
  #shown: Shown | undefined;
  #load = new AbortController();
  #isLoading = true;
  #experiments: Experiment[] = [];
  readonly #stale = new Set<string>();
  #areExperimentsStale = false;

  constructor(options: Options) {
    this.#options = options;
    const { workspace, post, warn } = options;
    this.#curves = new CurveFeed({
      points: (requests, most, signal) => pointsOf({ of: () => workspace }, requests, most, signal),
      post,
      warn,
    });
    this.#refresh = new Coalescer(
      () => this.#catchUp(),
      REFRESH_MS,
      // The workspace says "reset" when it can be reached again; until then the table stays as it is.
      (error) => {
        if (!this.#load.signal.aborted) warn(`Runs could not be read again: ${messageOf(error)}`);
      },
    );
    // Before the first read, so that nothing falls between.
    this.#subscription = workspace.onEvent((event) => this.#onEvent(event));
  }

  get id(): string {
    return this.#options.workspace.id;
  }

  get experiments(): TableExperiment[] {
    return shownExperiments(this.id, this.#experiments, this.#options.place);
  }

  dispose(): void {
    this.#load.abort();
    this.#subscription.dispose();
    this.#refresh.dispose();
    this.#curves.dispose();
  }

  /** @param cells of runs of this workspace that are in sight */
  showCurves(cells: readonly CurveCell[]): void {
    this.#curves.want(cells);
  }

  /** Tells all runs; `began` is called before the first of them. Rejects when the workspace fails. */
  async load(shown: Shown, signal: AbortSignal, began: () => void): Promise<void> {
    const { workspace } = this.#options;
    this.#isLoading = true;
    this.#shown = shown;
    const first = { ...queryOf(shown), limit: PAGE };
    const [experiments, page] = await Promise.all([
      workspace.experiments(signal),
      workspace.runs(first, signal),
    ]);
    if (signal.aborted) return;
    this.#experiments = experiments;
    began();
    this.#tell(page.runs);
    for (let next = page.nextPage; next !== undefined && !signal.aborted;) {
      const { runs, nextPage } = await workspace.runs({ ...first, page: next }, signal);
      if (!signal.aborted) this.#tell(runs);
      next = nextPage;
    }
    if (!signal.aborted) this.follow(shown, signal);
  }

  /** All runs were told: from here on only those that change are. */
  follow(shown: Shown, signal: AbortSignal): void {
    this.#load.abort();
    const load = new AbortController();
    signal.addEventListener('abort', () => load.abort(), { once: true });
    this.#load = load;
    this.#shown = shown;
    this.#isLoading = false;
    if (this.#stale.size > 0 || this.#areExperimentsStale) this.#refresh.trigger();
  }

  #tell(runs: readonly Run[]): void {
    if (runs.length === 0) return;
    const names = new Map(this.#experiments.map(({ id, name }) => [id, name]));
    const { post, place } = this.#options;
    post({ type: 'runs', chunk: chunkOf(runs, (id) => names.get(id), place) });
  }

  #onEvent(event: WorkspaceEvent): void {
    if (event.type === 'reset') {
      this.#options.onReset();
      return;
    }
    if (event.type === 'experiments') this.#areExperimentsStale = true;
    else if (event.type !== 'run' || event.parts.every((part) => part === 'log' || part === 'files')) return;
    else if (!this.#isOfShown(event.experimentId)) return;
    else this.#stale.add(event.runId);
    // What changes during a load may be on a page that came before: it is asked for when the load is over.
    if (!this.#isLoading) this.#refresh.trigger();
  }

  #isOfShown(experiment: string): boolean {
    const wanted = this.#shown?.experimentId ?? null;
    return wanted === null || wanted === experimentKey({ workspace: this.id, experiment });
  }

  /** Asks for what changed. A run that does not come back is deleted, or no longer one that the filter lets pass. */
  async #catchUp(): Promise<void> {
    const { workspace, post, onExperiments } = this.#options;
    const { signal } = this.#load;
    const shown = this.#shown;
    if (!shown || signal.aborted) return;
    if (this.#areExperimentsStale) {
      this.#areExperimentsStale = false;
      this.#experiments = await workspace.experiments(signal);
      if (!signal.aborted) onExperiments();
    }
    const all = [...this.#stale];
    this.#stale.clear();
    for (let from = 0; from < all.length; from += IDS_AT_ONCE) {
      const ids = all.slice(from, from + IDS_AT_ONCE);
      // The filter may be conditions joined by OR.
      const filter = shown.filter ? `(${shown.filter}) AND ${idFilter(ids)}` : idFilter(ids);
      const { runs } = await workspace.runs({ ...queryOf(shown), filter, limit: PAGE }, signal);
      // Another table was asked for meanwhile.
      if (signal.aborted) return;
      this.#tell(runs);
      const found = new Set(runs.map(({ id }) => id));
      const gone = ids.filter((id) => !found.has(id));
      if (gone.length > 0)
        post({ type: 'gone', ids: gone.map((run) => runKey({ workspace: this.id, run })) });
    }
  }
}

function queryOf({ experimentId, filter }: Shown): RunQuery {
  return {
    ...(experimentId !== null && { experimentIds: [parseExperimentKey(experimentId).experiment] }),
    ...(filter && { filter }),
  };
}

/** @param place what their workspace is called, where there are several */
export function shownExperiments(
  workspace: string,
  experiments: readonly Experiment[],
  place: string | undefined,
): TableExperiment[] {
  return experiments.map(({ id, name }) => ({
    id: experimentKey({ workspace, experiment: id }),
    name,
    ...(place !== undefined && { workspace: place }),
  }));
}
