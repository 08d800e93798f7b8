import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { ColumnId } from '../../src/panels/table-messages.js';
import { moveFocus, openPopup } from '../controls/popup.js';
import type { Goal } from '../shared/goal.js';
import { columnOf, isOfMetric } from './columns.js';
import type { TableModel } from './model.js';
import { t } from '../shared/l10n.js';

/** What can be done with a column. */
export class TyHeaderMenu extends PageElement {
  static override properties = { column: { state: true } };
  declare model: TableModel;
  declare column: ColumnId | undefined;
  #closed: () => void = () => undefined;

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
      aria-label=${t('Column')}
      @keydown=${(event: KeyboardEvent) => moveFocus(event, this.#popup, '.menu-item')}
      @toggle=${(event: ToggleEvent) => event.newState === 'closed' && this.#closed()}
    >
      ${this.column === undefined ? nothing : this.#items(this.column)}
    </div>`;
  }

  #items(id: ColumnId): TemplateResult {
    const { model } = this;
    const { view } = model;
    const { sort, pinned, tinted, group, curves } = model.layout;
    const column = columnOf(id);
    const key = sort.find((known) => known.id === id);
    const sorted = (descending: boolean) =>
      this.#item(
        descending ? t('Sort Descending') : t('Sort Ascending'),
        key?.descending === descending,
        () => model.arrange({ sort: [{ id, descending }] }),
      );
    const line = html`<hr class="menu-line" />`;
    return html`
      ${sorted(false)} ${sorted(true)}
      ${
        sort.length > 0 && !key
          ? this.#item(t('Then Sort by This'), undefined, () => model.sortBy(id, true), t('Shift+click'))
          : nothing
      }
      ${group === id || view.canGroupBy(id) ? html`${line}${this.#grouping(id)}` : nothing} ${line}
      ${this.#item(t('Pinned'), pinned.includes(id), () => model.toggle('pinned', id))}
      ${
        view.values.data(id)?.kind === 'number'
          ? this.#item(t('Colour by Value'), tinted.includes(id), () => model.toggle('tinted', id))
          : nothing
      }
      ${
        column.kind === 'metric'
          ? this.#item(t('Show as Curve'), curves.includes(id), () => model.toggle('curves', id))
          : nothing
      }
      ${isOfMetric(column) ? html`${line}${this.#goals(column.name)}` : nothing} ${line}
      ${this.#item(t('Hide Column'), undefined, () => model.setShown(column, false))}
    `;
  }

  #grouping(id: ColumnId): TemplateResult {
    const { model } = this;
    if (model.layout.group !== id)
      return this.#item(t('Group by This Column'), undefined, () => model.groupBy(id));
    return html`
      ${this.#item(t('Ungroup'), undefined, () => model.groupBy(null))}
      ${this.#item(t('Collapse All Groups'), undefined, () => model.setAllCollapsed(true))}
      ${this.#item(t('Expand All Groups'), undefined, () => model.setAllCollapsed(false))}
    `;
  }

  /** What the metric is to be; until a person says it, its name does. */
  #goals(metric: string): TemplateResult {
    const { model } = this;
    const goal = model.view.goalOf(metric);
    const choices: [string, Goal][] = [
      [t('Lower Is Better'), 'lower'],
      [t('Higher Is Better'), 'higher'],
      [t('Neither Is Better'), 'unknown'],
    ];
    return html`${choices.map(([label, value]) =>
      this.#item(label, goal === value, () => model.setGoal(metric, value), '', 'menuitemradio'),
    )}`;
  }

  #item(
    label: string,
    isChecked: boolean | undefined,
    run: () => void,
    keys = '',
    checkable = 'menuitemcheckbox',
  ): TemplateResult {
    return html`<button
      class="menu-item"
      role=${isChecked === undefined ? 'menuitem' : checkable}
      aria-checked=${isChecked ?? nothing}
      @click=${() => {
        this.#popup.hidePopover();
        run();
      }}
    >
      <span class="icon icon-check"></span>${label}${keys ? html`<span class="keys">${keys}</span>` : nothing}
    </button>`;
  }
}

customElements.define('ty-header-menu', TyHeaderMenu);
