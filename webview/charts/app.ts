import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { PageElement } from '../shared/page-element.js';
import type { ChartRun } from '../../src/panels/messages.js';
import { lacksRuns } from '../../src/panels/shown-workspace.js';
import { follow } from '../shared/follow.js';
import { count, t } from '../shared/l10n.js';
import { emptyPage, errorNotice, failurePage, type Remedies, workspaceNotices } from '../shared/messages.js';
import { ACTIVE } from '../shared/run-state.js';
import { onThemeChange, readTheme, type Theme } from '../shared/theme.js';
import { TyChart } from './chart.js';
import { metricsOf } from './chart-id.js';
import { applySize } from './chart-size.js';
import { Gradual } from './gradual.js';
import type { ImageCache } from './image-cache.js';
import './images.js';
import type { ImagesModel } from './images-model.js';
import type { Section } from './layout.js';
import './legend.js';
import type { Loader } from './loader.js';
import type { ChartsModel } from './model.js';
import './printed.js';
import type { PrintedModel } from './printed-model.js';
import { printingRun } from './printing-run.js';
import { Reorder } from './reorder.js';
import { acceptRuns } from './run-drop.js';
import './toolbar.js';

/** Charts within this distance of the visible part are drawn, so that scrolling finds them ready: about one row. */
const AHEAD = '260px 0px';

/** Failures that are told side by side. */
const MOST_FAILURES = 5;

