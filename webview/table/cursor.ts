import type { ColumnId } from '../../src/panels/table-messages.js';
import type { TableModel } from './model.js';
import type { Place } from './view.js';

/** Where the keyboard is: in a cell of a run or of the head of a group, or of the head of the table. */
export class Cursor {
  readonly #model: TableModel;
  #place: Place | 'head' | undefined;
  #column: ColumnId | undefined;

  constructor(model: TableModel) {
    this.#model = model;
  }

  get column(): ColumnId | undefined {
    return this.#column;
  }

  get isInHead(): boolean {
    return this.#place === 'head';
  }

  /** undefined in the head of the table, and before there is a cell. */
  get place(): Place | undefined {
    return this.#place === 'head' ? undefined : this.#place;
  }

  /** −1 is the head; undefined: nowhere, or at a run that has gone. */
  get line(): number | undefined {
    if (this.#place === undefined) return undefined;
    if (this.#place === 'head') return -1;
    const line = this.#model.view.lineOf(this.#place);
    return line < 0 ? undefined : line;
  }

  put(place: Place | 'head', column: ColumnId): void {
    this.#place = place;
    this.#column = column;
  }

  /** Into the first cell, unless it is somewhere. */
  begin(): void {
    const { view } = this.#model;
    const [column] = view.allColumns;
    const first = view.placeOf(0);
    if (this.#place === undefined && column && first) this.put(first, column.id);
  }

  /** With Shift the selection follows, as in the editor's own lists. */
  move(rows: number, columns: number, extendsRange: boolean): void {
    const { view, selection } = this.#model;
    const all = view.allColumns;
    if (all.length === 0) return;
    const line = this.line ?? 0;
    const column = all.findIndex(({ id }) => id === this.#column);
    const toLine = Math.max(rows === -Infinity ? 0 : -1, Math.min(view.lines.length - 1, line + rows));
    const to = view.placeOf(toLine);
    if (extendsRange && rows !== 0 && to) {
      const from = view.placeOf(line);
      if (selection.anchor === undefined && from) this.#model.select(view.runsAt(from), 'only');
      // The head of an open group is not one of its runs.
      if ('runId' in to || view.isCollapsed(to.group)) this.#model.select(view.runsAt(to), 'range');
    }
    const toColumn = Math.max(0, Math.min(all.length - 1, Math.max(0, column) + columns));
    this.put(to ?? 'head', all[toColumn]!.id);
  }

  /**
   * Left and Right close and open a group, and lead from its runs to its head, as in a tree. False when there is nothing to
   * do so.
   */
  turn(to: 'left' | 'right'): boolean {
    const { view } = this.#model;
    const { place } = this;
    const first = view.allColumns[0]?.id;
    if (!place || !view.groups || (to === 'left' && this.#column !== first)) return false;
    if ('runId' in place) {
      const group = to === 'left' ? view.groupOf(place.runId) : undefined;
      if (group) this.put({ group: group.value }, this.#column!);
      return group !== undefined;
    }
    if (view.isCollapsed(place.group) !== (to === 'right')) return false;
    this.#model.toggleGroup(place.group);
    return true;
  }
}
