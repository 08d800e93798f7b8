import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { ShownTable } from '../../src/panels/table.js';
import { follow } from '../shared/follow.js';
import { formatCount } from '../shared/format.js';
import './grid.js';
import type { RunModel } from './model.js';
import { count, t } from '../shared/l10n.js';

/** So many are open to begin with; a run may have hundreds. */
const OPEN_AT_FIRST = 3;
/** Others are opened with what the editor has for them. */
const READABLE = /\.(json|csv|tsv)$/i;
const LINES = /\.(csv|tsv)$/i;

/** The tables of the run. One is read when it comes into sight. */
export class TyTables extends PageElement {
  static override properties = { paths: { attribute: false } };
  declare model: RunModel;
  declare paths: readonly string[];
  /** Those that a person opened or closed. */
  readonly #toggled = new Map<string, boolean>();
  readonly #seen = new Map<Element, string>();
  readonly #observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries)
        this.model.tables.look(this.#seen.get(target)!, isIntersecting);
    },
    { rootMargin: '200px' },
  );

  constructor() {
    super();
    this.addController(
      follow(() => this.model.onChange((change) => change === 'tables' && this.requestUpdate())),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    for (const path of this.#seen.values()) this.model.tables.look(path, false);
    this.#seen.clear();
  }

  protected override updated(): void {
    const now = new Map<Element, string>();
    for (const body of this.querySelectorAll<HTMLElement>('.table-body'))
      now.set(body, body.dataset['path']!);
    for (const [body, path] of this.#seen) {
      if (now.get(body) === path) continue;
      this.#observer.unobserve(body);
      this.#seen.delete(body);
      this.model.tables.look(path, false);
    }
    for (const [body, path] of now) {
      if (this.#seen.has(body)) continue;
      this.#seen.set(body, path);
      this.#observer.observe(body);
    }
  }

  protected override render(): TemplateResult {
    return html`<ul class="tables">
      ${this.paths.map(
        (path, i) => html`<li>${READABLE.test(path) ? this.#table(path, i) : this.#file(path)}</li>`,
      )}
    </ul>`;
  }

  #file(path: string): TemplateResult {
    return html`<button class="file" title=${t('Open {0}', path)} @click=${() => this.model.openFile(path)}>
      <span class="icon icon-table"></span>${path}
    </button>`;
  }

  #table(path: string, i: number): TemplateResult {
    const { model } = this;
    const isOpen = this.#toggled.get(path) ?? i < OPEN_AT_FIRST;
    const table = model.tables.table(path);
    return html`<div class="table-head">
        <button
          class="file"
          aria-expanded=${isOpen}
          title=${path}
          @click=${() => {
            this.#toggled.set(path, !isOpen);
            this.requestUpdate();
          }}
        >
          <span class="icon icon-chevron-${isOpen ? 'down' : 'right'}"></span
          ><span class="table-path">${path}</span>${
            typeof table === 'object' ? html`<span class="size">${sizeOf(table)}</span>` : nothing
          }
        </button>
        <button class="link" aria-label=${t('Open {0}', path)} @click=${() => model.openFile(path)}>
          ${t('Open')}
        </button>
        ${
          LINES.test(path)
            ? nothing
            : html`<button
                class="link"
                aria-label=${t('Open {0} as CSV', path)}
                @click=${() => model.openTable(path)}
              >
                ${t('Open as CSV')}
              </button>`
        }
      </div>
      ${isOpen ? html`<div class="table-body" data-path=${path}>${this.#body(path, table)}</div>` : nothing}`;
  }

  #body(path: string, table: ShownTable | string | undefined): TemplateResult {
    if (table === undefined) return html`<p class="hint" role="status">${t('Reading the table…')}</p>`;
    if (typeof table === 'string') return html`<p class="hint" role="status">${table}</p>`;
    if (table.columns.length === 0) return html`<p class="hint">${t('The table is empty.')}</p>`;
    const left = leftOut(table);
    return html`<ty-grid .model=${this.model} .table=${table} .label="${path}, ${sizeOf(table)}"></ty-grid>
      ${table.rows.length === 0 ? html`<p class="hint">${t('The table has no rows.')}</p>` : nothing}
      ${left === '' ? nothing : html`<p class="hint">${left}</p>`}`;
  }
}

function sizeOf({ rowCount, columnCount, rows }: ShownTable): string {
  const lines = rowCount === null ? t('more than {0}', saidRows(rows.length)) : saidRows(rowCount);
  return `${lines} × ${saidColumns(columnCount)}`;
}

/** What is not shown; empty when all is. */
function leftOut({ rows, rowCount, columns, columnCount }: ShownTable): string {
  const lines =
    rowCount === null
      ? t('The first {0}: the file is too large to be read completely.', saidRows(rows.length))
      : rows.length < rowCount
        ? t('The first {0} of {1}.', formatCount(rows.length), saidRows(rowCount))
        : '';
  const beyond =
    columns.length < columnCount
      ? t('The first {0} of {1}.', formatCount(columns.length), saidColumns(columnCount))
      : '';
  return [lines, beyond].filter(Boolean).join(' ');
}

function saidRows(number: number): string {
  return count(number, '{0} row', '{0} rows', formatCount(number));
}

function saidColumns(number: number): string {
  return count(number, '{0} column', '{0} columns', formatCount(number));
}

customElements.define('ty-tables', TyTables);
