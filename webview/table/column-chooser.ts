import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { moveFocus, openPopup } from '../controls/popup.js';
import { follow } from '../shared/follow.js';
import { type Column, type ColumnKind, isShown } from './columns.js';
import type { TableModel } from './model.js';

/** More than anybody reads; the search finds the rest. */
const MOST = 200;
const SECTIONS: readonly [ColumnKind, string][] = [
  ['attribute', 'Run'],
  ['metric', 'Metrics'],
  ['param', 'Params'],
  ['tag', 'Tags'],
  ['best', 'Best values'],
  ['min', 'Lowest values'],
  ['max', 'Highest values'],
];

/** Which columns are shown: a button, and a list to search. */
export class TyColumns extends LitElement {
  static override properties = { search: { state: true }, isOpen: { state: true } };
  declare model: TableModel;
  declare search: string;
  declare isOpen: boolean;

  constructor() {
    super();
    this.search = '';
    this.isOpen = false;
    this.addController(follow(() => this.model.onChange(() => this.isOpen && this.requestUpdate())));
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  get #popup(): HTMLElement {
    return this.querySelector<HTMLElement>('.popup')!;
  }

  protected override render(): TemplateResult {
    return html`
      <button
        class="tool"
        aria-haspopup="dialog"
        aria-expanded=${this.isOpen}
        title="Choose columns"
        @click=${(event: MouseEvent) => openPopup(this.#popup, event.currentTarget as Element, 'end')}
      >
        <span class="icon icon-list-selection"></span><span class="tool-label">Columns</span>
      </button>
      <div
        class="popup columns"
        popover
        role="dialog"
        aria-label="Columns"
        @beforetoggle=${(event: ToggleEvent) => (this.isOpen = event.newState === 'open')}
        @toggle=${(event: ToggleEvent) => event.newState === 'open' && this.querySelector<HTMLElement>('.columns-search')?.focus()}
        @keydown=${(event: KeyboardEvent) => moveFocus(event, this.#popup, 'input')}
      >
        ${this.isOpen ? this.#content() : nothing}
      </div>
    `;
  }

  #content(): TemplateResult {
    const words = this.search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.model.view.known.filter(({ label, kind }) =>
      words.every((word) => label.toLowerCase().includes(word) || kind === word),
    );
    const listed = found.slice(0, MOST);
    return html`
      <input
        class="columns-search"
        type="text"
        placeholder="Search columns"
        aria-label="Search columns"
        .value=${this.search}
        @input=${(event: InputEvent) => (this.search = (event.target as HTMLInputElement).value)}
      />
      ${SECTIONS.map(([kind, title]) =>
        this.#section(
          title,
          listed.filter((column) => column.kind === kind),
        ),
      )}
      ${found.length === 0 ? html`<p class="columns-more">No column matches.</p>` : nothing}
      ${
        found.length > listed.length
          ? html`<p class="columns-more">${found.length - listed.length} more; search to find them.</p>`
          : nothing
      }
    `;
  }

  #section(title: string, columns: readonly Column[]): TemplateResult | typeof nothing {
    if (columns.length === 0) return nothing;
    const { model } = this;
    return html`<fieldset>
      <legend>${title}</legend>
      ${columns.map(
        (column) =>
          html`<label class="columns-choice" title=${column.title}
            ><input
              type="checkbox"
              .checked=${isShown(column, model.layout)}
              @change=${(event: Event) => model.setShown(column, (event.target as HTMLInputElement).checked)}
            /><span>${column.label}</span></label
          >`,
      )}
    </fieldset>`;
  }
}

customElements.define('ty-columns', TyColumns);
