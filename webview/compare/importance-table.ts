import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import { associationOf } from './association.js';
import { type Importance, importanceOf, LEAST_RUNS } from './importance.js';
import type { RelationsView } from './relations-view.js';
import type { Variable } from './variables.js';
import { t } from '../shared/l10n.js';

/** Params listed; the rest unfolds. */
const MOST = 12;
/** Below this the forest knows too little to be believed. */
const TELLING_R2 = 0.1;

/** How much each param matters to the metric: what a random forest says, and plain correlation beside it. */
export class TyImportance extends PageElement {
  static override properties = { view: {}, importance: { state: true }, showAll: { state: true } };
  declare view: RelationsView;
  declare importance: Importance | 'few' | undefined;
  declare showAll: boolean;
  /** Called with the param that a person wants to see. */
  declare onPick: (id: string) => void;
  #work = new AbortController();
  #known: readonly Variable[] | undefined;
  #target: Variable | undefined;

  constructor() {
    super();
    this.showAll = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#work.abort();
    this.#known = undefined;
  }

  get #params(): Variable[] {
    return this.view.variables.filter(({ kind }) => kind === 'param');
  }

  protected override willUpdate(): void {
    const { variables, target } = this.view;
    if (this.#known === variables && this.#target === target.variable) return;
    this.#known = variables;
    this.#target = target.variable;
    this.#work.abort();
    this.#work = new AbortController();
    const { signal } = this.#work;
    this.importance = undefined;
    void importanceOf(this.#params, target.variable, signal).then((importance) => {
      if (!signal.aborted) this.importance = importance ?? 'few';
    });
  }

  protected override render(): TemplateResult {
    const { view, importance } = this;
    const known = typeof importance === 'object' ? importance : undefined;
    const rows = this.#params.map((param, i) => ({
      param,
      share: known?.shares[i],
      association: associationOf(param, view.target.variable),
    }));
    const strength = ({ share, association }: (typeof rows)[number]) =>
      share ?? (Math.abs(association.value) || 0);
    rows.sort((a, b) => strength(b) - strength(a));
    const shown = this.showAll ? rows : rows.slice(0, MOST);
    if (rows.length === 0) return html`<p class="muted">${t('All runs have the same params.')}</p>`;
    return html`
      <table class="importance">
        <thead>
          <tr>
            <th scope="col">${t('Param')}</th>
            <th
              scope="col"
              title=${t('Permutation importance in a random forest: how much worse the forest orders unseen runs when the values of this param are shuffled. It includes effects of params that act together.')}
            >
              ${t('Importance')}
            </th>
            <th
              scope="col"
              title=${t('Spearman’s rank correlation for numbers, correlation ratio (no sign) for words; each param on its own')}
            >
              ${t('Correlation')}
            </th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            ({ param, share, association: { kind, value } }) =>
              html`<tr>
                <th scope="row">
                  <button
                    class="link"
                    title=${t('Show {0} in the scatter plot', param.label)}
                    @click=${() => this.onPick(param.id)}
                  >
                    ${param.label}
                  </button>
                </th>
                <td>
                  ${share === undefined ? nothing : html`${bar(share, 0)}<span>${Math.round(share * 100)}%</span>`}
                </td>
                <td>
                  ${
                    Number.isNaN(value)
                      ? html`<span class="muted" aria-label=${t('none')}>–</span>`
                      : html`${bar(Math.abs(value), Math.sign(value))}<span
                            >${signed(value, kind === 'rank')}</span
                          >`
                  }
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
      ${
        rows.length > MOST
          ? html`<button class="link" @click=${() => (this.showAll = !this.showAll)}>
              ${this.showAll ? t('Show fewer') : t('Show all {0}', rows.length)}
            </button>`
          : nothing
      }
      <p class="muted" role="status">${said(importance)}</p>
    `;
  }
}

function said(importance: Importance | 'few' | undefined): string {
  if (importance === undefined) return t('Computing the importance…');
  if (importance === 'few') return t('Importance needs {0} runs or more with this metric.', LEAST_RUNS);
  const percent = Math.round(Math.max(0, importance.r2) * 100);
  return importance.r2 < TELLING_R2
    ? t('The params hardly predict the order of the runs. Do not rely on the importance.')
    : t('The params predict {0}% of the order of runs that the forest had not seen.', percent);
}

/** e.g. `+0.81`, `−0.05`, `0.00` */
function signed(value: number, hasSign: boolean): string {
  const text = Math.abs(value).toFixed(2);
  return !hasSign || Number(text) === 0 ? text : (value < 0 ? '−' : '+') + text;
}

function bar(share: number, sign: number): TemplateResult {
  return html`<meter
    class=${sign < 0 ? 'negative' : ''}
    min="0"
    max="1"
    .value=${share}
    aria-hidden="true"
  ></meter>`;
}

customElements.define('ty-importance', TyImportance);
