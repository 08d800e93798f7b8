import { html, nothing, type TemplateResult } from 'lit';
import type { ComparedRun } from '../../src/panels/compare-messages.js';
import { formatCount } from '../shared/format.js';
import { dot } from './cells.js';
import type { CompareModel } from './model.js';
import { type Part, sentenceOf, summaryOf } from './sentence.js';
import { t } from '../shared/l10n.js';

/** The most sentences shown; the rest can be expanded. */
const SENTENCES = 3;

/** A summary of what changed: each run against the first, or across many runs. */
export function headline(model: CompareModel): TemplateResult {
  const runs = model.runs!;
  const [first, ...others] = model.shown;
  if (runs.length > model.detailed)
    return html`<p class="sentences">
      <span class="whose">${t('{0} runs', formatCount(runs.length))}</span
      >${summaryOf(runs, model.goals).map(partOf)}
    </p>`;
  const one = (other: ComparedRun) => sentence(model, first!, other, others.length > 1);
  return html`<div class="sentences">
    <ul aria-label=${t('What changed')}>
      ${others.slice(0, SENTENCES).map(one)}
    </ul>
    ${
      others.length > SENTENCES
        ? html`<details>
            <summary>${t('{0} more', others.length - SENTENCES)}</summary>
            <ul aria-label=${t('What changed in the others')}>
              ${others.slice(SENTENCES).map(one)}
            </ul>
          </details>`
        : nothing
    }
  </div>`;
}

function sentence(
  model: CompareModel,
  first: ComparedRun,
  other: ComparedRun,
  isNamed: boolean,
): TemplateResult {
  const parts = sentenceOf(first, other, model.code.get(other.id)?.files ?? undefined, model.goals);
  return html`<li data-run=${other.id}>
    ${isNamed ? html`<span class="whose">${dot(other)}${other.name}</span>` : nothing}
    <span>${parts.map(partOf)}</span>
  </li>`;
}

function partOf({ text, isName, verdict }: Part): TemplateResult | string {
  if (isName) return html`<code>${text}</code>`;
  return verdict ? html`<span class="delta ${verdict}">${text}</span>` : text;
}
