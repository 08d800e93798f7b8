import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { ColumnId } from '../../src/extension/panels/table-messages.js';
import { moveFocus, openPopup } from '../controls/popup.js';
import { columnOf } from './columns.js';
import type { TableModel } from './model.js';

/** What can be done with a column. */
export class TyHeaderMenu extends LitElement {
  static override properties = { column: { state: true } };
  declare model: TableModel;
  declare column: ColumnId | undefined;
  #closed: () => void = () => undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  open(column: ColumnId, anchor: Element, closed: () => void): void {
    this.column = column;
    this.#closed = closed;
    void this.updateComplete.then(() => {
      openPopup(this.#popup, anchor);
      this.#popup.querySelector<HTMLElement>('.menu-item')?.focus();
    });
  }

  get #popup(): HTMLElement {
    return this.querySelector<HTMLElement>('.popup')!;
  }

  protected override render(): TemplateResult {
    return html`<div
      class="popup"
      popover
      role="menu"
      aria-label="Column"
      @keydown=${(event: KeyboardEvent) => moveFocus(event, this.#popup, '.menu-item')}
      @toggle=${(event: ToggleEvent) => event.newState === 'closed' && this.#closed()}
    >
      ${this.column === undefined ? nothing : this.#items(this.column)}
    </div>`;
  }

  #items(id: ColumnId): TemplateResult {
    const { model } = this;
    const { sort, pinned, tinted } = model.layout;
    const key = sort.find((known) => known.id === id);
    const isPinned = pinned.includes(id);
    const sorted = (descending: boolean) =>
      this.#item(descending ? 'Sort descending' : 'Sort ascending', key?.descending === descending, () =>
        model.arrange({ sort: [{ id, descending }] }),
      );
    return html`
      ${sorted(false)} ${sorted(true)}
      <hr class="menu-line" />
      ${this.#item('Pinned', isPinned, () => model.togglePinned(id))}
      ${
        model.store.columns.get(id)?.kind === 'number'
          ? this.#item('Colour by value', tinted === id, () =>
              model.arrange({ tinted: tinted === id ? null : id }),
            )
          : nothing
      }
      <hr class="menu-line" />
      ${this.#item('Hide', undefined, () => model.setShown(columnOf(id), false))}
    `;
  }

  #item(label: string, isChecked: boolean | undefined, run: () => void): TemplateResult {
    return html`<button
      class="menu-item"
      role=${isChecked === undefined ? 'menuitem' : 'menuitemcheckbox'}
      aria-checked=${isChecked ?? nothing}
      @click=${() => {
        this.#popup.hidePopover();
        run();
      }}
    >
      <span class="icon icon-check"></span>${label}
    </button>`;
  }
}

customElements.define('ty-header-menu', TyHeaderMenu);
