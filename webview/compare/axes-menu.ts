import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { moveFocus, openPopup } from '../controls/popup.js';
import type { Variable } from './variables.js';

/** More than anybody reads; the search finds the rest. */
const MOST = 100;

/** Which variables have an axis: a button, and a list to search. */
export class TyAxesMenu extends LitElement {
  static override properties = {
    variables: {},
    shown: {},
    search: { state: true },
    isOpen: { state: true },
  };
  declare variables: readonly Variable[];
  declare shown: readonly string[];
  declare search: string;
  declare isOpen: boolean;
  declare onAxes: (ids: string[]) => void;

  constructor() {
    super();
    this.search = '';
    this.isOpen = false;
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
        class="link"
        aria-haspopup="dialog"
        aria-expanded=${this.isOpen}
        title="Choose which params and metrics have an axis"
        @click=${(event: MouseEvent) => openPopup(this.#popup, event.currentTarget as Element)}
      >
        Axes…
      </button>
      <div
        class="popup axes-menu"
        popover
        role="dialog"
        aria-label="Axes"
        @beforetoggle=${(event: ToggleEvent) => (this.isOpen = event.newState === 'open')}
        @toggle=${(event: ToggleEvent) => event.newState === 'open' && this.querySelector<HTMLElement>('.axes-search')?.focus()}
        @keydown=${(event: KeyboardEvent) => moveFocus(event, this.#popup, 'input')}
      >
        ${this.isOpen ? this.#content() : nothing}
      </div>
    `;
  }

  #content(): TemplateResult {
    const words = this.search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.variables.filter(({ label }) =>
      words.every((word) => label.toLowerCase().includes(word)),
    );
    const listed = found.slice(0, MOST);
    const group = (kind: Variable['kind'], title: string) => {
      const of = listed.filter((variable) => variable.kind === kind);
      return of.length === 0
        ? nothing
        : html`<fieldset>
            <legend>${title}</legend>
            ${of.map((variable) => this.#choice(variable))}
          </fieldset>`;
    };
    return html`
      <input
        class="axes-search"
        type="text"
        placeholder="Search params and metrics"
        aria-label="Search params and metrics"
        .value=${this.search}
        @input=${(event: InputEvent) => (this.search = (event.target as HTMLInputElement).value)}
      />
      ${group('param', 'Params')} ${group('metric', 'Metrics')}
      ${found.length > listed.length ? html`<p class="muted">${found.length - listed.length} more; search to find them.</p>` : nothing}
    `;
  }

  #choice({ id, label }: Variable): TemplateResult {
    const isShown = this.shown.includes(id);
    return html`<label title=${label}>
      <input
        type="checkbox"
        .checked=${isShown}
        ?disabled=${isShown && this.shown.length <= 2}
        @change=${() => this.onAxes(isShown ? this.shown.filter((other) => other !== id) : [...this.shown, id])}
      /><span>${label}</span>
    </label>`;
  }
}

customElements.define('ty-axes-menu', TyAxesMenu);
