import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ColumnId } from '../../src/extension/panels/table-messages.js';
import type { RunState } from '../../src/workspace/types.js';
import { follow } from '../shared/follow.js';
import { RUN_STATES } from '../shared/run-state.js';
import { cellText, cellTitle } from './cell.js';
import { clampWidth, type Column, ROW_HEIGHT, widthOf } from './columns.js';
import { dragColumn, dragWidth } from './drag.js';
import { toTsv } from './export.js';
import { type GridAction, gridKey } from './grid-keys.js';
import './header-menu.js';
import type { TyHeaderMenu } from './header-menu.js';
import type { TableModel } from './model.js';
import { columnWindow, offsetsOf, rowWindow, scrollTo, type Window } from './window.js';

const HEAD_HEIGHT = 26;
/** Both sides, and the border. */
const CELL_PADDING = 20;
/** Rows drawn above and below those in sight. */
const MORE_ROWS = 6;
/** What a new page is to come back to is written down when scrolling has come to rest. */
const REST_MS = 200;

/** Where the keyboard is: a cell of a run, or of the head. */
interface Active {
  runId: string | null;
  column: ColumnId;
}

/** The rows and columns in sight of what may be ten thousand by hundreds. */
export class TyGrid extends LitElement {
  static override properties = { model: { attribute: false } };
  declare model: TableModel;
  #active: Active | undefined;
  /** Size of what is in sight. */
  #width = 0;
  #height = 0;
  #drawn = '';
  #rest: ReturnType<typeof setTimeout> | undefined;
  #isRestored = false;
  readonly #sized = new ResizeObserver(([entry]) => {
    if (!entry) return;
    this.#width = entry.contentRect.width;
    this.#height = entry.contentRect.height;
    this.requestUpdate();
  });

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  constructor() {
    super();
    this.addController(follow(() => this.model.onChange(() => this.requestUpdate())));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sized.disconnect();
    clearTimeout(this.#rest);
  }

  protected override firstUpdated(): void {
    this.#sized.observe(this.#scroller);
  }

  protected override updated(_changed: PropertyValues): void {
    // The place that the page was left at, as soon as there is enough to scroll.
    const { top, left } = this.model.scroll;
    if (this.#isRestored || this.#height === 0 || this.model.store.size === 0) return;
    this.#scroller.scrollTo(left, top);
    this.#isRestored = !this.model.isLoading || Math.abs(this.#scroller.scrollTop - top) <= 1;
  }

  get #scroller(): HTMLElement {
    return this.querySelector<HTMLElement>('.grid')!;
  }

  get #menu(): TyHeaderMenu {
    return this.querySelector<TyHeaderMenu>('ty-header-menu')!;
  }

  protected override render(): TemplateResult {
    const { model } = this;
    const { rows } = model;
    const { pinned, others } = model.columns;
    const pinnedOffsets = offsetsOf(pinned.map((column) => widthOf(column, model.layout)));
    const pinnedWidth = pinnedOffsets.at(-1)!;
    const offsets = offsetsOf(others.map((column) => widthOf(column, model.layout)));
    const { top, left } = model.scroll;
    const across = columnWindow(offsets, left, Math.max(0, this.#width - pinnedWidth));
    const down = rowWindow(top, this.#height - HEAD_HEIGHT, ROW_HEIGHT, rows.length, MORE_ROWS);
    this.#drawn = JSON.stringify([across, down]);
    const shown = others.slice(across.first, across.end);
    const tracks = [
      ...pinned.map((column) => widthOf(column, model.layout)),
      offsets[across.first]!,
      ...shown.map((column) => widthOf(column, model.layout)),
    ];
    const width = pinnedWidth + offsets.at(-1)!;
    const columns = { pinned, pinnedOffsets, shown, first: pinned.length + across.first };
    return html`
      <div
        class="grid"
        role="grid"
        tabindex="0"
        aria-label="Runs"
        aria-multiselectable="true"
        aria-rowcount=${rows.length + 1}
        aria-colcount=${pinned.length + others.length}
        aria-busy=${model.isLoading}
        aria-activedescendant=${this.#activeCell() ?? nothing}
        @scroll=${() => this.#scrolled()}
        @keydown=${(event: KeyboardEvent) => this.#keydown(event)}
        @focus=${() => this.#focused()}
        @click=${(event: MouseEvent) => this.#clicked(event)}
        @dblclick=${(event: MouseEvent) => this.#doubleClicked(event)}
        @contextmenu=${(event: MouseEvent) => this.#contextMenu(event)}
        @pointerover=${(event: PointerEvent) => this.#explain(event)}
      >
        <div
          class="canvas"
          .style=${`width:${width}px;height:${rows.length * ROW_HEIGHT + HEAD_HEIGHT}px;--tracks:${tracks.map((track) => `${track}px`).join(' ')}`}
        >
          <div class="row head" role="row" aria-rowindex="1">
            ${this.#cells(columns, (column, at, style) => this.#heading(column, at, style))}
          </div>
          <div role="rowgroup">${this.#rows(rows, down, columns)}</div>
        </div>
      </div>
      <ty-header-menu .model=${model}></ty-header-menu>
    `;
  }

  #cells(
    { pinned, pinnedOffsets, shown, first }: DrawnColumns,
    cell: (column: Column, at: number, style: string) => TemplateResult,
  ): TemplateResult {
    return html`${pinned.map((column, i) => cell(column, i, `left:${pinnedOffsets[i]}px`))}<span
        role="presentation"
      ></span
      >${shown.map((column, i) => cell(column, first + i, ''))}`;
  }

  /**
   * A row of the list always takes the same of the elements in turn, so that a scroll by three rows draws three, wherever
   * they come to lie.
   */
  #rows(
    rows: Uint32Array,
    { first, end }: Window,
    columns: DrawnColumns,
  ): (TemplateResult | typeof nothing)[] {
    const count = Math.ceil(this.#height / ROW_HEIGHT) + 1 + 2 * MORE_ROWS;
    return Array.from({ length: count }, (_, i) => {
      const at = first + ((((i - first) % count) + count) % count);
      return at < end ? this.#row(rows[at]!, at, columns) : nothing;
    });
  }

  #row(row: number, at: number, columns: DrawnColumns): TemplateResult {
    const { model } = this;
    const id = model.store.ids[row]!;
    const isSelected = model.selection.ids.has(id);
    return html`<div
      class=${isSelected ? 'row selected' : 'row'}
      role="row"
      aria-rowindex=${at + 2}
      aria-selected=${isSelected}
      data-row=${row}
      .style=${`top:${at * ROW_HEIGHT + HEAD_HEIGHT}px`}
    >
      ${this.#cells(columns, (column, i, style) => this.#cell(column, i, row, id, style))}
    </div>`;
  }

  #cell({ id }: Column, at: number, row: number, runId: string, style: string): TemplateResult {
    const { model } = this;
    const text = cellText(model.store, id, row, model.now) ?? '';
    const tint = model.tint(id, row);
    const isActive = this.#active?.runId === runId && this.#active.column === id;
    const look = [
      'cell',
      style && 'pinned',
      model.isNumber(id) && 'number',
      id === 'commit' && 'code',
      tint >= 0 && `tint-${tint}`,
      isActive && 'active',
    ];
    return html`<div
      class=${look.filter(Boolean).join(' ')}
      role="gridcell"
      id=${isActive ? 'active-cell' : nothing}
      aria-colindex=${at + 1}
      data-column=${id}
      .style=${style}
    >
      ${this.#mark(id, row)}${text}
    </div>`;
  }

  /** What stands before the text: the colour of the run, the shape of its state. */
  #mark(id: ColumnId, row: number): TemplateResult | typeof nothing {
    const { store } = this.model;
    if (id === 'name') {
      const number = store.number('number', row) ?? 0;
      return html`<i class="dot run-${((number % 10) + 10) % 10}"></i>`;
    }
    if (id !== 'state') return nothing;
    const look = RUN_STATES[store.text('state', row) as RunState];
    return html`<i class="icon icon-${look.icon} tone-${look.tone}"></i>`;
  }

  #heading(column: Column, at: number, style: string): TemplateResult {
    const { model } = this;
    const { id, label, title } = column;
    const place = model.layout.sort.findIndex((key) => key.id === id);
    const key = model.layout.sort[place];
    const isActive = this.#active?.runId === null && this.#active.column === id;
    const look = ['cell', style && 'pinned', model.isNumber(id) && 'number', isActive && 'active'];
    return html`<div
      class=${look.filter(Boolean).join(' ')}
      role="columnheader"
      id=${isActive ? 'active-cell' : nothing}
      aria-colindex=${at + 1}
      aria-sort=${key ? (key.descending ? 'descending' : 'ascending') : nothing}
      data-column=${id}
      title=${title}
      .style=${style}
      @pointerdown=${(event: PointerEvent) => this.#headPressed(event, column)}
    >
      <span>${label}</span>${
        key
          ? html`<i class="icon icon-arrow-${key.descending ? 'down' : 'up'}"></i>${
                model.layout.sort.length > 1 ? html`<b>${place + 1}</b>` : nothing
              }`
          : nothing
      }<i class="border" role="presentation"></i>
    </div>`;
  }

  #scrolled(): void {
    const { scrollTop, scrollLeft } = this.#scroller;
    this.model.setScroll(scrollTop, scrollLeft);
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.model.keep(), REST_MS);
    const { model } = this;
    const { pinned, others } = model.columns;
    const width = (columns: readonly Column[]) => columns.map((column) => widthOf(column, model.layout));
    const free = Math.max(0, this.#width - offsetsOf(width(pinned)).at(-1)!);
    const across = columnWindow(offsetsOf(width(others)), scrollLeft, free);
    const down = rowWindow(scrollTop, this.#height - HEAD_HEIGHT, ROW_HEIGHT, model.rows.length, MORE_ROWS);
    if (JSON.stringify([across, down]) !== this.#drawn) this.requestUpdate();
  }

  // ---- pointer

  #clicked(event: MouseEvent): void {
    const { row, column } = placeOf(event.target);
    if (row === undefined) return;
    const id = this.model.store.ids[row]!;
    this.#active = { runId: id, column: column ?? 'name' };
    this.model.select(id, event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'only');
  }

  #doubleClicked(event: MouseEvent): void {
    const { row, column } = placeOf(event.target);
    if (row !== undefined) this.model.act('charts');
    else if (column && event.target instanceof Element && event.target.matches('.border')) this.#fit(column);
  }

  /** The editor's own menu for the selected runs; the columns have ours. */
  #contextMenu(event: MouseEvent): void {
    const { row, column } = placeOf(event.target);
    if (row !== undefined) {
      const id = this.model.store.ids[row]!;
      if (!this.model.selection.ids.has(id)) this.model.select(id, 'only');
      this.#scroller.dataset['vscodeContext'] = JSON.stringify({
        webviewSection: 'run',
        runIds: this.model.selectedIds,
        preventDefaultContextMenuItems: true,
      });
    } else if (column) {
      event.preventDefault();
      this.#openMenu(column);
    } else delete this.#scroller.dataset['vscodeContext'];
  }

  /** Tooltips are made when they are wanted, not for every cell that scrolls by. */
  #explain(event: PointerEvent): void {
    const { row, column } = placeOf(event.target);
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('.cell') : null;
    if (!cell || row === undefined || !column) return;
    const { store, now } = this.model;
    cell.title = cellTitle(store, column, row, now) ?? '';
  }

  #headPressed(event: PointerEvent, column: Column): void {
    if (event.button !== 0) return;
    const { model } = this;
    this.#active = { runId: null, column: column.id };
    if (event.target instanceof Element && event.target.matches('.border')) {
      dragWidth(event, widthOf(column, model.layout), {
        change: (width) => model.setWidth(column.id, width),
        done: () => model.arrange({}),
      });
    } else {
      dragColumn(event, this.#scroller, {
        drop: (before) => model.move(column.id, before),
        click: (click) => model.sortBy(column.id, click.shiftKey),
      });
    }
  }

  /** As wide as what is in sight needs. */
  #fit(column: ColumnId): void {
    const range = document.createRange();
    const cells = this.querySelectorAll(`[data-column="${CSS.escape(column)}"]`);
    const widths = Array.from(cells, (cell) => {
      range.selectNodeContents(cell);
      return range.getBoundingClientRect().width;
    });
    const width = clampWidth(Math.max(...widths) + CELL_PADDING);
    this.model.arrange({ widths: { ...this.model.layout.widths, [column]: width } });
  }

  #openMenu(column: ColumnId): void {
    const heading = this.querySelector(`.head [data-column="${CSS.escape(column)}"]`);
    if (heading) this.#menu.open(column, heading, () => this.#scroller.focus());
  }

  // ---- keyboard

  /** The cell where the keyboard is, when it is drawn. */
  #activeCell(): string | undefined {
    return this.#active ? 'active-cell' : undefined;
  }

  #focused(): void {
    const [column] = this.model.allColumns;
    const first = this.model.rows[0];
    if (this.#active || !column || first === undefined) return;
    this.#active = { runId: this.model.store.ids[first]!, column: column.id };
    this.requestUpdate();
  }

  #keydown(event: KeyboardEvent): void {
    const action = gridKey(event, this.#active?.runId === null);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    this.#do(action);
  }

  #do(action: GridAction): void {
    const { model } = this;
    const active = this.#active;
    switch (action.do) {
      case 'move':
        this.#go(action.rows, action.columns, action.extends);
        break;
      case 'page':
        this.#go(action.by * Math.max(1, Math.floor(this.#height / ROW_HEIGHT) - 2), 0, action.extends);
        break;
      case 'toggle':
        if (active?.runId) model.select(active.runId, 'toggle');
        break;
      case 'all':
        model.selectAll();
        break;
      case 'none':
        model.selectNone();
        break;
      case 'open':
        if (active?.runId && !model.selection.ids.has(active.runId)) model.select(active.runId, 'only');
        model.act('charts');
        break;
      case 'sort':
        if (active) model.sortBy(active.column, action.adds);
        break;
      case 'menu':
        if (active) this.#openMenu(active.column);
        break;
      case 'shift':
        if (active) this.#shift(active.column, action.by);
        break;
      case 'delete':
        model.act('delete');
        break;
      case 'copy':
        model.ask({ type: 'copy', text: toTsv(model.sheet('data').sheet) });
        break;
    }
  }

  #shift(id: ColumnId, by: 1 | -1): void {
    const columns = this.model.allColumns;
    const at = columns.findIndex((column) => column.id === id);
    const to = by === 1 ? at + 2 : at - 1;
    if (to >= 0 && at + by < columns.length) this.model.move(id, columns[to]?.id);
  }

  /** Moves the active cell; with Shift the selection follows, as in the editor's own lists. */
  #go(rows: number, columns: number, extendsRange: boolean): void {
    const { model } = this;
    const all = model.allColumns;
    if (all.length === 0) return;
    const { order } = model;
    const from = this.#active?.runId ?? null;
    const row = from === null ? -1 : order.indexOf(from);
    const column = all.findIndex(({ id }) => id === this.#active?.column);
    const toRow = Math.max(rows === -Infinity ? 0 : -1, Math.min(order.length - 1, row + rows));
    const toColumn = Math.max(0, Math.min(all.length - 1, Math.max(0, column) + columns));
    const runId = toRow < 0 ? null : order[toRow]!;
    if (extendsRange && rows !== 0 && runId !== null) {
      if (model.selection.anchor === undefined && from !== null) model.select(from, 'only');
      model.select(runId, 'range');
    }
    this.#active = { runId, column: all[toColumn]!.id };
    this.#show(toRow, toColumn);
    this.requestUpdate();
  }

  #show(row: number, column: number): void {
    const { model } = this;
    const scroller = this.#scroller;
    const { pinned, others } = model.columns;
    const pinnedWidth = offsetsOf(pinned.map((one) => widthOf(one, model.layout))).at(-1)!;
    const offsets = offsetsOf(others.map((one) => widthOf(one, model.layout)));
    const at = column - pinned.length;
    const left =
      at < 0
        ? scroller.scrollLeft
        : scrollTo(offsets[at]!, offsets[at + 1]!, scroller.scrollLeft, this.#width - pinnedWidth);
    const top =
      row < 0
        ? scroller.scrollTop
        : scrollTo(row * ROW_HEIGHT, (row + 1) * ROW_HEIGHT, scroller.scrollTop, this.#height - HEAD_HEIGHT);
    scroller.scrollTo(left, top);
  }
}

interface DrawnColumns {
  pinned: readonly Column[];
  pinnedOffsets: readonly number[];
  shown: readonly Column[];
  /** Index of the first of `shown` among all. */
  first: number;
}

/** Where in the table something happened. */
function placeOf(target: EventTarget | null): { row?: number; column?: ColumnId } {
  if (!(target instanceof Element)) return {};
  const row = target.closest<HTMLElement>('[data-row]')?.dataset['row'];
  const column = target.closest<HTMLElement>('[data-column]')?.dataset['column'];
  return { ...(row !== undefined && { row: Number(row) }), ...(column !== undefined && { column }) };
}

customElements.define('ty-grid', TyGrid);
