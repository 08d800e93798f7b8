import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { ColumnId } from '../../src/panels/table-messages.js';
import { follow } from '../shared/follow.js';
import { GridBody } from './body.js';
import { CELL_PADDING, clampWidth, type Column, columnOf, ROW_HEIGHT } from './columns.js';
import { Cursor } from './cursor.js';
import type { Drawn } from './drawn.js';
import { dragColumn, dragWidth } from './drag.js';
import { explain } from './explain.js';
import { toTsv } from './export.js';
import { type GridAction, gridKey } from './grid-keys.js';
import { headRow } from './head-row.js';
import './header-menu.js';
import type { TyHeaderMenu } from './header-menu.js';
import type { TableModel } from './model.js';
import './note-editor.js';
import type { TyNoteEditor } from './note-editor.js';
import { curvesIn, HEAD_HEIGHT, inSight, MORE_ROWS, type Sight } from './sight.js';
import type { Place } from './view.js';
import { scrollTo } from './window.js';
import { t } from '../shared/l10n.js';

/** What a new page is to come back to is written down when scrolling has come to rest. */
const REST_MS = 200;

/** The rows and columns in sight of what may be ten thousand by hundreds. */
export class TyGrid extends PageElement {
  static override properties = { model: { attribute: false } };
  declare model: TableModel;
  /** Made with the model, which is there when the page draws. */
  #cursor: Cursor | undefined;
  /** Size of what is in sight. */
  #width = 0;
  #height = 0;
  #body: GridBody | undefined;
  #drawn: Drawn | undefined;
  /** The columns that are drawn: from, to. */
  #columns = '';
  /** Whether more has changed than the place that is scrolled to. */
  #isFresh = true;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #isRestored = false;
  readonly #sized = new ResizeObserver(([entry]) => {
    if (!entry) return;
    this.#width = entry.contentRect.width;
    this.#height = entry.contentRect.height;
    this.#refresh();
  });

  constructor() {
    super();
    this.addController(follow(() => this.model.onChange(() => this.#refresh())));
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
    this.#drawBody(this.#sight);
    // The place that the page was left at, as soon as there is enough to scroll.
    const { top, left } = this.model.scroll;
    if (this.#isRestored || this.#height === 0 || this.model.view.store.size === 0) return;
    this.#scroller.scrollTo(left, top);
    this.#isRestored = !this.model.isLoading || Math.abs(this.#scroller.scrollTop - top) <= 1;
  }

  get #scroller(): HTMLElement {
    return this.querySelector<HTMLElement>('.grid')!;
  }

  get #menu(): TyHeaderMenu {
    return this.querySelector<TyHeaderMenu>('ty-header-menu')!;
  }

  get #sight(): Sight {
    return inSight(this.model, { width: this.#width, height: this.#height });
  }

  get #at(): Cursor {
    return (this.#cursor ??= new Cursor(this.model));
  }

  get #noteEditor(): TyNoteEditor {
    return this.querySelector<TyNoteEditor>('ty-note-editor')!;
  }

  protected override render(): TemplateResult {
    const { model } = this;
    const { view } = model;
    const { pinned, others } = view.columns;
    const { lines } = view;
    const sight = this.#sight;
    const { offsets, pinnedOffsets } = sight;
    const drawn = (this.#drawn = this.#columnsIn(sight));
    return html`
      <div
        class="grid"
        role=${view.groups ? 'treegrid' : 'grid'}
        tabindex="0"
        aria-label=${t('Runs')}
        aria-multiselectable="true"
        aria-rowcount=${lines.length + 1}
        aria-colcount=${pinned.length + others.length}
        aria-busy=${model.isLoading}
        aria-activedescendant=${this.#at.line === undefined ? nothing : 'active-cell'}
        @scroll=${() => this.#scrolled()}
        @keydown=${(event: KeyboardEvent) => this.#keydown(event)}
        @focus=${() => this.#focused()}
        @pointerdown=${(event: PointerEvent) => this.#pressed(event)}
        @click=${(event: MouseEvent) => this.#clicked(event)}
        @dblclick=${(event: MouseEvent) => this.#doubleClicked(event)}
        @contextmenu=${(event: MouseEvent) => this.#contextMenu(event)}
        @pointerover=${(event: PointerEvent) => this.#explain(event)}
      >
        <div
          class="canvas"
          .style=${`width:${pinnedOffsets.at(-1)! + offsets.at(-1)!}px;height:${lines.length * ROW_HEIGHT + HEAD_HEIGHT}px`}
        >
          ${headRow(model, drawn)}
          <div class="body" role="rowgroup"></div>
        </div>
      </div>
      <ty-header-menu .model=${model}></ty-header-menu>
      <ty-note-editor .model=${model}></ty-note-editor>
    `;
  }

  #columnsIn({ across, offsets, pinnedOffsets }: Sight): Drawn {
    const { pinned, others } = this.model.view.columns;
    const shown = others.slice(across.first, across.end);
    const pinnedWidth = pinnedOffsets.at(-1)!;
    const boxes = new Map<ColumnId, { left: number; width: number }>();
    const put = (columns: readonly Column[], ends: readonly number[], from: number) => {
      for (const [i, { id }] of columns.entries())
        boxes.set(id, { left: from + ends[i]!, width: ends[i + 1]! - ends[i]! });
    };
    put(pinned, pinnedOffsets, 0);
    put(shown, offsets.slice(across.first), pinnedWidth);
    this.#columns = `${across.first} ${across.end}`;
    const { line: activeLine, column: activeColumn } = this.#at;
    return {
      pinned,
      shown,
      first: pinned.length + across.first,
      boxes,
      pinnedWidth,
      activeLine,
      activeColumn,
    };
  }

  #refresh(): void {
    this.#isFresh = true;
    this.requestUpdate();
  }

  #drawBody(sight: Sight): void {
    if (!this.#drawn) return;
    this.#body ??= new GridBody(this.querySelector<HTMLElement>('.body')!, this.model);
    const count = Math.ceil(this.#height / ROW_HEIGHT) + 1 + 2 * MORE_ROWS;
    this.#body.draw(this.#drawn, sight.down, count, this.#isFresh);
    this.#body.drawSticky(this.model.scroll.top, this.#isFresh);
    this.#isFresh = false;
    this.model.curves.want(this.#height === 0 ? [] : curvesIn(this.model, sight));
  }

  #scrolled(): void {
    const { scrollTop, scrollLeft } = this.#scroller;
    this.model.setScroll(scrollTop, scrollLeft);
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.model.keep(), REST_MS);
    const sight = this.#sight;
    // Other rows alone are quickly drawn; other columns have other heads.
    if (`${sight.across.first} ${sight.across.end}` !== this.#columns) this.requestUpdate();
    else if (!this.isUpdatePending) this.#drawBody(sight);
  }

  // ---- pointer

  #pressed(event: PointerEvent): void {
    const { row, group, column } = placeOf(event.target);
    if (event.button !== 0 || row !== undefined || group !== undefined || !column) return;
    const { model } = this;
    const on = event.target as Element;
    this.#at.put('head', column);
    if (on.matches('.border')) {
      dragWidth(event, model.view.widthOf(columnOf(column)), {
        change: (width) => model.setWidth(column, width),
        done: () => model.arrange({}),
      });
    } else if (!on.closest('.head-menu')) {
      dragColumn(event, this.#scroller, {
        drop: (before) => model.move(column, before),
        click: (click) => model.sortBy(column, click.shiftKey),
      });
    }
  }

  #clicked(event: MouseEvent): void {
    const { row, group, column } = placeOf(event.target);
    const { model } = this;
    const { view } = model;
    const on = event.target as Element;
    if (row === undefined && group === undefined) {
      if (column && on.closest('.head-menu')) this.#openMenu(column);
      return;
    }
    const place =
      row === undefined ? { group: view.groups![group!]!.value } : { runId: view.store.ids[row]! };
    this.#at.put(place, column ?? view.allColumns[0]!.id);
    if ('group' in place && on.closest('.twistie')) model.toggleGroup(place.group);
    else
      model.select(
        view.runsAt(place),
        event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'only',
      );
  }

  #doubleClicked(event: MouseEvent): void {
    const { row, group, column } = placeOf(event.target);
    const on = event.target as Element;
    if (row !== undefined && column === 'note') this.#editNote(this.model.view.store.ids[row]!);
    else if (row !== undefined) this.model.act('charts');
    else if (group !== undefined) {
      if (!on.closest('.twistie')) this.model.toggleGroup(this.model.view.groups![group]!.value);
    } else if (column && on.matches('.border')) this.#fit(column);
  }

  /** The editor's own menu for the selected runs; the columns have ours. */
  #contextMenu(event: MouseEvent): void {
    const { row, group, column } = placeOf(event.target);
    const { model } = this;
    const { view, selection } = model;
    if (row !== undefined || group !== undefined) {
      const rows = row === undefined ? Array.from(view.groups![group!]!.rows) : [row];
      const ids = rows.map((one) => view.store.ids[one]!);
      if (!ids.every((id) => selection.ids.has(id))) model.select(ids, 'only');
      this.#scroller.dataset['vscodeContext'] = JSON.stringify({
        webviewSection: 'run',
        runIds: model.selectedIds,
        preventDefaultContextMenuItems: true,
        runsHaveJobs: model.has('jobs'),
        runsHaveCode: model.has('code'),
        runsHaveEdit: model.has('edit'),
      });
    } else if (column) {
      event.preventDefault();
      this.#openMenu(column);
    } else delete this.#scroller.dataset['vscodeContext'];
  }

  /** Tooltips are made when they are wanted, not for every cell that scrolls by. */
  #explain(event: PointerEvent): void {
    const { row, group, column } = placeOf(event.target);
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('.cell') : null;
    if (!cell || !column) return;
    if (row !== undefined) cell.title = explain(this.model, { row }, column);
    else if (group !== undefined) cell.title = explain(this.model, { group }, column);
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

  #editNote(runId: string): void {
    const { view } = this.model;
    const row = view.store.rowOf(runId);
    const cell = this.querySelector(`[data-row="${row}"] [data-column="note"]`);
    if (row === undefined || !cell) return;
    this.#noteEditor.open(runId, view.values.text('note', row) ?? '', cell, () => this.#scroller.focus());
  }

  // ---- keyboard

  #focused(): void {
    this.#at.begin();
    this.#refresh();
  }

  #keydown(event: KeyboardEvent): void {
    const action = gridKey(event, this.#at.isInHead);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    this.#do(action);
  }

  #do(action: GridAction): void {
    const { model } = this;
    const { view } = model;
    const { place, column } = this.#at;
    switch (action.do) {
      case 'move':
        this.#move(action);
        break;
      case 'page':
        this.#at.move(action.by * Math.max(1, Math.floor(this.#height / ROW_HEIGHT) - 2), 0, action.extends);
        this.#show();
        break;
      case 'toggle':
        if (place) model.select(view.runsAt(place), 'toggle');
        break;
      case 'all':
        model.selectAll();
        break;
      case 'none':
        model.selectNone();
        break;
      case 'open':
        this.#open(place);
        break;
      case 'edit':
        if (!place || !('runId' in place)) break;
        if (column === 'note') this.#editNote(place.runId);
        else model.act('rename', [place.runId]);
        break;
      case 'sort':
        if (column) model.sortBy(column, action.adds);
        break;
      case 'menu':
        if (column) this.#openMenu(column);
        break;
      case 'shift':
        if (column) this.#shift(column, action.by);
        break;
      case 'delete':
        model.act('delete');
        break;
      case 'copy':
        model.ask({ type: 'copy', text: toTsv(model.sheet('data').sheet) });
        break;
    }
  }

  #open(place: Place | undefined): void {
    const { model } = this;
    if (place && 'group' in place) {
      model.toggleGroup(place.group);
      return;
    }
    if (place && !model.selection.ids.has(place.runId)) model.select([place.runId], 'only');
    model.act('charts');
  }

  #move({ rows, columns, extends: extendsRange }: Extract<GridAction, { do: 'move' }>): void {
    const isTurn = rows === 0 && Math.abs(columns) === 1 && this.#at.turn(columns < 0 ? 'left' : 'right');
    if (!isTurn) this.#at.move(rows, columns, extendsRange);
    this.#show();
  }

  #shift(id: ColumnId, by: 1 | -1): void {
    const columns = this.model.view.allColumns;
    const at = columns.findIndex((column) => column.id === id);
    const to = by === 1 ? at + 2 : at - 1;
    if (to >= 0 && at + by < columns.length) this.model.move(id, columns[to]?.id);
  }

  /** Scrolls as little as it takes for the cell where the keyboard is. */
  #show(): void {
    const scroller = this.#scroller;
    const { offsets, pinnedOffsets } = this.#sight;
    const { view } = this.model;
    const line = this.#at.line ?? -1;
    const at = view.allColumns.findIndex(({ id }) => id === this.#at.column) - view.columns.pinned.length;
    const left =
      at < 0
        ? scroller.scrollLeft
        : scrollTo(offsets[at]!, offsets[at + 1]!, scroller.scrollLeft, this.#width - pinnedOffsets.at(-1)!);
    const height = this.#height - HEAD_HEIGHT;
    // The head of its group stays above a run.
    const covered = view.groups && view.lines[line]! >= 0 ? 1 : 0;
    const top =
      line < 0
        ? scroller.scrollTop
        : scrollTo((line - covered) * ROW_HEIGHT, (line + 1) * ROW_HEIGHT, scroller.scrollTop, height);
    scroller.scrollTo(left, top);
    this.#refresh();
  }
}

/** Where in the table something happened: at a row of the store, or the head of a group, or the head of the table. */
function placeOf(target: EventTarget | null): { row?: number; group?: number; column?: ColumnId } {
  if (!(target instanceof Element)) return {};
  const line = target.closest<HTMLElement>('.row')?.dataset;
  const column = target.closest<HTMLElement>('[data-column]')?.dataset['column'];
  return {
    ...(line?.['row'] !== undefined && { row: Number(line['row']) }),
    ...(line?.['group'] !== undefined && { group: Number(line['group']) }),
    ...(column !== undefined && { column }),
  };
}

customElements.define('ty-grid', TyGrid);
