import { nothing, render } from 'lit';
import type { Column } from './columns.js';
import type { CellContent } from './drawn.js';

/** Elements of one row and of its cells, which show one run after another. They are only told what has changed. */

export class GridCell {
  readonly element = document.createElement('div');
  readonly #text = document.createTextNode('');
  #isPlain = true;
  #look = '';
  #left = NaN;
  #width = NaN;
  #at = -1;
  #isActive = false;
  /** What it shows a value of. */
  column: Column | undefined;

  constructor() {
    this.element.setAttribute('role', 'gridcell');
    this.element.append(this.#text);
  }

  /** @param at index among all columns */
  put(column: Column, at: number, { left, width }: { left: number; width: number }): void {
    const { element } = this;
    if (this.column?.id !== column.id) element.dataset['column'] = column.id;
    this.column = column;
    if (at !== this.#at) element.ariaColIndex = String((this.#at = at) + 1);
    if (left !== this.#left) element.style.left = `${(this.#left = left)}px`;
    if (width !== this.#width) element.style.width = `${(this.#width = width)}px`;
  }

  show({ look, content }: CellContent, isActive: boolean): void {
    const { element } = this;
    const isPlain = typeof content === 'string';
    if (isPlain) {
      if (this.#text.data !== content) this.#text.data = content;
      if (!this.#isPlain) render(nothing, element);
    } else {
      if (this.#isPlain) this.#text.data = '';
      render(content, element);
    }
    this.#isPlain = isPlain;
    const wanted = isActive ? `${look} active` : look;
    if (wanted !== this.#look) element.className = this.#look = wanted;
    if (isActive === this.#isActive) return;
    this.#isActive = isActive;
    if (isActive) element.id = 'active-cell';
    else element.removeAttribute('id');
  }
}

export class GridRow {
  readonly element = document.createElement('div');
  readonly pins = document.createElement('div');
  readonly pinned: GridCell[] = [];
  /** By slot. */
  readonly others: GridCell[] = [];
  readonly #known = new Map<string, string | undefined>();
  #pinnedWidth = NaN;
  /** The line that it shows; −1: it is not in use. */
  line = -1;

  constructor() {
    this.element.setAttribute('role', 'row');
    this.pins.setAttribute('role', 'presentation');
    this.pins.className = 'pins';
    this.element.append(this.pins);
  }

  /** undefined takes it away. */
  set(attribute: string, value: string | undefined): void {
    if (this.#known.get(attribute) === value) return;
    this.#known.set(attribute, value);
    if (value === undefined) this.element.removeAttribute(attribute);
    else this.element.setAttribute(attribute, value);
  }

  setPinnedWidth(width: number): void {
    if (width !== this.#pinnedWidth) this.pins.style.width = `${(this.#pinnedWidth = width)}px`;
  }

  /** The cell of a slot; without a column it is taken away. */
  cell(slot: number, isUsed: boolean): GridCell | undefined {
    const cell = this.others[slot];
    if (!isUsed) {
      if (cell?.column) cell.element.remove();
      if (cell) cell.column = undefined;
      return undefined;
    }
    const used = cell ?? (this.others[slot] = new GridCell());
    if (!used.column) this.element.append(used.element);
    return used;
  }

  /** The pinned cells, so many. */
  pin(count: number): GridCell[] {
    while (this.pinned.length > count) this.pinned.pop()!.element.remove();
    while (this.pinned.length < count) {
      const cell = new GridCell();
      this.pinned.push(cell);
      this.pins.append(cell.element);
    }
    return this.pinned;
  }
}
