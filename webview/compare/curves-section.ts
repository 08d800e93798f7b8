import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ComparedRun } from '../../src/panels/compare-messages.js';
import { sectionTitle, wideRow } from './cells.js';
import './curve-card.js';
import type { CompareModel } from './model.js';
import { metricRows } from './rows.js';
import { t } from '../shared/l10n.js';

/** Small charts of the metrics whose curves differ, in the order of the metrics. */
export function curvesSection(model: CompareModel): TemplateResult {
  const { shown, curves } = model;
  if (curves.length === 0) return html``;
  const differing = new Set(curves);
  const names = metricRows(shown).flatMap(({ name }) => (differing.has(name) ? [name] : []));
  const content = html`<div class="curves">
    ${repeat(
      names,
      (name) => name,
      (name) =>
        html`<ty-curve .model=${model} .metric=${name} .version=${versionOf(shown, name)}></ty-curve>`,
    )}
  </div>`;
  return html`<tbody>
    ${sectionTitle(t('Curves'), shown.length)} ${wideRow(shown.length, content)}
  </tbody>`;
}

/** Changes with the runs and with each point that they log. */
function versionOf(runs: readonly ComparedRun[], metric: string): string {
  return runs.map(({ id, metrics, counts }) => `${id} ${counts[metrics.indexOf(metric)] ?? 0}`).join();
}
