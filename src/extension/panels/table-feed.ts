import { errorData, messageOf, TrainyardError } from '../../base/errors.js';
import type { MessageParts } from '../../panels/message-parts.js';
import type { ShownWorkspace } from '../../panels/shown-workspace.js';
import type { CurveCell, TableExperiment, TableLayout, ToTable } from '../../panels/table-messages.js';
import { parseExperimentKey } from '../../workspace/run-ref.js';
import {
  byWorkspace,
  facetsOf,
  missingOf,
  type PanelWorkspace,
  type PanelWorkspaces,
  placeOf,
} from './panel-workspaces.js';
import { shownExperiments, TableSource } from './table-source.js';

export type Shown = MessageParts<{
  /** Key of the experiment; null: the runs of all experiments of all workspaces. */
  experimentId: string | null;
  /** In the grammar of docs/filters.md; '' is all. */
  filter: string;
}>;

interface Options {
  workspaces: PanelWorkspaces;
  post: (message: ToTable) => void;
  layout: (experimentId: string | null) => TableLayout | null;
  /** Filters that were used, newest first. */
  filters: () => string[];
  /** A filter that a workspace understood. */
  onFilter: (filter: string) => void;
  warn: (message: string) => void;
}

/**
 * Feeds one table while it is in view, from one workspace or from all, each at its own pace. Made when the page is ready,
 * disposed when it is hidden.
 */
export class TableFeed {
  readonly #options: Options;
  #shown: Shown;
  /** What the table has, while another filter is tried. */
  #told: Shown | undefined;
  /** Ends the load under way when another begins. */
  #load = new AbortController();
  /** By workspace. */
  readonly #sources = new Map<string, TableSource>();
  readonly #elsewhere = new Map<string, TableExperiment[]>();
  #workspaces: ShownWorkspace[] = [];
  readonly #list: { dispose(): void };
  /** Those of the list, to know when it is another. */
  #listed: readonly PanelWorkspace[];

  constructor(shown: Shown, options: Options) {
    this.#options = options;
    this.#shown = shown;
    this.#listed = options.workspaces.all;
    this.#list = options.workspaces.onDidChange(() => this.#onList());
    void this.#loadAll();
  }

