import { html, nothing, type TemplateResult } from 'lit';
import { dot } from './cells.js';
import { labelOf } from './axis.js';
import type { CompareModel } from './model.js';
import type { RelationsView } from './relations-view.js';
import { t } from '../shared/l10n.js';

/** More are not read; the brushes narrow them down. */
const MOST = 50;

/** The runs within the brushes with their values, the best first: what the drawings show, to read. */
export function runList(
  model: CompareModel,
  { runs, order, isIn, goal, target, axes }: RelationsView,
): TemplateResult {
  const best = [...order].reverse().filter((i) => isIn[i] === 1);
  const columns = [target, ...axes.filter(({ variable }) => variable !== target.variable)];
  const shown = best.slice(0, MOST);
  return html`
    <table class="run-list">
      <caption>
        ${goal === 'unknown' ? t('Runs, greatest first') : t('Runs, best first')}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t('Run')}</th>
          ${columns.map(({ variable }) => html`<th scope="col" title=${variable.label}>${variable.label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${shown.map((i) => {
          const run = runs[i]!;
          return html`<tr
            data-run=${run.id}
            @mouseenter=${() => model.highlight(run.id)}
            @mouseleave=${() => model.highlight(undefined)}
            @focusin=${() => model.highlight(run.id)}
            @focusout=${() => model.highlight(undefined)}
          >
            <th scope="row">
              ${dot(run)}<button
                class="link"
                title=${t('Show the charts of {0}', run.name)}
                @click=${() => model.post({ type: 'charts', runIds: [run.id] })}
              >
                ${run.name}
              </button>
            </th>
            ${columns.map((axis) => html`<td>${labelOf(axis, axis.variable.values[i]!)}</td>`)}
          </tr>`;
        })}
      </tbody>
    </table>
    ${best.length > shown.length ? html`<p class="muted">${t('{0} more', best.length - shown.length)}</p>` : nothing}
  `;
}
