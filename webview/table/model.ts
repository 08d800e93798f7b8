import type { ErrorData } from '../../src/base/errors.js';
import type {
  ColumnId,
  FromTable,
  RunVerb,
  SortKey,
  TableExperiment,
  TableLayout,
  TableState,
  ToTable,
} from '../../src/extension/panels/table-messages.js';
import type { Host } from '../shared/host.js';
import { cellText, cellValue } from './cell.js';
import { arrange, type Column, EMPTY_LAYOUT, knownColumns, moved, withShown } from './columns.js';
import type { Known } from './complete.js';
import { differs } from './differ.js';
import type { Sheet } from './export.js';
import { NOTHING, retain, select, type Selection } from './selection.js';
import { clickedSort, sortRows } from './sort.js';
import { RunStore } from './store.js';
import { tintsOf } from './tint.js';

export type TableHost = Host<ToTable, FromTable, TableState>;

/** The editor keeps what it is given as JSON: a selection beyond this is not worth its bytes. */
const KEPT_SELECTION = 1000;

/** Among the runs of all experiments each says whose it is. */
const OF_ALL: TableLayout = { ...EMPTY_LAYOUT, shown: ['experiment'] };
const NEWEST_FIRST: SortKey = { id: 'started', descending: true };

interface Shown {
  experimentId: string | null;
  filter: string;
}

/** The state of the table. Components read it and ask it to change; it tells them that it did. */
export class TableModel {
  readonly store = new RunStore();
  readonly #host: TableHost;
  readonly #listeners = new Set<() => void>();

  /** False until the host has told what is shown. */
  isLoaded = false;
  /** Whether more runs are on their way. */
  isLoading = false;
  experiments: readonly TableExperiment[] = [];
  shown: Shown = { experimentId: null, filter: '' };
  /** The filter that was not understood, and why. */
  problem: { filter: string; message: string } | undefined;
  filters: readonly string[] = [];
  layout: TableLayout = EMPTY_LAYOUT;
  selection: Selection = NOTHING;
  error: ErrorData | undefined;
  now = Date.now();
  scroll = { top: 0, left: 0 };

  /** Runs that came since `begin`; at the end the others are gone. */
  #fresh: Set<string> | undefined;
  #frame: number | undefined;
  #rows: Uint32Array | undefined;
  #known: Column[] | undefined;
  #columns: { pinned: Column[]; others: Column[] } | undefined;
  #tint: ((row: number) => number) | undefined;
  /** Of the runs without a filter too: what can be filtered by does not depend on what is. */
  readonly #names = new Set<ColumnId>();

