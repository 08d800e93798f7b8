import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { ComparedRun } from '../../src/panels/compare-messages.js';
import { follow } from '../shared/follow.js';
import { RUN_STATES } from '../shared/run-state.js';
import { dot, section, textRow } from './cells.js';
import { codeSection } from './code-section.js';
import { curvesSection } from './curves-section.js';
import { dataOf, factRows, packagesOf } from './facts.js';
import { filesSection } from './files-section.js';
import { metricsSection } from './metrics-section.js';
import type { CompareModel } from './model.js';
import { picturesSection } from './pictures-section.js';
import { type TextRow, textRows } from './rows.js';
import { t } from '../shared/l10n.js';

/** A column for each run, a row for each thing: the first few runs side by side. */
export class TySheet extends PageElement {
  declare model: CompareModel;

  constructor() {
    super();
    this.addController(follow(() => this.model.onChange((what) => what === 'all' && this.requestUpdate())));
  }

  protected override updated(): void {
    this.style.setProperty('--columns', String(this.model.shown.length));
  }

  protected override render(): TemplateResult {
    const { model } = this;
    const { shown: runs, showAll } = model;
    const left = model.runs!.length - runs.length;
    const texts = (title: string, rows: readonly TextRow[], isPlain = false) =>
      section({ title, rows, columns: runs.length, showAll, draw: textRow, isPlain });
    return html`
      ${
        left > 0
          ? html`<p class="aside">
              ${t('The first {0} of {1} runs. To see others side by side, select them under Relations.', runs.length, model.runs!.length)}
            </p>`
          : nothing
      }
      <div class="sheet" tabindex="0" role="region" aria-label=${t('Comparison')}>
        <table>
          <thead>
            <tr>
              <th scope="col"><span class="visually-hidden">${t('What')}</span></th>
              ${runs.map((run, i) => this.#heading(run, i))}
            </tr>
          </thead>
          ${metricsSection(model)} ${curvesSection(model)}
          ${texts(
            t('Params'),
            textRows(runs, ({ params }) => params),
          )}
          ${codeSection(model)}
          ${texts(
            t('Data'),
            textRows(runs, ({ id }) => dataOf(model.details.get(id))),
          )}
          ${texts(
            t('Packages'),
            textRows(runs, ({ id }) => packagesOf(model.details.get(id))),
          )}
          ${picturesSection(model)} ${filesSection(model)} ${texts(t('Run'), factRows(runs), true)}
          ${texts(
            t('Tags'),
            textRows(runs, ({ tags }) => tags),
          )}
        </table>
      </div>
    `;
  }

  #heading(run: ComparedRun, i: number): TemplateResult {
    const { model } = this;
    const state = RUN_STATES[run.state];
    const ids = model.runs!.flatMap(({ id }) => (id === run.id ? [] : [id]));
    return html`<th
      scope="col"
      data-run=${run.id}
      @mouseenter=${() => model.highlight(run.id)}
      @mouseleave=${() => model.highlight(undefined)}
      @focusin=${() => model.highlight(run.id)}
      @focusout=${() => model.highlight(undefined)}
    >
      <div class="run">
        ${dot(run)}<button
          class="link run-name"
          title=${t('Show {0}', run.name)}
          @click=${() => model.post({ type: 'run', runId: run.id })}
        >
          ${run.name}
        </button>
        <span class="icon icon-${state.icon} tone-${state.tone}" role="img" aria-label=${state.label}></span>
      </div>
      ${run.workspace === undefined ? nothing : html`<div class="muted" title=${t('Workspace')}>${run.workspace}</div>`}
      <div class="run-tools">
        ${
          i === 0
            ? html`<span class="baseline">${t('Baseline')}</span>`
            : html`<button
                class="link"
                title=${t('Compare the others with {0}', run.name)}
                @click=${() => model.show([run.id, ...ids])}
              >
                ${t('Make baseline')}
              </button>`
        }
        ${
          ids.length > 1
            ? html`<button
                class="link remove"
                aria-label=${t('Remove {0}', run.name)}
                title=${t('Remove from the comparison')}
                @click=${() => model.show(ids)}
              >
                <span class="icon icon-close"></span>
              </button>`
            : nothing
        }
      </div>
    </th>`;
  }
}

customElements.define('ty-sheet', TySheet);
