import { html, nothing, type TemplateResult } from 'lit';
import { formatValue } from '../shared/format.js';
import { none, section } from './cells.js';
import { type Delta, deltaOf, formatDelta, formatRelative } from './delta.js';
import type { CompareModel } from './model.js';
import { type MetricRow, metricRows } from './rows.js';
import { t } from '../shared/l10n.js';

const VERDICTS: Record<Delta['verdict'], string> = {
  better: t('better'),
  worse: t('worse'),
  same: t('same'),
  unknown: '',
};

/** Last values, and how they stand against the first run's. */
export function metricsSection({ shown, showAll, goals }: CompareModel): TemplateResult {
  return section({
    title: t('Metrics'),
    rows: metricRows(shown, goals),
    columns: shown.length,
    showAll,
    draw: metricRow,
  });
}

function metricRow({ name, goal, values, best }: MetricRow): TemplateResult {
  const hint = { lower: t('Lower is better'), higher: t('Higher is better'), unknown: '' }[goal];
  return html`<tr>
    <th scope="row" title=${hint}>
      ${name}
      ${
        goal === 'unknown'
          ? nothing
          : html`<span
              class="icon icon-arrow-${goal === 'lower' ? 'down' : 'up'} muted"
              role="img"
              aria-label=${hint}
            ></span>`
      }
    </th>
    ${values.map((value, i) => {
      const delta = i === 0 ? undefined : deltaOf(values[0], value, goal);
      return html`<td class="number">
        <div class="figures">
          ${value === undefined ? none() : html`<span class=${i === best ? 'best' : ''}>${formatValue(value)}</span>`}
          ${
            delta
              ? html`<span
                    class="delta ${delta.verdict}"
                    title=${`${formatDelta(delta)} ${formatRelative(delta)}`}
                    >${formatDelta(delta)}</span
                  ><span class="relative ${delta.verdict}">${formatRelative(delta)}</span
                  ><span class="visually-hidden">${VERDICTS[delta.verdict]}</span>`
              : nothing
          }
        </div>
      </td>`;
    })}
  </tr>`;
}
