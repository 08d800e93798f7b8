import type { ErrorData } from '../../src/base/errors.js';
import type { MessageParts } from '../../src/panels/message-parts.js';
import type {
  ColumnId,
  FromTable,
  RunChunk,
  RunVerb,
  TableExperiment,
  TableLayout,
  TableState,
  ToTable,
} from '../../src/panels/table-messages.js';
import { currentKey, workspaceIn } from '../../src/panels/keys.js';
import type { Facet } from '../../src/workspace/facets.js';
import type { ShownWorkspace } from '../../src/panels/shown-workspace.js';
import type { Goal } from '../shared/goal.js';
import type { Host } from '../shared/host.js';
import { cellText, cellValue } from './cell.js';
import { type Column, EMPTY_LAYOUT, moved, withShown } from './columns.js';
import type { Known } from './complete.js';
import { Curves } from './curves.js';
import type { Sheet } from './export.js';
import { NOTHING, retain, select, type Selection } from './selection.js';
import { clickedSort } from './sort.js';
import { TableView } from './view.js';
import type { Measure } from './widths.js';

export type TableHost = Host<ToTable, FromTable, TableState>;

/** The editor keeps what it is given as JSON: a selection beyond this is not worth its bytes. */
const KEPT_SELECTION = 1000;

/** Among the runs of all experiments each says whose it is. */
function ofAll(hasSeveralWorkspaces: boolean): TableLayout {
  return { ...EMPTY_LAYOUT, shown: ['experiment', ...(hasSeveralWorkspaces ? ['workspace'] : [])] };
}

type Shown = MessageParts<{ experimentId: string | null; filter: string }>;

/** The state of the table. Components read it and ask it to change; it tells them that it did. */
export class TableModel {
  readonly view: TableView;
  readonly curves: Curves;
  readonly #host: TableHost;
  readonly #listeners = new Set<() => void>();

  /** False until the host has told what is shown. */
  isLoaded = false;
  /** Whether more runs are on their way. */
  isLoading = false;
  experiments: readonly TableExperiment[] = [];
  /** Those that the runs are of. */
  workspaces: readonly ShownWorkspace[] = [];
  shown: Shown = { experimentId: null, filter: '' };
  /** The filter that was not understood, and why. */
  problem: { filter: string; message: string } | undefined;
  filters: readonly string[] = [];
  selection: Selection = NOTHING;
  error: ErrorData | undefined;
  scroll = { top: 0, left: 0 };

  /** Runs that came since `begin`; at the end the others are gone. */
  #fresh: Set<string> | undefined;
  #frame: number | undefined;
  /** Of the runs without a filter too: what can be filtered by does not depend on what is. */
  readonly #names = new Set<ColumnId>();

  constructor(host: TableHost, measure?: Measure) {
    this.#host = host;
    this.view = new TableView(measure);
    this.curves = new Curves((cells) => host.post({ type: 'curves', cells }));
    const { state } = host;
    if (state) {
      this.shown = { experimentId: state.experimentId, filter: state.filter };
      this.selection = { ids: new Set(state.selected), anchor: undefined };
      this.scroll = { top: state.scrollTop, left: state.scrollLeft };
    }
  }

  onChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  // ---- what the host says

  receive(message: ToTable): void {
    switch (message.type) {
      case 'begin':
        this.#begin(message);
        break;
      case 'runs':
        for (const id of message.chunk.ids) this.#fresh?.add(id);
        this.#put(message.chunk);
        break;
      case 'end':
        this.#end();
        break;
      case 'gone':
        this.view.remove(message.ids);
        this.#retain();
        break;
      case 'curves':
        this.curves.put(message.curves);
        break;
      case 'experiments':
        this.experiments = message.experiments;
        this.workspaces = message.workspaces;
        break;
      case 'filterProblem':
        this.problem = { filter: this.shown.filter, message: message.message };
        this.isLoading = false;
        this.isLoaded = true;
        break;
      case 'error':
        this.error = message.error;
        this.isLoading = false;
        break;
    }
    this.#emitSoon();
  }