  constructor(host: TableHost) {
    this.#host = host;
    const { state } = host;
    if (state?.version === 1) {
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
        this.store.remove(message.ids);
        this.selection = retain(this.selection, (id) => this.store.rowOf(id) !== undefined);
        this.#forget('rows');
        break;
      case 'experiments':
        this.experiments = message.experiments;
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

  /** Rows of the store, sorted. */
  get rows(): Uint32Array {
    this.#rows ??= sortRows(this.store.rows(), [...this.layout.sort, NEWEST_FIRST], (id) =>
      this.store.columns.get(id),
    );
    return this.#rows;
  }

  /** Every column there is, in the usual order. */
  get known(): Column[] {
    this.#known ??= knownColumns(this.store.columns.keys());
    return this.#known;
  }

  get columns(): { pinned: Column[]; others: Column[] } {
    this.#columns ??= arrange(this.known, this.layout, (column) => this.#isWanted(column));
    return this.#columns;
  }

  get allColumns(): Column[] {
    return [...this.columns.pinned, ...this.columns.others];
  }

  /** Step of the tint of a cell; −1 without. */
  tint(id: ColumnId, row: number): number {
    if (id !== this.layout.tinted) return -1;
    const data = this.store.columns.get(id);
    if (data?.kind !== 'number') return -1;
    this.#tint ??= tintsOf(data, this.rows);
    return this.#tint(row);
  }

  isNumber(id: ColumnId): boolean {
    const data = this.store.columns.get(id);
    return data?.kind === 'number' || (data?.kind === 'text' && data.isNumeric && !id.startsWith('tag:'));
  }

  get order(): string[] {
    return Array.from(this.rows, (row) => this.store.ids[row]!);
  }

  /** The selected runs as they are shown; without a selection all. */
  get chosenRows(): Uint32Array {
    const { ids } = this.selection;
    return ids.size === 0 ? this.rows : this.rows.filter((row) => ids.has(this.store.ids[row]!));
  }

  get selectedIds(): string[] {
    return this.order.filter((id) => this.selection.ids.has(id));
  }

  get names(): Known {
    const of = (kind: string) =>
      [...this.#names].filter((id) => id.startsWith(kind)).map((id) => id.slice(kind.length));
    return {
      metrics: of('metric:'),
      params: of('param:'),
      tags: of('tag:'),
      valuesOf: (kind, name) => {
        const data = this.store.columns.get(`${kind}:${name}`);
        return data?.kind === 'text' ? data.words : [];
      },
    };
  }

  /** @param how as people read it, or as programs do */
  sheet(how: 'read' | 'data'): { sheet: Sheet; isNumber: boolean[] } {
    const columns = this.allColumns;
    const text = how === 'read' ? cellText : cellValue;
    return {
      sheet: {
        head: columns.map(({ label }) => label),
        rows: Array.from(this.chosenRows, (row) =>
          columns.map(({ id }) => text(this.store, id, row, this.now)),
        ),
      },
      isNumber: columns.map(({ id }) => this.isNumber(id)),
    };
  }

  // ---- what a person does

  show(shown: Partial<Shown>): void {
    this.shown = { ...this.shown, ...shown };
    this.problem = undefined;
    this.isLoading = true;
    if (shown.experimentId !== undefined) this.scroll = { top: 0, left: 0 };
    this.#host.post({ type: 'show', ...this.shown });
    this.keep();
    this.#emit();
  }

  arrange(layout: Partial<TableLayout>): void {
    this.#setLayout({ ...this.layout, ...layout });
  }

  sortBy(id: ColumnId, adds: boolean): void {
    const sort = clickedSort(this.layout.sort, id, { isNumber: this.isNumber(id), adds });
    this.arrange({ sort });
  }

  move(id: ColumnId, before: ColumnId | undefined): void {
    if (id !== before) this.#setLayout(moved(this.known, this.layout, id, before));
  }

  setShown(column: Column, show: boolean): void {
    this.#setLayout(withShown(this.layout, column, show));
  }

  togglePinned(id: ColumnId): void {
    const { pinned } = this.layout;
    this.arrange({ pinned: pinned.includes(id) ? pinned.filter((other) => other !== id) : [...pinned, id] });
  }

  /** While a border is dragged; `arrange` keeps it. */
  setWidth(id: ColumnId, width: number): void {
    this.layout = { ...this.layout, widths: { ...this.layout.widths, [id]: width } };
    this.#emit();
  }

  select(id: string, how: 'only' | 'toggle' | 'range'): void {
    this.#select(select(this.selection, id, how, how === 'range' ? this.order : []));
  }

  selectAll(): void {
    this.#select({ ids: new Set(this.order), anchor: this.selection.anchor });
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
    this.#host.post({ type: 'ready', ...this.shown });
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
    this.now = Date.now();
    this.#emit();
  }

  #begin(message: Extract<ToTable, { type: 'begin' }>): void {
    const { experimentId, filter, experiments, layout, filters } = message;
    // Other runs altogether: those that were shown are not waited for.
    if (experimentId !== this.shown.experimentId) this.store.clear();
    if (experimentId !== this.shown.experimentId || !this.isLoaded)
      this.layout = layout ?? (experimentId === null ? OF_ALL : EMPTY_LAYOUT);
    this.shown = { experimentId, filter };
    this.experiments = experiments;
    this.filters = filters;
    this.problem = undefined;
    this.error = undefined;
    this.isLoaded = true;
    this.isLoading = true;
    this.#fresh = new Set();
    this.#forget('columns');
  }

  #put(chunk: Extract<ToTable, { type: 'runs' }>['chunk']): void {
    const columns = this.store.columns.size;
    this.store.put(chunk);
    this.now = Date.now();
    if (this.store.columns.size === columns) this.#forget('rows');
    else {
      for (const id of this.store.columns.keys()) this.#names.add(id);
      this.#forget('columns');
    }
  }

  #end(): void {
    const fresh = this.#fresh;
    this.#fresh = undefined;
    this.isLoading = false;
    if (fresh) this.store.remove(this.store.ids.filter((id) => !fresh.has(id)));
    this.selection = retain(this.selection, (id) => this.store.rowOf(id) !== undefined);
    this.#forget('rows');
  }

  #isWanted({ id, kind }: Column): boolean {
    const data = this.store.columns.get(id);
    // An attribute that no run has tells nothing; a metric is only known by runs that have it.
    if (kind === 'attribute' && this.store.size > 0 && data === undefined) return id === 'duration';
    if (!this.layout.onlyDiffering || this.store.size < 2) return true;
    return data !== undefined && differs(data, this.rows);
  }

  #select(selection: Selection): void {
    this.selection = selection;
    this.keep();
    this.#emit();
  }

  #setLayout(layout: TableLayout): void {
    this.layout = layout;
    this.#host.post({ type: 'layout', experimentId: this.shown.experimentId, layout });
    this.#forget('columns');
    this.#emit();
  }

  /** What follows from the runs, or also from which columns there are. */
  #forget(what: 'rows' | 'columns'): void {
    this.#rows = undefined;
    this.#tint = undefined;
    if (what === 'columns') this.#known = undefined;
    if (what === 'columns' || this.layout.onlyDiffering) this.#columns = undefined;
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