/** The page: runs, tools, and a section of charts for each prefix. */
export class TyCharts extends PageElement {
  static override properties = { theme: { state: true } };
  declare theme: Theme;
  declare model: ChartsModel;
  declare loader: Loader;
  declare images: ImagesModel;
  declare cache: ImageCache;
  declare printed: PrintedModel;
  readonly #inView = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries)
        if (target instanceof TyChart) target.isInView = isIntersecting;
    },
    { rootMargin: AHEAD },
  );
  readonly #gradual = new Gradual(this);
  #watched: ReadonlySet<Element> = new Set();
  #showsImages = false;

  constructor() {
    super();
    new Reorder(this);
    acceptRuns(this);
    this.addController(
      follow(() =>
        this.model.onChange(({ what }) => {
          if (what === 'structure') this.requestUpdate();
        }),
      ),
    );
    this.addController(
      follow(() =>
        this.images.onChange(() => {
          if (this.#hasImages !== this.#showsImages) this.requestUpdate();
        }),
      ),
    );
    this.addController(
      follow(() =>
        onThemeChange(() => {
          this.theme = readTheme();
        }),
      ),
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.theme = readTheme();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#inView.disconnect();
  }

  protected override updated(): void {
    applySize(this, this.model.arrangement.size);
    const charts = new Set(this.querySelectorAll('ty-chart'));
    for (const chart of this.#watched) if (!charts.has(chart)) this.#inView.unobserve(chart);
    for (const chart of charts) if (!this.#watched.has(chart)) this.#inView.observe(chart);
    this.#watched = charts;
    const { added } = this.model;
    if (added === undefined) return;
    this.model.added = undefined;
    for (const chart of charts)
      if (chart instanceof TyChart && chart.chart === added) void this.#bringIntoView(chart);
  }

  async #bringIntoView(chart: TyChart): Promise<void> {
    await chart.updateComplete;
    chart.scrollIntoView({ block: 'center' });
    chart.querySelector<HTMLElement>('.plot')?.focus({ preventScroll: true });
  }

  protected override render(): TemplateResult {
    const { model } = this;
    if (!model.isLoaded)
      return model.error
        ? failurePage(model.error, this.#remedies)
        : emptyPage('loading', t('Loading runs…'));
    return html`
      ${
        model.runs.all.length > 0
          ? html`<div class="top">
              <ty-legend .model=${model}></ty-legend>
              <ty-toolbar .model=${model}></ty-toolbar>
            </div>`
          : nothing
      }
      ${model.error ? errorNotice(model.error, this.#remedies) : nothing}
      ${workspaceNotices(model.runs.workspaces, this.#remedies)} ${this.#missing()}
      <main>${this.#content()}</main>
    `;
  }

  #content(): TemplateResult | typeof nothing {
    const { model } = this;
    if (model.runs.all.length === 0) return this.#noRuns();
    this.#showsImages = this.#hasImages;
    const printing = this.#showsImages ? undefined : printingRun(model.runs.all);
    if (model.runs.metrics.size === 0 && !this.#showsImages)
      return html`<div class=${printing ? 'printing' : ''}>
        ${this.#nothingLogged()}${this.#printed(printing)}
      </div>`;
    const { expanded } = model;
    const sections = model.sections.shown;
    const shown = expanded === null ? [] : metricsOf(expanded);
    if (expanded !== null && shown.some((key) => model.runs.metrics.has(key)))
      return html`<div class="full">${this.#chart(expanded)}</div>`;
    if (sections.length === 0 && !this.#showsImages)
      return emptyPage('search', t('No metric matches the search'));
    return html`${printing ? html`<div class="printing">${this.#printed(printing)}</div>` : nothing}${repeat(
      sections,
      (section) => section.prefix,
      (section) => this.#section(section),
    )}${
      this.#showsImages
        ? html`<ty-images .model=${model} .images=${this.images} .cache=${this.cache}></ty-images>`
        : nothing
    }`;
  }

  /** Those that are not read yet, or cannot be, are told of above. */
  #noRuns(): TemplateResult | typeof nothing {
    if (this.model.runs.workspaces.some(lacksRuns)) return nothing;
    return emptyPage(
      'graph-line',
      t('No runs are shown'),
      t('Select runs in the Runs view and choose Show Charts.'),
    );
  }

  #nothingLogged(): TemplateResult {
    if (this.model.runs.all.some((run) => ACTIVE.has(run.state)))
      return emptyPage(
        'loading',
        t('Waiting for the first point…'),
        t('A metric shows up here as soon as the script logs it.'),
      );
    return (
      this.#failures() ??
      emptyPage(
        'graph-line',
        t('No metrics were logged'),
        t('Log with mlflow.log_metric(…), or call mlflow.autolog() in the script.'),
      )
    );
  }

  #printed(run: ChartRun | undefined): TemplateResult | typeof nothing {
    if (!run) return nothing;
    const name = this.model.runs.all.length > 1 ? run.name : undefined;
    return html`<ty-printed .printed=${this.printed} .runId=${run.id} .name=${name}></ty-printed>`;
  }

  /** Why the runs failed that logged nothing; undefined when none has. */
  #failures(): TemplateResult | undefined {
    const failed = this.model.legend.shownRuns.flatMap((run) =>
      run.failure ? [{ ...run.failure, id: run.id, name: run.name, isJob: run.isJob }] : [],
    );
    if (failed.length === 0) return undefined;
    return html`<div class="empty bad failures" role="status">
      <span class="icon icon-error"></span>
      ${failed.slice(0, MOST_FAILURES).map(
        ({ id, name, isJob, headline, hint, at }) =>
          html`<div class="failure">
            <p>
              ${failed.length > 1 ? html`<span class="muted">${name}:</span> ` : nothing}<strong
                >${headline}</strong
              >
            </p>
            ${hint ? html`<p class="hint">${hint}</p>` : nothing}
            <p>
              ${
                at
                  ? html`<button
                      class="link mono"
                      title=${t('Open this line')}
                      @click=${() => this.model.ask({ type: 'openFailure', runId: id })}
                    >
                      ${at.file}:${at.line}
                    </button>`
                  : nothing
              }
              ${
                isJob
                  ? html`<button class="link" @click=${() => this.model.ask({ type: 'showLog', runId: id })}>
                      ${t('Show Log')}
                    </button>`
                  : nothing
              }
            </p>
          </div>`,
      )}
      ${
        failed.length > MOST_FAILURES
          ? html`<p class="hint">${t('{0} more runs failed.', failed.length - MOST_FAILURES)}</p>`
          : nothing
      }
    </div>`;
  }

  /** Of the shown runs, and such as the search leaves. */
  get #hasImages(): boolean {
    const { model } = this;
    const keys = this.images.keys(model.legend.shownRuns.map(({ id }) => id));
    return keys.some((key) => model.sections.search.matches(key));
  }

  #section(section: Section): TemplateResult {
    const isOpen = this.model.sections.isOpen(section);
    return html`
      <section>
        <h2>
          <button aria-expanded=${isOpen} @click=${() => this.model.arrangement.toggleSection(section)}>
            <span class="icon icon-chevron-${isOpen ? 'down' : 'right'}"></span>
            <span>${section.title}</span>
            <span class="count">${section.keys.length}</span>
          </button>
        </h2>
        ${
          isOpen
            ? html`<div class="grid" data-section=${section.prefix}>
                ${repeat(
                  this.#gradual.take(section.keys),
                  (key) => key,
                  (key) => this.#chart(key),
                )}
              </div>`
            : nothing
        }
      </section>
    `;
  }

  #chart(chart: string): TemplateResult {
    return html`<ty-chart
      .model=${this.model}
      .loader=${this.loader}
      .theme=${this.theme}
      .chart=${chart}
    ></ty-chart>`;
  }

  get #remedies(): Remedies {
    const { model } = this;
    return { retry: () => model.retry(), showOutput: () => model.ask({ type: 'showOutput' }) };
  }

  #missing(): TemplateResult | typeof nothing {
    const number = this.model.runs.missing.length;
    if (number === 0) return nothing;
    return html`
      <div class="notice">
        <span class="icon icon-info"></span>
        <p>
          ${count(
            number,
            'One run is no longer in its workspace.',
            '{0} runs are no longer in their workspaces.',
          )}
        </p>
        <vscode-button appearance="secondary" @click=${() => this.model.dismissMissing()}
          >${t('Dismiss')}</vscode-button
        >
      </div>
    `;
  }
}

customElements.define('ty-charts', TyCharts);
