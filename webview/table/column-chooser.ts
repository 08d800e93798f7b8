import { html, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import '../controls/checklist.js';
import type { Choice, TyChecklist } from '../controls/checklist.js';
import { follow } from '../shared/follow.js';
import { type ColumnKind, isShown } from './columns.js';
import type { TableModel } from './model.js';
import { t } from '../shared/l10n.js';

const SECTIONS: readonly (readonly [ColumnKind, string])[] = [
  ['attribute', t('Run')],
  ['metric', t('Metrics')],
  ['param', t('Params')],
  ['tag', t('Tags')],
  ['best', t('Best values')],
  ['min', t('Lowest values')],
  ['max', t('Highest values')],
];

/** Which columns are shown. */
export class TyColumns extends PageElement {
  declare model: TableModel;

  constructor() {
    super();
    this.addController(
      follow(() => this.model.onChange(() => this.#list?.isOpen && this.#list.requestUpdate())),
    );
  }

  get #list(): TyChecklist | null {
    return this.querySelector<TyChecklist>('ty-checklist');
  }

  protected override render(): TemplateResult {
    return html`<ty-checklist
      label=${t('Columns')}
      hint=${t('Choose columns')}
      buttonClass="tool"
      alignment="end"
      searchLabel=${t('Search columns')}
      .face=${html`<span class="icon icon-list-selection"></span><span class="tool-label">${t('Columns')}</span>`}
      .sections=${SECTIONS}
      .choices=${() => this.#choices()}
    ></ty-checklist>`;
  }

  #choices(): Choice[] {
    const { model } = this;
    return model.view.known.map((column) => ({
      kind: column.kind,
      label: column.label,
      title: column.title,
      isChosen: isShown(column, model.layout),
      onChange: (isChosen) => model.setShown(column, isChosen),
    }));
  }
}

customElements.define('ty-columns', TyColumns);
