import { html, nothing, type TemplateResult } from 'lit';
import type { ShownRun } from '../../src/panels/run-messages.js';
import type { RunModel } from './model.js';
import { t } from '../shared/l10n.js';

/** What the run was, in lines. */
export function summary(model: RunModel, run: ShownRun): TemplateResult {
  return html`
    <dl class="facts">
      ${run.facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${t(name)}</dt>
            <dd class=${CODE.has(name) ? 'mono' : ''} title=${value}>
              ${CODE.has(name) ? inWords(value) : value}
            </dd>
          </div>`,
      )}
    </dl>
    ${
      run.hasCode
        ? html`<p class="code-links">
            <button class="link" @click=${() => model.act('codeChanges')}>${t('Show code changes')}</button>
            <button class="link" @click=${() => model.act('restoreCode')}>${t('Restore code…')}</button>
          </p>`
        : nothing
    }
  `;
}

/** In lines that end between words only: a browser would end one after the first dash of `--lr`, too. */
function inWords(text: string): TemplateResult[] {
  return text.split(' ').map((word, i) => html`${i > 0 ? ' ' : ''}<span class="word">${word}</span>`);
}

/** Facts that are read letter by letter. */
const CODE = new Set(['Command', 'Script', 'Working folder', 'Job file', 'Commit']);
