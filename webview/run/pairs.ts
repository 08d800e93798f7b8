import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import { Growing } from './growing.js';
import { iconButton } from './section.js';
import { t } from '../shared/l10n.js';

/** From so many on there is a box to search in. */
const MOST_AT_A_GLANCE = 10;

/** Names and values, e.g. parameters: searched, and copied one by one. */
export class TyPairs extends PageElement {
  static override properties = { pairs: { attribute: false }, filter: { state: true } };
  declare pairs: readonly (readonly [name: string, value: string])[];
  declare label: string;
  declare copy: (text: string) => void;
  /** What a click on a value does, by its name. */
  declare links: Readonly<Record<string, () => void>>;
  declare filter: string;
  readonly #growing = new Growing(this);

  constructor() {
    super();
    this.filter = '';
    this.links = {};
  }

  protected override render(): TemplateResult {
    const wanted = this.filter.trim().toLowerCase();
    const found = wanted
      ? this.pairs.filter(([name, value]) => `${name} ${value}`.toLowerCase().includes(wanted))
      : this.pairs;
    return html`
      ${
        this.pairs.length > MOST_AT_A_GLANCE
          ? searchBox(t('Search {0}', this.label), this.filter, (text) => {
              this.filter = text;
              this.#growing.reset();
            })
          : nothing
      }
      <table class="pairs">
        <tbody>
          ${found.slice(0, this.#growing.count).map(
            ([name, value]) =>
              html`<tr>
                <th scope="row" title=${name}>${inParts(name)}</th>
                <td>
                  ${this.#value(name, value)}${iconButton('copy', t('Copy {0}', name), () => this.copy(value))}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${found.length > this.#growing.count ? html`<div class="more"></div>` : nothing}
      ${found.length === 0 ? html`<p class="hint">${t('Nothing matches “{0}”.', this.filter.trim())}</p>` : nothing}
    `;
  }

  #value(name: string, value: string): TemplateResult {
    const open = this.links[name];
    return open
      ? html`<button class="link value" @click=${open}>${value}</button>`
      : html`<span class="value">${value}</span>`;
  }
}

/** A long name goes on in the next line where one of its parts ends. */
function inParts(name: string): TemplateResult[] {
  return name.split(/(?<=[._/])/).map((part, i) => html`${i > 0 ? html`<wbr />` : nothing}${part}`);
}

export function searchBox(label: string, value: string, onInput: (text: string) => void): TemplateResult {
  return html`<input
    class="search"
    type="search"
    placeholder=${label}
    aria-label=${label}
    .value=${value}
    @input=${(event: InputEvent) => onInput((event.target as HTMLInputElement).value)}
  />`;
}

customElements.define('ty-pairs', TyPairs);
