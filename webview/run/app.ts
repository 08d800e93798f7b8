import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { ShownRun } from '../../src/panels/run-messages.js';
import { follow } from '../shared/follow.js';
import { t } from '../shared/l10n.js';
import { emptyPage, failurePage, type Remedies } from '../shared/messages.js';
import { ACTIVE } from '../shared/run-state.js';
import './files.js';
import './gallery.js';
import { failure } from './failure.js';
import { header } from './header.js';
import { inputsAndOutputs } from './inputs.js';
import './log.js';
import './metrics.js';
import type { RunModel } from './model.js';
import './note.js';
import type { TyNote } from './note.js';
import './pairs.js';
import './tables.js';
import { iconButton, section } from './section.js';
import { summary } from './summary.js';

/** Durations of what runs go on by seconds, ages by minutes. */
const ACTIVE_TICK_MS = 1_000;
const TICK_MS = 30_000;
/** From this width on there are two columns: what was measured, and what it was made from. */
const WIDE = '(min-width: 860px)';

/** The page of one run. */
export class TyRun extends PageElement {
  declare model: RunModel;
  readonly #wide = matchMedia(WIDE);
  #clock: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.addController(
      follow(() =>
        this.model.onChange((change) => {
          if (change === 'run' || change === 'view' || change === 'files' || change === 'note')
            this.requestUpdate();
        }),
      ),
    );
  }

  readonly #onWidth = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.#wide.addEventListener('change', this.#onWidth);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#wide.removeEventListener('change', this.#onWidth);
    clearTimeout(this.#clock);
  }

  protected override updated(): void {
    clearTimeout(this.#clock);
    const { run } = this.model;
    if (!run) return;
    const wait = ACTIVE.has(run.state) ? ACTIVE_TICK_MS : TICK_MS;
    this.#clock = setTimeout(() => this.requestUpdate(), wait);
  }

  protected override render(): TemplateResult {
    const { run, error } = this.model;
    if (error) return failurePage(error, this.#remedies);
    if (!run) return emptyPage('loading', t('Loading the run…'));
    const is = this.#sections(run);
    return html`
      ${header(this.model, run, Date.now())} ${failure(this.model, run)}
      ${
        this.#wide.matches
          ? html`<main class="wide">
              <div>${is.note}${is.metrics}${is.gallery}${is.tables}${is.log}${is.files}</div>
              <div>${is.summary}${is.params}${is.data}${is.environment}${is.packages}${is.tags}</div>
            </main>`
          : html`<main>
              ${is.note}${is.summary}${is.metrics}${is.params}${is.data}${is.gallery}${is.tables}${is.log}${is.files}
              ${is.environment}${is.packages}${is.tags}
            </main>`
      }
    `;
  }

  #sections(run: ShownRun) {
    const { model } = this;
    const { found } = model;
    const tables = [...new Set([...run.tables, ...(found?.tables ?? [])])];
    const pairs = (
      id: string,
      title: string,
      all: ShownRun['params'],
      tools?: TemplateResult,
      links: Record<string, () => void> = {},
    ) =>
      all.length === 0
        ? nothing
        : section(model, {
            id,
            title,
            count: all.length,
            tools: html`<span class="section-tools"
              >${tools ?? nothing}${iconButton('copy', t('Copy all {0}', title.toLowerCase()), () =>
                model.copy(all.map(([name, value]) => `${name}\t${value}`).join('\n')),
              )}</span
            >`,
            body: () =>
              html`<ty-pairs
                .pairs=${all}
                .links=${links}
                .label=${title.toLowerCase()}
                .copy=${(text: string) => model.copy(text)}
              ></ty-pairs>`,
          });
    return {
      note:
        !run.canEdit && run.note === ''
          ? nothing
          : section(model, {
              id: 'note',
              title: t('Note'),
              tools:
                run.note === '' || model.draft || !run.canEdit
                  ? nothing
                  : html`<span class="section-tools"
                      >${iconButton('edit', t('Edit the note'), () => this.querySelector<TyNote>('ty-note')?.edit())}</span
                    >`,
              body: () => html`<ty-note .model=${model} .note=${run.note} .canEdit=${run.canEdit}></ty-note>`,
            }),
      summary: section(model, { id: 'summary', title: t('Summary'), body: () => summary(model, run) }),
      metrics: section(model, {
        id: 'metrics',
        title: t('Metrics'),
        count: run.metrics.length,
        body: () =>
          run.metrics.length === 0
            ? html`<p class="hint">
                ${
                  ACTIVE.has(run.state)
                    ? t('No metrics yet.')
                    : run.failure
                      ? t('The run logged no metrics before it failed.')
                      : t(
                          'The run logged no metrics. Log with MLflow or TensorBoard, or print lines that a pattern of the job matches.',
                        )
                }
              </p>`
            : html`<ty-metrics .model=${model} .run=${run}></ty-metrics>`,
      }),
      params: pairs('params', t('Parameters'), run.params),
      data:
        run.inputs.length + run.models.length + (found?.models.length ?? 0) === 0
          ? nothing
          : section(model, {
              id: 'data',
              title: t('Inputs and Outputs'),
              body: () => inputsAndOutputs(model, run, found?.models ?? []),
            }),
      gallery:
        found && found.pictures.length > 0
          ? section(model, {
              id: 'gallery',
              title: t('Images'),
              count: found.pictures.length,
              body: () => html`<ty-gallery .model=${model} .pictures=${found.pictures}></ty-gallery>`,
            })
          : nothing,
      tables:
        tables.length > 0
          ? section(model, {
              id: 'tables',
              title: t('Tables'),
              count: tables.length,
              body: () => html`<ty-tables .model=${model} .paths=${tables}></ty-tables>`,
            })
          : nothing,
      log: run.isJob
        ? section(model, {
            id: 'log',
            title: t('Log'),
            tools: html`<span class="section-tools"
              >${iconButton('output', t('Open the whole log'), () => model.act('log'))}</span
            >`,
            body: () => html`<ty-log .model=${model}></ty-log>`,
          })
        : nothing,
      files: section(model, {
        id: 'files',
        title: t('Files'),
        body: () => html`<ty-files .model=${model}></ty-files>`,
      }),
      environment: pairs(
        'environment',
        t('Environment'),
        run.environment.map(([name, value]): [string, string] => [t(name), value]),
        undefined,
        run.definedEnvironment && {
          [t('Environment')]: () => {
            const { name, version } = run.definedEnvironment!;
            model.openAsset('environment', name, version);
          },
        },
      ),
      packages: pairs('packages', t('Packages'), run.packages),
      tags: pairs(
        'tags',
        t('Tags'),
        run.tags,
        run.canEdit ? iconButton('tag', t('Edit a tag'), () => model.act('tag')) : undefined,
      ),
    };
  }

  get #remedies(): Remedies {
    const { model } = this;
    return { retry: () => model.retry(), showOutput: () => model.showOutput() };
  }
}

customElements.define('ty-run', TyRun);