  // ---- what is shown

  get layout(): TableLayout {
    return this.view.layout;
  }

  /** The selected runs as they are shown; without a selection all. */
  get chosenRows(): Uint32Array {
    const { ids } = this.selection;
    const { rows, store } = this.view;
    return ids.size === 0 ? rows : rows.filter((row) => ids.has(store.ids[row]!));
  }

  get selectedIds(): string[] {
    return this.view.order.filter((id) => this.selection.ids.has(id));
  }

  /** Whether the workspaces of all the selected runs have this facet. */
  has(facet: Facet): boolean {
    const lacking = this.workspaces.filter(({ lacks }) => lacks?.includes(facet)).map(({ id }) => id);
    return lacking.length === 0 || !this.selectedIds.some((id) => lacking.includes(workspaceIn(id)));
  }

  get names(): Known {
    const of = (kind: string) =>
      [...this.#names].filter((id) => id.startsWith(kind)).map((id) => id.slice(kind.length));
    return {
      metrics: of('metric:'),
      params: of('param:'),
      tags: of('tag:'),
      valuesOf: (kind, name) => {
        const data = this.view.store.columns.get(`${kind}:${name}`);
        return data?.kind === 'text' ? data.words : [];
      },
    };
  }

  /** @param how as people read it, or as programs do */
  sheet(how: 'read' | 'data'): { sheet: Sheet; isNumber: boolean[] } {
    const { view } = this;
    const columns = view.allColumns;
    const text = how === 'read' ? cellText : cellValue;
    return {
      sheet: {
        head: columns.map(({ label }) => label),
        rows: Array.from(this.chosenRows, (row) => columns.map(({ id }) => text(view.values, id, row))),
      },
      isNumber: columns.map(({ id }) => view.isNumber(id)),
    };
  }

  // ---- what a person does

  show(shown: Partial<Shown>): void {
    this.shown = { ...this.shown, ...shown };
    this.problem = undefined;
    this.isLoading = true;
    if (shown.experimentId !== undefined) this.scroll = { top: 0, left: 0 };
    this.#host.post({ ...this.shown, type: 'show' });
    this.keep();
    this.#emit();
  }

  arrange(layout: Partial<TableLayout>): void {
    this.#setLayout({ ...this.layout, ...layout });
  }

  sortBy(id: ColumnId, adds: boolean): void {
    const sort = clickedSort(this.layout.sort, id, { isNumber: this.view.isNumber(id), adds });
    this.arrange({ sort });
  }

  move(id: ColumnId, before: ColumnId | undefined): void {
    if (id !== before) this.#setLayout(moved(this.view.known, this.layout, id, before));
  }

  setShown(column: Column, show: boolean): void {
    this.#setLayout(withShown(this.layout, column, show));
  }

  /** Puts a column on a list of the layout, or takes it off. */
  toggle(list: 'pinned' | 'tinted' | 'curves', id: ColumnId): void {
    const ids = this.layout[list];
    this.arrange({ [list]: ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id] });
  }

  setGoal(metric: string, goal: Goal): void {
    this.arrange({ goals: { ...this.layout.goals, [`metric:${metric}`]: goal } });
  }

  groupBy(group: ColumnId | null): void {
    this.arrange({ group, collapsed: [] });
  }

  /** Closes or opens it. @param value of the group */
  toggleGroup(value: string | undefined): void {
    const { collapsed } = this.layout;
    const key = value ?? null;
    const isClosed = this.view.isCollapsed(value);
    this.arrange({ collapsed: isClosed ? collapsed.filter((other) => other !== key) : [...collapsed, key] });
  }

  setAllCollapsed(isCollapsed: boolean): void {
    const groups = isCollapsed ? (this.view.groups ?? []) : [];
    this.arrange({ collapsed: groups.map(({ value }) => value ?? null) });
  }

