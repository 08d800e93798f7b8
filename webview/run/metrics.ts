import { html, nothing, svg, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { ShownRun } from '../../src/panels/run-messages.js';
import { follow } from '../shared/follow.js';
import { formatValue } from '../shared/format.js';
import { type Goal, goalOf } from '../shared/goal.js';
import { sparkline } from '../shared/sparkline.js';
import { isStepless, saySteplessLines } from '../shared/stepless.js';
import { colourOf } from './header.js';
import { Growing } from './growing.js';
import type { RunModel } from './model.js';
import { searchBox } from './pairs.js';
import { t } from '../shared/l10n.js';

const MOST_AT_A_GLANCE = 10;
const CURVE = { width: 96, height: 16 };

/** The metrics of the run with their curves; a curve is fetched when its row comes into sight. */
export class TyMetrics extends PageElement {
  static override properties = { run: { attribute: false }, filter: { state: true } };
  declare model: RunModel;
  declare run: ShownRun;
  declare filter: string;
  readonly #growing = new Growing(this);
  readonly #observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries)
      this.model.look((target as HTMLElement).dataset['metric']!, isIntersecting);
  });
  readonly #observed = new Set<Element>();

  constructor() {
    super();
    this.filter = '';
    this.addController(
      follow(() => this.model.onChange((change) => change === 'curves' && this.requestUpdate())),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
    for (const row of this.#observed) this.model.look((row as HTMLElement).dataset['metric']!, false);
    this.#observed.clear();
  }

  protected override updated(): void {
    const rows = new Set<Element>(this.querySelectorAll('tr[data-metric]'));
    for (const row of this.#observed) {
      if (rows.has(row)) continue;
      this.#observer.unobserve(row);
      this.#observed.delete(row);
    }
    for (const row of rows) {
      if (this.#observed.has(row)) continue;
      this.#observer.observe(row);
      this.#observed.add(row);
    }
  }

  protected override render(): TemplateResult {
    const { metrics } = this.run;
    const wanted = this.filter.trim().toLowerCase();
    const found = [...metrics.keys()].filter((i) => metrics[i]!.toLowerCase().includes(wanted));
    return html`
      ${
        metrics.length > MOST_AT_A_GLANCE
          ? searchBox(t('Search metrics'), this.filter, (text) => {
              this.filter = text;
              this.#growing.reset();
            })
          : nothing
      }
      <table class="metrics run-${colourOf(this.run)}">
        <thead>
          <tr>
            <th scope="col">${t('Metric')}</th>
            <th scope="col" class="curve"><span class="visually-hidden">${t('Curve')}</span></th>
            <th scope="col" class="number">${t('Last')}</th>
            <th scope="col" class="number">${t('Min')}</th>
            <th scope="col" class="number">${t('Max')}</th>
            <th scope="col" class="number">${t('Step')}</th>
          </tr>
        </thead>
        <tbody>
          ${found.slice(0, this.#growing.count).map((i) => this.#row(i))}
        </tbody>
      </table>
      ${found.length > this.#growing.count ? html`<div class="more"></div>` : nothing}
      ${found.length === 0 ? html`<p class="hint">${t('No metric matches “{0}”.', this.filter.trim())}</p>` : nothing}
    `;
  }

  #row(i: number): TemplateResult {
    const { metrics, values, mins, maxs, steps, counts } = this.run;
    const name = metrics[i]!;
    const curve = this.model.curves.get(name);
    // With one point all are the same.
    const isCurve = counts[i]! > 1;
    const goal = mins[i] === maxs[i] ? 'unknown' : goalOf(name, this.model.goals);
    const extreme = (value: number, bestOf: Goal) => {
      const isBest = isCurve && goal === bestOf;
      return html`<td class="number ${isBest ? 'best' : ''}" title=${isBest ? t('Best') : nothing}>
        ${isCurve && !Number.isNaN(value) ? formatValue(value) : ''}
      </td>`;
    };
    return html`<tr data-metric=${name}>
      <th scope="row">
        <button
          class="metric-name"
          title=${t('Show the chart of {0}', name)}
          @click=${() => this.model.openChart(name)}
        >
          ${name}
        </button>
      </th>
      <td class="curve">
        ${
          curve
            ? svg`<svg width=${CURVE.width} height=${CURVE.height + 4} viewBox="0 -2 ${CURVE.width} ${CURVE.height + 4}" aria-hidden="true">${isStepless(curve.steps) ? svg`<title>${saySteplessLines(1, 1)}</title>` : nothing}<path d=${sparkline(curve, CURVE.width, CURVE.height)} /></svg>`
            : nothing
        }
      </td>
      <td class="number last">${formatValue(values[i]!)}</td>
      ${extreme(mins[i]!, 'lower')} ${extreme(maxs[i]!, 'higher')}
      <td class="number">${counts[i]! > 1 || steps[i]! > 0 ? formatValue(steps[i]!) : ''}</td>
    </tr>`;
  }
}

customElements.define('ty-metrics', TyMetrics);
