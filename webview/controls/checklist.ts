import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import './checklist.css';
import { moveFocus, openPopup } from './popup.js';
import { t } from '../shared/l10n.js';

export interface Choice {
  /** Of one of the sections; searching for it finds all of them. */
  kind: string;
  label: string;
  title: string;
  isChosen: boolean;
  /** It cannot be changed now. */
  isFixed?: boolean;
  onChange: (isChosen: boolean) => void;
}

/** More than anybody reads; the search finds the rest. */
const MOST = 200;

/** A button, and below it choices to search and to tick. */
export class TyChecklist extends PageElement {
  static override properties = {
    label: {},
    hint: {},
    face: {},
    buttonClass: {},
    alignment: {},
    searchLabel: {},
    sections: {},
    choices: {},
    search: { state: true },
    isOpen: { state: true },
  };
  /** Of the popup. */
  declare label: string;
  /** What the button does. */
  declare hint: string;
  declare face: TemplateResult | string;
  declare buttonClass: string;
  declare alignment: 'start' | 'end';
  declare searchLabel: string;
  declare sections: readonly (readonly [kind: string, title: string])[];
  /** Asked while it is open. */
  declare choices: () => readonly Choice[];
  declare search: string;
  declare isOpen: boolean;

  constructor() {
    super();
    this.alignment = 'start';
    this.search = '';
    this.isOpen = false;
  }

  get #popup(): HTMLElement {
    return this.querySelector<HTMLElement>('.popup')!;
  }

  protected override render(): TemplateResult {
    return html`
      <button
        class=${this.buttonClass}
        aria-haspopup="dialog"
        aria-expanded=${this.isOpen}
        title=${this.hint}
        @click=${(event: MouseEvent) => openPopup(this.#popup, event.currentTarget as Element, this.alignment)}
      >
        ${this.face}
      </button>
      <div
        class="popup checklist"
        popover
        role="dialog"
        aria-label=${this.label}
        @beforetoggle=${(event: ToggleEvent) => (this.isOpen = event.newState === 'open')}
        @toggle=${(event: ToggleEvent) => event.newState === 'open' && this.querySelector<HTMLElement>('.checklist-search')?.focus()}
        @keydown=${(event: KeyboardEvent) => moveFocus(event, this.#popup, 'input')}
      >
        ${this.isOpen ? this.#content() : nothing}
      </div>
    `;
  }

  #content(): TemplateResult {
    const words = this.search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.choices().filter(({ label, kind }) =>
      words.every((word) => label.toLowerCase().includes(word) || kind === word),
    );
    const listed = found.slice(0, MOST);
    const left = found.length - listed.length;
    return html`
      <input
        class="checklist-search"
        type="text"
        placeholder=${this.searchLabel}
        aria-label=${this.searchLabel}
        .value=${this.search}
        @input=${(event: InputEvent) => (this.search = (event.target as HTMLInputElement).value)}
      />
      ${this.sections.map(([kind, title]) =>
        this.#section(
          title,
          listed.filter((choice) => choice.kind === kind),
        ),
      )}
      ${found.length === 0 ? html`<p class="checklist-note">${t('Nothing matches.')}</p>` : nothing}
      ${left > 0 ? html`<p class="checklist-note">${t('{0} more; search to find them.', left)}</p>` : nothing}
    `;
  }

  #section(title: string, choices: readonly Choice[]): TemplateResult | typeof nothing {
    if (choices.length === 0) return nothing;
    return html`<fieldset>
      <legend>${title}</legend>
      ${choices.map(
        (choice) =>
          html`<label title=${choice.title}
            ><input
              type="checkbox"
              .checked=${choice.isChosen}
              ?disabled=${choice.isFixed ?? false}
              @change=${(event: Event) => choice.onChange((event.target as HTMLInputElement).checked)}
            /><span>${choice.label}</span></label
          >`,
      )}
    </fieldset>`;
  }
}

customElements.define('ty-checklist', TyChecklist);