  /** While a border is dragged; `arrange` keeps it. */
  setWidth(id: ColumnId, width: number): void {
    this.view.layout = { ...this.layout, widths: { ...this.layout.widths, [id]: width } };
    this.#emit();
  }

  /** @param ids of a run, or of all of a group */
  select(ids: readonly string[], how: 'only' | 'toggle' | 'range'): void {
    this.#select(select(this.selection, ids, how, how === 'range' ? this.view.order : []));
  }

  selectAll(): void {
    this.#select({ ids: new Set(this.view.order), anchor: this.selection.anchor });
  }

  selectNone(): void {
    this.#select(NOTHING);
  }

  act(verb: RunVerb, runIds = this.selectedIds): void {
    if (runIds.length > 0) this.#host.post({ type: 'act', verb, runIds });
  }

  ask(message: FromTable): void {
    this.#host.post(message);
  }

  retry(): void {
    this.error = undefined;
    this.start();
    this.#emit();
  }

  start(): void {
    this.#host.post({ ...this.shown, type: 'ready' });
  }

  setScroll(top: number, left: number): void {
    this.scroll = { top, left };
  }

  /** Has the editor keep what a new page cannot know otherwise. */
  keep(): void {
    const { ids } = this.selection;
    this.#host.keep({
      version: 1,
      ...this.shown,
      selected: ids.size > KEPT_SELECTION ? [] : [...ids],
      scrollTop: this.scroll.top,
      scrollLeft: this.scroll.left,
    });
  }

  /** Ages grow. */
  tick(): void {
    this.view.tick();
    this.#emit();
  }

  #begin(message: Extract<ToTable, { type: 'begin' }>): void {
    const { experimentId, filter, experiments, layout, filters, workspaces } = message;
    const isOther = experimentId !== this.shown.experimentId;
    // Other runs altogether: those that were shown are not waited for.
    if (isOther) this.view.clear();
    if (isOther || !this.isLoaded)
      this.view.layout = layout ?? (experimentId === null ? ofAll(workspaces.length > 1) : EMPTY_LAYOUT);
    this.shown = { experimentId, filter };
    this.experiments = experiments;
    this.workspaces = workspaces;
    this.filters = filters;
    this.problem = undefined;
    this.error = undefined;
    this.isLoaded = true;
    this.isLoading = true;
    this.#fresh = new Set();
  }

  #put(chunk: RunChunk): void {
    this.view.put(chunk);
    this.curves.changed(new Set(chunk.ids));
    for (const { id } of [...chunk.numbers, ...chunk.texts]) this.#names.add(id);
  }

  #end(): void {
    const fresh = this.#fresh;
    this.#fresh = undefined;
    this.isLoading = false;
    if (fresh) this.view.remove(this.view.store.ids.filter((id) => !fresh.has(id)));
    this.#retain();
  }

  /** What is gone cannot be selected. */
  #retain(): void {
    this.selection = retain(this.selection, (id) => this.view.store.rowOf(id) !== undefined);
  }

  #select(selection: Selection): void {
    this.selection = selection;
    this.keep();
    this.#emit();
  }

  #setLayout(layout: TableLayout): void {
    this.view.layout = layout;
    this.#host.post({ type: 'layout', experimentId: this.shown.experimentId, layout });
    this.#emit();
  }

  /** Pages of runs may come faster than frames. */
  #emitSoon(): void {
    this.#frame ??= requestAnimationFrame(() => this.#emit());
  }

  #emit(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    for (const listener of this.#listeners) listener();
  }
}

/** What is kept, by the keys of runs and experiments as they are now. */
export function currentState(kept: TableState): TableState {
  const { experimentId, selected } = kept;
  return {
    ...kept,
    experimentId: experimentId === null ? null : currentKey(experimentId),
    selected: selected.map(currentKey),
  };
}
