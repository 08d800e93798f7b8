import { errorData, messageOf, TrainyardError } from '../../base/errors.js';
import type { Experiment, RunQuery, WorkspaceEvent } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { Coalescer } from '../runs/coalescer.js';
import { IDS_AT_ONCE, idFilter } from '../runs/runs-by-id.js';
import { CurveFeed } from './curve-feed.js';
import { chunkOf } from './run-chunk.js';
import type { MessageParts } from '../../panels/message-parts.js';
import type { CurveCell, TableLayout, ToTable } from '../../panels/table-messages.js';

/** As many runs as the workspace gives in one answer. */
const PAGE = 1000;
/** Changes are asked for at most so often; a table need not flicker with every point. */
const REFRESH_MS = 1_000;

export type Shown = MessageParts<{
  /** null: the runs of all experiments. */
  experimentId: string | null;
  /** In the grammar of docs/filters.md; '' is all. */
  filter: string;
}>;

interface Options {
  workspace: Pick<Workspace, 'experiments' | 'runs' | 'points' | 'onEvent'>;
  post: (message: ToTable) => void;
  layout: (experimentId: string | null) => TableLayout | null;
  /** Filters that were used, newest first. */
  filters: () => string[];
  /** A filter that the workspace understood. */
  onFilter: (filter: string) => void;
  warn: (message: string) => void;
}

/**
 * Feeds one table while it is in view: all runs page by page, then those that change. Made when the page is ready,
 * disposed when it is hidden.
 */
export class TableFeed {
  readonly #options: Options;
  readonly #subscription: { dispose(): void };
  readonly #refresh: Coalescer;
  readonly #curves: CurveFeed;
  #shown: Shown;
  /** What the table has, while another filter is tried. */
  #told: Shown | undefined;
  /** Ends the load under way when another begins. */
  #load = new AbortController();
  #isLoading = false;
  #experiments: Experiment[] = [];
  readonly #stale = new Set<string>();
  #areExperimentsStale = false;

  constructor(shown: Shown, options: Options) {
    this.#options = options;
    this.#shown = shown;
    this.#curves = new CurveFeed(options);
    this.#refresh = new Coalescer(
      () => this.#catchUp(),
      REFRESH_MS,
      // The workspace says "reset" when it can be reached again; until then the table stays as it is.
      (error) => {
        if (!this.#load.signal.aborted) options.warn(`Runs could not be read again: ${messageOf(error)}`);
      },
    );
    // Before the first read, so that nothing falls between.
    this.#subscription = options.workspace.onEvent((event) => this.#onEvent(event));
    void this.#loadAll();
  }

  dispose(): void {
    this.#load.abort();
    this.#subscription.dispose();
    this.#refresh.dispose();
    this.#curves.dispose();
  }

  show(shown: Shown): void {
    this.#shown = shown;
    void this.#loadAll();
  }

  /** The curves in sight that the table does not have. */
  showCurves(cells: readonly CurveCell[]): void {
    this.#curves.want(cells);
  }

  async #loadAll(): Promise<void> {
    this.#load.abort();
    const load = new AbortController();
    this.#load = load;
    this.#isLoading = true;
    const { workspace, layout, filters, onFilter } = this.#options;
    const shown = this.#shown;
    const post = (message: ToTable) => {
      if (!load.signal.aborted) this.#options.post(message);
    };
    try {
      const first = { ...queryOf(shown), limit: PAGE };
      const [experiments, page] = await Promise.all([
        workspace.experiments(load.signal),
        workspace.runs(first, load.signal),
      ]);
      if (load.signal.aborted) return;
      this.#experiments = experiments;
      if (shown.filter) onFilter(shown.filter);
      post({
        ...shown,
        type: 'begin',
        experiments: this.#names(),
        layout: layout(shown.experimentId),
        filters: filters(),
      });
      this.#tell(page.runs, post);
      for (let next = page.nextPage; next !== undefined && !load.signal.aborted;) {
        const { runs, nextPage } = await workspace.runs({ ...first, page: next }, load.signal);
        this.#tell(runs, post);
        next = nextPage;
      }
      post({ type: 'end' });
      if (!load.signal.aborted) this.#settle(shown);
    } catch (error) {
      // What a person typed is answered beside it, all else in the page.
      if (shown.filter && TrainyardError.is(error, 'BAD_REQUEST')) {
        post({ type: 'filterProblem', message: error.message });
        // The table stays as it was, and so do the runs that it follows.
        if (!load.signal.aborted && this.#told) this.#settle(this.#told);
      } else post({ type: 'error', error: errorData(error) });
    }
  }

  /** All runs were told: from here on only those that change are. */
  #settle(shown: Shown): void {
    this.#shown = this.#told = shown;
    this.#isLoading = false;
    if (this.#stale.size > 0 || this.#areExperimentsStale) this.#refresh.trigger();
  }

  #tell(runs: Awaited<ReturnType<Workspace['runs']>>['runs'], post: (message: ToTable) => void): void {
    const names = new Map(this.#experiments.map(({ id, name }) => [id, name]));
    if (runs.length > 0) post({ type: 'runs', chunk: chunkOf(runs, (id) => names.get(id)) });
  }

  #names(): { id: string; name: string }[] {
    return this.#experiments.map(({ id, name }) => ({ id, name }));
  }

  #onEvent(event: WorkspaceEvent): void {
    if (event.type === 'reset') {
      void this.#loadAll();
      return;
    }
    const { experimentId } = this.#shown;
    if (event.type === 'experiments') this.#areExperimentsStale = true;
    else if (event.type !== 'run' || event.parts.every((part) => part === 'log' || part === 'files')) return;
    else if (experimentId === null || event.experimentId === experimentId) this.#stale.add(event.runId);
    else return;
    // What changes during a load may be on a page that came before: it is asked for when the load is over.
    if (!this.#isLoading) this.#refresh.trigger();
  }

  /** Asks for what changed. A run that does not come back is deleted, or no longer one that the filter lets pass. */
  async #catchUp(): Promise<void> {
    const { workspace, post } = this.#options;
    const { signal } = this.#load;
    const shown = this.#shown;
    if (this.#areExperimentsStale) {
      this.#areExperimentsStale = false;
      this.#experiments = await workspace.experiments(signal);
      if (!signal.aborted) post({ type: 'experiments', experiments: this.#names() });
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
      this.#tell(runs, post);
      const found = new Set(runs.map(({ id }) => id));
      const gone = ids.filter((id) => !found.has(id));
      if (gone.length > 0) post({ type: 'gone', ids: gone });
    }
  }
}

function queryOf({ experimentId, filter }: Shown): RunQuery {
  return {
    ...(experimentId !== null && { experimentIds: [experimentId] }),
    ...(filter && { filter }),
  };
}
