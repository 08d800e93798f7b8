import { html, nothing, type TemplateResult } from 'lit';
import type { ShownRun } from '../../src/panels/run-messages.js';
import type { RunModel } from './model.js';
import { t } from '../shared/l10n.js';

/** Why the run failed, where, and what can be done about it: first of all that is told of it. */
export function failure(
  model: RunModel,
  { failure: cause, isJob }: ShownRun,
): TemplateResult | typeof nothing {
  if (!cause) return nothing;
  const { headline, hint, at, kind } = cause;
  return html`<section class="failure" aria-label=${t('Failure')}>
    <span class="icon icon-error"></span>
    <div>
      <p class="headline">${headline}</p>
      ${hint ? html`<p class="hint">${hint}</p>` : nothing}
      <p class="actions">
        ${
          at
            ? html`<button class="link mono" title=${t('Open this line')} @click=${() => model.openLine(at)}>
                ${at.file}:${at.line}
              </button>`
            : nothing
        }
        ${isJob ? html`<button class="link" @click=${() => model.act('log')}>${t('Show log')}</button>` : nothing}
        ${
          isJob && kind === 'missing-module'
            ? html`<button class="link" @click=${() => model.chooseInterpreter()}>
                ${t('Choose another interpreter…')}
              </button>`
            : nothing
        }
      </p>
    </div>
  </section>`;
}
