import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import { follow } from '../shared/follow.js';
import { complete, type Completion } from './complete.js';
import type { TableModel } from './model.js';
import { t } from '../shared/l10n.js';

/** The filter, with what could be typed next. */
export class TyFilter extends PageElement {
  static override properties = { options: { state: true }, at: { state: true } };
  declare model: TableModel;
  /** What is offered below the box; undefined: nothing, it is closed. */
  declare options: Completion | undefined;
  /** The one that Enter takes; −1: none, Enter filters. */
  declare at: number;

  constructor() {
    super();
    this.at = -1;
    this.addController(follow(() => this.model.onChange(() => this.requestUpdate())));
  }

  get #input(): HTMLInputElement {
    return this.querySelector('input')!;
  }

  protected override render(): TemplateResult {
    const { model, options, at } = this;
    const { problem } = model;
    const text = problem?.filter ?? model.shown.filter;
    const isOpen = options !== undefined && options.options.length > 0;
    return html`
      <div class="filter ${problem ? 'invalid' : ''}">
        <span class="icon icon-filter"></span>
        <input
          type="text"
          role="combobox"
          spellcheck="false"
          autocomplete="off"
          placeholder=${t('Filter, e.g. metrics.val_accuracy > 0.9 and (params.lr < 0.01 or state = failed)')}
          aria-label=${t('Filter')}
          aria-expanded=${isOpen}
          aria-controls="filter-options"
          aria-autocomplete="list"
          aria-activedescendant=${isOpen && at >= 0 ? `filter-option-${at}` : nothing}
          aria-invalid=${problem !== undefined}
          aria-describedby=${problem ? 'filter-problem' : nothing}
          .value=${this.options ? this.#input.value : text}
          @input=${() => this.#suggest()}
          @focus=${() => this.#input.value === '' && this.#offerLast()}
          @blur=${() => this.#close()}
          @keydown=${(event: KeyboardEvent) => this.#keydown(event)}
        />
        ${
          text
            ? html`<button
                class="icon-button"
                title=${t('Clear the filter')}
                aria-label=${t('Clear the filter')}
                @click=${() => this.#apply('')}
              >
                <span class="icon icon-close"></span>
              </button>`
            : nothing
        }
        <ul id="filter-options" role="listbox" aria-label=${t('Suggestions')} ?hidden=${!isOpen}>
          ${options?.options.map(
            (option, i) =>
              html`<li
                id="filter-option-${i}"
                role="option"
                aria-selected=${i === at}
                @pointerdown=${(event: PointerEvent) => {
                  event.preventDefault();
                  this.#take(option);
                }}
              >
                ${option}
              </li>`,
          )}
        </ul>
      </div>
      ${problem ? html`<p id="filter-problem" class="filter-problem" role="alert">${problem.message}</p>` : nothing}
    `;
  }

  #suggest(): void {
    const { value, selectionStart } = this.#input;
    if (value === '') this.#offerLast();
    else {
      this.options = complete(value.slice(0, selectionStart ?? value.length), this.model.names);
      this.at = -1;
    }
  }

  /** In an empty box: the filters of before, then names. */
  #offerLast(): void {
    const names = complete('', this.model.names);
    this.options = { from: 0, to: 0, options: [...this.model.filters, ...names.options] };
    this.at = -1;
  }

  #close(): void {
    this.options = undefined;
    this.at = -1;
  }

  #take(option: string): void {
    const input = this.#input;
    const { from, to } = this.options!;
    const isWhole = this.model.filters.includes(option) && input.value === '';
    input.setRangeText(isWhole ? option : `${option} `, from, to, 'end');
    input.focus();
    if (isWhole) this.#apply(option);
    else this.#suggest();
  }

  #apply(filter: string): void {
    this.#input.value = filter;
    this.#close();
    this.model.show({ filter: filter.trim() });
  }

  #keydown(event: KeyboardEvent): void {
    const options = this.options?.options ?? [];
    const count = options.length;
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        event.preventDefault();
        if (count === 0) this.#suggest();
        else {
          const by = event.key === 'ArrowDown' ? 1 : -1;
          this.at = ((this.at + 1 + by + count + 1) % (count + 1)) - 1;
        }
        break;
      case 'Tab':
        if (count === 0 || (this.at < 0 && this.#input.value === '')) return;
        event.preventDefault();
        this.#take(options[Math.max(0, this.at)]!);
        break;
      case 'Enter':
        event.preventDefault();
        if (this.at >= 0) this.#take(options[this.at]!);
        else this.#apply(this.#input.value);
        break;
      case 'Escape':
        if (count > 0) this.#close();
        else this.#apply('');
        break;
    }
  }
}

customElements.define('ty-filter', TyFilter);