  dispose(): void {
    this.#load.abort();
    this.#list.dispose();
    for (const source of this.#sources.values()) source.dispose();
  }

  show(shown: Shown): void {
    this.#shown = shown;
    void this.#loadAll();
  }

  /** The curves in sight that the table does not have. */
  showCurves(cells: readonly CurveCell[]): void {
    const parts = byWorkspace(cells, ({ runId }) => runId);
    for (const [id, source] of this.#sources) source.showCurves((parts.get(id) ?? []).map(({ of }) => of));
  }

  /** Another list may change what is shown, and what it is called: all of it is read anew. */
  #onList(): void {
    const { all } = this.#options.workspaces;
    const before = this.#listed;
    if (all.length === before.length && all.every((each, i) => each === before[i])) return;
    this.#listed = all;
    for (const source of this.#sources.values()) source.dispose();
    this.#sources.clear();
    void this.#loadAll();
  }

  async #loadAll(): Promise<void> {
    this.#load.abort();
    const load = new AbortController();
    this.#load = load;
    const { signal } = load;
    const shown = this.#shown;
    const post = (message: ToTable) => {
      if (!signal.aborted) this.#options.post(message);
    };
    const ids = this.#idsOf(shown);
    this.#workspaces = ids.map((id) => ({ ...this.#shownWorkspace(id), isPending: true }));
    const errors: unknown[] = [];
    let hasBegun = false;
    const began = () => {
      if (hasBegun) this.#tellExperiments(signal);
      else this.#begin(shown, post);
      hasBegun = true;
    };
    await Promise.all(
      ids.map(async (id) => {
        try {
          await this.#source(id).load(shown, signal, () => {
            this.#settle(id, {});
            began();
          });
        } catch (error) {
          errors.push(error);
          this.#settle(id, { problem: errorData(error) });
          if (hasBegun && ids.length > 1) this.#tellExperiments(signal);
        }
      }),
    );
    if (signal.aborted) return;
    if ((hasBegun && errors.length < ids.length) || ids.length === 0) {
      if (!hasBegun) this.#begin(shown, post);
      post({ type: 'end' });
      this.#told = shown;
      await this.#listElsewhere(ids, signal);
      return;
    }
    // What a person typed is answered beside it, all else in the page.
    const problem = hasBegun ? undefined : errors.find((error) => TrainyardError.is(error, 'BAD_REQUEST'));
    if (shown.filter && TrainyardError.is(problem)) {
      post({ type: 'filterProblem', message: problem.message });
      this.#followTold();
    } else post({ type: 'error', error: errorData(errors[0]) });
  }

  #begin(shown: Shown, post: (message: ToTable) => void): void {
    const { layout, filters, onFilter } = this.#options;
    if (shown.filter) onFilter(shown.filter);
    post({
      ...shown,
      type: 'begin',
      experiments: this.#experiments(),
      layout: layout(shown.experimentId),
      filters: filters(),
      workspaces: this.#workspaces,
    });
  }

  /** The table stays as it was, and so do the runs that it follows. */
  #followTold(): void {
    const told = this.#told;
    if (!told) return;
    this.#shown = told;
    for (const id of this.#idsOf(told)) this.#source(id).follow(told, this.#load.signal);
  }

  #settle(id: string, how: Pick<ShownWorkspace, 'problem'>): void {
    this.#workspaces = this.#workspaces.map((each) =>
      each.id === id ? { ...this.#shownWorkspace(id), ...how } : each,
    );
  }

  #shownWorkspace(id: string): ShownWorkspace {
    const { workspaces } = this.#options;
    const lacks = missingOf(facetsOf(workspaces, { workspace: id }));
    return { id, label: workspaces.labelOf(id), ...(lacks.length > 0 && { lacks }) };
  }

  #idsOf({ experimentId }: Shown): string[] {
    if (experimentId !== null) return [parseExperimentKey(experimentId).workspace];
    return this.#options.workspaces.all.map(({ id }) => id);
  }

  #tellExperiments(signal: AbortSignal): void {
    if (signal.aborted) return;
    const experiments = this.#experiments();
    this.#options.post({ type: 'experiments', experiments, workspaces: this.#workspaces });
  }

  #experiments(): TableExperiment[] {
    return this.#options.workspaces.all.flatMap(
      ({ id }) => this.#elsewhere.get(id) ?? this.#sources.get(id)?.experiments ?? [],
    );
  }

  /** Experiments of workspaces whose runs are not shown: they can be chosen. */
  async #listElsewhere(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const { workspaces, warn } = this.#options;
    this.#elsewhere.clear();
    await Promise.all(
      workspaces.all
        .filter(({ id }) => !ids.includes(id))
        .map(async ({ id, label }) => {
          try {
            const found = await workspaces.of({ workspace: id }).experiments(signal);
            if (signal.aborted) return;
            this.#elsewhere.set(id, shownExperiments(id, found, label));
            this.#tellExperiments(signal);
          } catch (error) {
            if (!signal.aborted) warn(`Experiments of ${label} could not be read: ${messageOf(error)}`);
          }
        }),
    );
  }

  /** @throws as `PanelWorkspaces.of` does */
  #source(id: string): TableSource {
    const known = this.#sources.get(id);
    if (known) return known;
    const { workspaces, warn } = this.#options;
    const source = new TableSource({
      workspace: workspaces.of({ workspace: id }),
      place: placeOf(workspaces, { workspace: id }),
      post: (message) => {
        if (!this.#load.signal.aborted) this.#options.post(message);
      },
      onReset: () => {
        if (this.#idsOf(this.#shown).includes(id)) void this.#loadAll();
      },
      onExperiments: () => this.#tellExperiments(this.#load.signal),
      warn,
    });
    this.#sources.set(id, source);
    return source;
  }
}
