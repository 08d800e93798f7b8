import { type Column, ROW_HEIGHT } from './columns.js';
import { type CellContent, type Drawn, isActive } from './drawn.js';
import { groupCell, groupLabel } from './group-cell.js';
import { type GridCell, GridRow } from './grid-row.js';
import type { TableModel } from './model.js';
import { runCell } from './run-cell.js';
import { HEAD_HEIGHT } from './sight.js';
import { Slots } from './slots.js';
import type { Window } from './window.js';

/**
 * The rows in view. Elements are recycled by line number, and a column keeps its cells while it is in view: scrolling
 * by three rows draws three, by two columns draws two.
 */
export class GridBody {
  readonly #host: HTMLElement;
  readonly #model: TableModel;
  readonly #rows: GridRow[] = [];
  readonly #slots = new Slots<string>();
  /** The head of the group whose runs are in sight, at the top of them. */
  readonly #sticky = new GridRow();
  #drawn: Drawn | undefined;
  /** Index into the columns shown, by slot. */
  #shown: number[] = [];
  /** Slots whose column was another before. */
  #changed = new Set<number>();

  constructor(host: HTMLElement, model: TableModel) {
    this.#host = host;
    this.#model = model;
  }

  /** @param count of elements for rows; all that are in sight at any place */
  draw(drawn: Drawn, { first, end }: Window, count: number, isFresh: boolean): void {
    if (isFresh || drawn !== this.#drawn) this.#take(drawn);
    while (this.#rows.length < count) this.#rows.push(new GridRow());
    let next: Node | null = null;
    for (let i = this.#rows.length - 1; i >= 0; i--) {
      const row = this.#rows[i]!;
      const at = first + ((((i - first) % count) + count) % count);
      if (i >= count || at >= end) {
        if (row.line >= 0) row.element.remove();
        row.line = -1;
        continue;
      }
      const isOther = row.line !== at;
      if (row.line < 0) this.#host.insertBefore(row.element, next);
      next = row.element;
      row.line = at;
      if (isOther) row.element.style.top = `${at * ROW_HEIGHT + HEAD_HEIGHT}px`;
      this.#drawRow(row, at, isOther || isFresh);
    }
    this.#changed.clear();
  }

  /** @param top how far the table is scrolled; pixels */
  drawSticky(top: number, isFresh: boolean): void {
    const { view } = this.#model;
    const row = this.#sticky;
    const line = Math.floor(top / ROW_HEIGHT);
    const group = view.groups ? view.groupAbove(line) : undefined;
    if (!group || !this.#drawn || group.head * ROW_HEIGHT >= top) {
      if (row.line >= 0) row.element.remove();
      row.line = -1;
      return;
    }
    if (row.line < 0) {
      // Screen readers use the original heading.
      row.set('aria-hidden', 'true');
      this.#host.prepend(row.element);
    }
    // The next head pushes it out.
    const pushed = Math.min(0, group.end * ROW_HEIGHT - top - ROW_HEIGHT);
    row.element.style.transform = pushed < 0 ? `translateY(${pushed}px)` : '';
    const isOther = row.line !== group.head;
    row.line = group.head;
    this.#drawRow(row, group.head, isOther || isFresh, true);
  }

  #take(drawn: Drawn): void {
    const before = this.#shown;
    const ids = this.#drawn?.shown.map(({ id }) => id) ?? [];
    this.#drawn = drawn;
    this.#shown = this.#slots.assign(drawn.shown.map(({ id }) => id));
    for (const [slot, place] of this.#shown.entries())
      if (drawn.shown[place]?.id !== ids[before[slot] ?? -1]) this.#changed.add(slot);
  }

  #drawRow(row: GridRow, at: number, isFresh: boolean, isSticky = false): void {
    const { pinned, shown, first, boxes, pinnedWidth } = this.#drawn!;
    const line = this.#model.view.lines[at]!;
    const draw = (cell: GridCell, column: Column, index: number) => {
      const box = boxes.get(column.id)!;
      cell.put(column, index, box);
      const content = this.#content(line, column, index, box.width);
      cell.show(content, !isSticky && isActive(this.#drawn!, at, column.id));
    };
    if (isFresh) {
      this.#describe(row, at, line, isSticky);
      row.setPinnedWidth(pinnedWidth);
      for (const [i, cell] of row.pin(pinned.length).entries()) draw(cell, pinned[i]!, i);
    }
    for (const [slot, place] of this.#shown.entries()) {
      if (!isFresh && !this.#changed.has(slot) && !isSticky) continue;
      const cell = row.cell(slot, place >= 0);
      if (cell) draw(cell, shown[place]!, first + place);
    }
  }

  #content(line: number, column: Column, index: number, width: number): CellContent {
    if (line >= 0) return runCell(this.#model, column, line, width);
    return index === 0 ? groupLabel(this.#model, ~line) : groupCell(this.#model, column, ~line);
  }

  #describe(row: GridRow, at: number, line: number, isSticky: boolean): void {
    const { view, selection } = this.#model;
    const isGroup = line < 0;
    const group = isGroup ? view.groups![~line]! : undefined;
    const isSelected = (one: number) => selection.ids.has(view.store.ids[one]!);
    const selected = group ? group.rows.every(isSelected) : isSelected(line);
    const kind = isGroup ? ' group' : view.groups ? ' nested' : '';
    row.set('class', `row${kind}${selected ? ' selected' : ''}${isSticky ? ' sticky' : ''}`);
    row.set('aria-rowindex', String(at + 2));
    row.set('aria-selected', String(selected));
    row.set('aria-level', view.groups ? (isGroup ? '1' : '2') : undefined);
    row.set('aria-expanded', group && String(!view.isCollapsed(group.value)));
    row.set('data-row', isGroup ? undefined : String(line));
    row.set('data-group', isGroup ? String(~line) : undefined);
  }
}
