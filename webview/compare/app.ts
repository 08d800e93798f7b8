import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import { segmented } from '../controls/segmented.js';
import { follow } from '../shared/follow.js';
import { t } from '../shared/l10n.js';
import { emptyPage, failurePage, type Remedies, workspaceNotices } from '../shared/messages.js';
import { headline } from './headline.js';
import type { CompareModel, View } from './model.js';
import './relations.js';
import './sheet.js';

const WHICH = [
  { value: 'differing', label: t('Differing'), title: t('Only what differs between the runs') },
  { value: 'all', label: t('All'), title: t('Also what is the same in all of them') },
] as const;
const VIEWS: readonly { value: View; label: string; title: string }[] = [
  { value: 'sheet', label: t('Side by side'), title: t('A column for each run') },
  { value: 'relations', label: t('Relations'), title: t('How params and metrics relate across all runs') },
];

/** The page: what changed in a sentence, then all of it side by side, or how it hangs together. */
export class TyCompare extends PageElement {
  declare model: CompareModel;

  constructor() {
    super();
    this.addController(
      follow(() =>
        this.model.onChange((what) => {
          if (what === 'highlight') this.#light();
          else this.requestUpdate();
        }),
      ),
    );
    this.addController(follow(() => this.model.connect()));
  }

  protected override updated(): void {
    this.#light();
  }

  /** Whatever stands for the run that is pointed at is marked, wherever it is: without drawing the page again. */
  #light(): void {
    const { highlighted } = this.model;
    this.classList.toggle('has-lit', highlighted !== undefined);
    for (const element of this.querySelectorAll<HTMLElement | SVGElement>('[data-run]'))
      element.classList.toggle('lit', element.dataset['run'] === highlighted);
  }

  protected override render(): TemplateResult {
    const { model } = this;
    if (model.error) return failurePage(model.error, this.#remedies);
    if (!model.runs) return emptyPage('loading', t('Loading runs…'));
    const notices = workspaceNotices(model.workspaces, this.#remedies);
    if (model.runs.length < 2)
      return html`${notices}${emptyPage(
        'git-compare',
        t('Nothing to compare'),
        t('Select two or more runs in the Runs view or the runs table, and choose Compare Runs.'),
      )}`;
    const { view } = model;
    return html`
      ${notices}
      <header>
        ${headline(model)}
        <div class="tools">${this.#tools(view)}</div>
      </header>
      ${
        view === 'sheet'
          ? html`<ty-sheet .model=${model}></ty-sheet>`
          : html`<ty-relations .model=${model}></ty-relations>`
      }
    `;
  }

  get #remedies(): Remedies {
    const { model } = this;
    return { retry: () => model.retry(), showOutput: () => model.post({ type: 'showOutput' }) };
  }

  #tools(view: View): TemplateResult {
    const { model } = this;
    return html`
      ${
        model.wider
          ? html`<button class="link" @click=${() => model.widen()}>
              ${t('Back to {0} runs', model.wider.length)}
            </button>`
          : nothing
      }
      ${
        model.hasRelations
          ? segmented({
              name: 'view',
              label: t('View'),
              options: VIEWS,
              value: view,
              onChange: (value) => model.set({ view: value }),
            })
          : nothing
      }
      ${
        view === 'sheet'
          ? segmented({
              name: 'which',
              label: t('Show'),
              options: WHICH,
              value: model.showAll ? 'all' : 'differing',
              onChange: (value) => model.set({ showAll: value === 'all' }),
            })
          : nothing
      }
      <vscode-button
        appearance="secondary"
        @click=${() => model.post({ type: 'charts', runIds: model.runs!.map(({ id }) => id) })}
        >${t('Show Charts')}</vscode-button
      >
    `;
  }
}

customElements.define('ty-compare', TyCompare);
