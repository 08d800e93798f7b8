import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ShownTable, TableCell } from '../../src/extension/tables/table.js';
import { follow } from '../shared/follow.js';
import {
  hasPictures,
  type Lines,
  linesInSight,
  shownText,
  tailOf,
  tailsOf,
  widthsOf,
} from './grid-layout.js';
import type { RunModel } from './model.js';

const LINE_HEIGHT = 22;
const PICTURE_LINE_HEIGHT = 72;
/** Lines before the box was measured. */
const FIRST_LINES = 16;

/** The rows of a table in a box of their own; of a thousand rows those in sight are drawn. */
export class TyGrid extends LitElement {
  static override properties = { table: { attribute: false }, label: {} };
  declare model: RunModel;
  declare table: ShownTable;
  declare label: string;
  #tails: number[] = [];
  #hasPictures = false;
  #lines: Lines = { first: 0, end: FIRST_LINES };

  constructor() {
    super();
    this.addController(
      follow(() =>
        this.model.onChange((change) => change === 'pictures' && this.#hasPictures && this.requestUpdate()),
      ),
    );
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('table')) return;
    this.#tails = tailsOf(this.table);
    this.#hasPictures = hasPictures(this.table);
    this.#look();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('table')) this.#setWidths();
    const { first, end } = this.#lines;
    const [above, below] = this.querySelectorAll<HTMLElement>('.space td');
    above!.style.height = `${first * this.#lineHeight}px`;
    below!.style.height = `${(this.table.rows.length - end) * this.#lineHeight}px`;
    for (const picture of this.querySelectorAll<HTMLElement>('[data-picture]'))
      this.model.wantPicture(picture.dataset['picture']!);
  }

  get #lineHeight(): number {
    return this.#hasPictures ? PICTURE_LINE_HEIGHT : LINE_HEIGHT;
  }

  protected override render(): TemplateResult {
    const { columns, rows, rowCount, columnCount } = this.table;
    const { first, end } = this.#lines;
    const space = html`<tr class="space" aria-hidden="true">
      <td colspan=${columns.length}></td>
    </tr>`;
    return html`<div
      class="grid ${this.#hasPictures ? 'tall' : ''}"
      tabindex="0"
      role="region"
      aria-label=${this.label}
      @scroll=${() => this.#look() && this.requestUpdate()}
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
          ${space}
          ${rows.slice(first, end).map(
            (row, i) =>
              html`<tr aria-rowindex=${first + i + 2}>
                ${row.map((cell, column) => this.#cell(cell, column))}
              </tr>`,
          )}
          ${space}
        </tbody>
      </table>
    </div>`;
  }

  #cell(cell: TableCell, column: number): TemplateResult {
    const { isNumber } = this.table.columns[column]!;
    if (cell !== null && typeof cell !== 'string') return this.#picture(cell.picture);
    const text = shownText(cell, isNumber);
    if (!isNumber)
      return html`<td class=${cell === null ? 'none' : ''} title=${text.length > 6 ? text : nothing}>
        ${text}
      </td>`;
    // A space behind the text would put it out of line.
    return html`<td
      class="number ${cell === null ? 'none' : ''}"
      data-tail=${this.#tail(text, column)}
      title=${cell !== null && text !== cell ? cell : nothing}
      .textContent=${text}
    ></td>`;
  }

  /** What is missing behind a number for the points of a column to be below each other; drawn unseen. */
  #tail(text: string, column: number): string {
    const own = tailOf(text);
    const missing = Math.max(0, this.#tails[column]! - own);
    return (own === 0 ? '.' : '0').slice(0, missing) + '0'.repeat(Math.max(0, missing - 1));
  }

  #picture(path: string): TemplateResult {
    const uri = this.model.pictures.get(path);
    return html`<td class="picture-cell">
      <button title="Open ${path}" data-picture=${path} @click=${() => this.model.openFile(path)}>
        ${
          uri
            ? html`<img src=${uri} alt="Picture" />`
            : html`<span class="icon icon-${uri === null ? 'file' : 'loading'}"></span>`
        }
      </button>
    </td>`;
  }

  /** @returns whether other lines are in sight now */
  #look(): boolean {
    const box = this.querySelector('.grid');
    const { rows } = this.table;
    const lines = linesInSight(
      box?.scrollTop ?? 0,
      box?.clientHeight ?? FIRST_LINES * LINE_HEIGHT,
      this.#lineHeight,
      rows.length,
    );
    const isOther = lines.first !== this.#lines.first || lines.end !== this.#lines.end;
    this.#lines = lines;
    return isOther;
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
