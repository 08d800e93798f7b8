import { html, type PropertyValues, render, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { ShownTable, TableCell } from '../../src/panels/table.js';
import { follow } from '../shared/follow.js';
import { hasPictures, linesInSight, shownText, tailOf, tailsOf, widthsOf } from './grid-layout.js';
import type { RunModel } from './model.js';
import { t } from '../shared/l10n.js';

const LINE_HEIGHT = 22;
const PICTURE_LINE_HEIGHT = 72;
/** Of the box, as tables.css has it. */
const MOST_HEIGHT = 372;
/** Characters that fit into the narrowest column. */
const SHORT = 6;

/**
 * The rows of a table in a box of their own. Of a thousand rows those in sight are there, made by hand: a scroll by three
 * makes three, whatever the others are.
 */
export class TyGrid extends PageElement {
  static override properties = { table: { attribute: false }, label: {} };
  declare model: RunModel;
  declare table: ShownTable;
  declare label: string;
  #tails: number[] = [];
  #hasPictures = false;
  readonly #lines = new Map<number, HTMLTableRowElement>();

  constructor() {
    super();
    this.addController(
      follow(() => this.model.onChange((change) => change === 'pictures' && this.#drawPictures())),
    );
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('table')) return;
    this.#tails = tailsOf(this.table);
    this.#hasPictures = hasPictures(this.table);
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('table')) return;
    this.#setWidths();
    const box = this.querySelector('.grid')!;
    // Without its rows the box is less high for a moment, and would not stay where it was scrolled to.
    const top = box.scrollTop;
    for (const line of this.#lines.values()) line.remove();
    this.#lines.clear();
    this.#drawLines(top);
    box.scrollTop = top;
  }

  protected override render(): TemplateResult {
    const { columns, rowCount, columnCount } = this.table;
    return html`<div
      class="grid ${this.#hasPictures ? 'tall' : ''}"
      tabindex="0"
      role="region"
      aria-label=${this.label}
      @scroll=${(event: Event) => this.#drawLines((event.currentTarget as Element).scrollTop)}
    >
      <table aria-rowcount=${rowCount === null ? -1 : rowCount + 1} aria-colcount=${columnCount}>
        <colgroup>
          ${columns.map(() => html`<col />`)}
        </colgroup>
        <thead>
          <tr aria-rowindex="1">
            ${columns.map(
              ({ name, isNumber }) =>
                html`<th scope="col" class=${isNumber ? 'number' : ''} title=${name}>${name}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          <tr class="space" aria-hidden="true">
            <td colspan=${columns.length}></td>
          </tr>
          <tr class="space" aria-hidden="true">
            <td colspan=${columns.length}></td>
          </tr>
        </tbody>
      </table>
    </div>`;
  }

  /** @param top how far the box is scrolled; pixels */
  #drawLines(top: number): void {
    const height = this.#hasPictures ? PICTURE_LINE_HEIGHT : LINE_HEIGHT;
    const { rows } = this.table;
    // As high as the box may become: it has no rows to begin with.
    const { first, end } = linesInSight(top, MOST_HEIGHT, height, rows.length);
    for (const [at, line] of this.#lines) {
      if (at >= first && at < end) continue;
      line.remove();
      this.#lines.delete(at);
    }
    const [above, below] = this.querySelectorAll<HTMLElement>('.space');
    let next = below!;
    for (let at = end - 1; at >= first; at--) {
      let line = this.#lines.get(at);
      if (!line) {
        this.#lines.set(at, (line = this.#line(rows[at]!, at)));
        next.before(line);
      }
      next = line;
    }
    above!.querySelector('td')!.style.height = `${first * height}px`;
    below!.querySelector('td')!.style.height = `${(rows.length - end) * height}px`;
    this.#drawPictures();
  }

  #line(row: readonly TableCell[], at: number): HTMLTableRowElement {
    const line = document.createElement('tr');
    line.setAttribute('aria-rowindex', String(at + 2));
    line.append(...row.map((cell, column) => this.#cell(cell, column)));
    return line;
  }

  #cell(cell: TableCell, column: number): HTMLTableCellElement {
    const element = document.createElement('td');
    if (cell !== null && typeof cell !== 'string') {
      element.className = 'picture-cell';
      element.dataset['picture'] = cell.picture;
      return element;
    }
    const { isNumber } = this.table.columns[column]!;
    const text = shownText(cell, isNumber);
    element.textContent = text;
    if (isNumber) {
      element.className = 'number';
      element.dataset['tail'] = this.#tail(text, column);
    }
    element.classList.toggle('none', cell === null);
    // Short ones are in sight whole.
    if (cell !== null && (text !== cell || text.length > SHORT)) element.title = cell;
    return element;
  }

  /** What is missing behind a number for the points of a column to be below each other; drawn unseen. */
  #tail(text: string, column: number): string {
    const own = tailOf(text);
    const missing = Math.max(0, this.#tails[column]! - own);
    return (own === 0 ? '.' : '0').slice(0, missing) + '0'.repeat(Math.max(0, missing - 1));
  }

  #drawPictures(): void {
    if (!this.#hasPictures) return;
    for (const cell of this.querySelectorAll<HTMLElement>('[data-picture]')) {
      const path = cell.dataset['picture']!;
      this.model.wantPicture(path);
      render(this.#picture(path), cell);
    }
  }

  #picture(path: string): TemplateResult {
    const uri = this.model.pictures.get(path);
    return html`<button title=${t('Open {0}', path)} @click=${() => this.model.openFile(path)}>
      ${
        uri
          ? html`<img src=${uri} alt=${t('Picture')} />`
          : html`<span class="icon icon-${uri === null ? 'file' : 'loading'}"></span>`
      }
    </button>`;
  }

  /** Measured once for all rows: a column does not change its width while it is scrolled. */
  #setWidths(): void {
    const pen = document.createElement('canvas').getContext('2d')!;
    // Those of the head are bold; the others have room to spare then.
    const { fontWeight, fontSize, fontFamily } = getComputedStyle(this.querySelector('th')!);
    pen.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    const widths = widthsOf(this.table, this.#tails, (text) => pen.measureText(text).width);
    for (const [i, column] of this.querySelectorAll('col').entries()) column.style.width = `${widths[i]!}px`;
    this.querySelector('table')!.style.width = `${widths.reduce((sum, width) => sum + width, 0)}px`;
  }
}

customElements.define('ty-grid', TyGrid);
