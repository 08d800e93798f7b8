import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import { follow } from '../shared/follow.js';
import { ACTIVE } from '../shared/run-state.js';
import type { Theme } from '../shared/theme.js';
import { axisMetric } from './axes.js';
import type { Change, ExportVerb } from './change.js';
import { ChartCursor } from './chart-cursor.js';
import { exportChart } from './chart-export.js';
import { beyondNote, headerTools } from './chart-header.js';
import { metricsOf, titleOf } from './chart-id.js';
import { resizeHandle } from './chart-size.js';
import { type ChartView, viewOf } from './chart-view.js';
import { xExtent } from './curve.js';
import { chartKey } from './keys.js';
import { headingOf } from './layout.js';
import { type ChartLine, linesOf, type RunCurve } from './lines.js';
import type { Loader } from './loader.js';
import type { ChartsModel } from './model.js';
import { Plot } from './plot.js';
import { growingRange, panRange, type Range, xRange, zoomRange } from './range.js';
import { Redraw } from './redraw.js';
import { summaryOf } from './summary.js';
import { Tracer } from './tracer.js';
import { t } from '../shared/l10n.js';

/** One chart. It is drawn, and asks for points, only while it is near the visible part of the page. */
export class TyChart extends PageElement {
  static override properties = {
    chart: { type: String },
    theme: { attribute: false },
    isInView: { state: true },
  };
  /** Its id. */
  declare chart: string;
  declare theme: Theme;
  declare model: ChartsModel;
  declare loader: Loader;
  declare isInView: boolean;

  /** While it is drawn. */
  #plot: Plot | undefined;
  #view: ChartView | undefined;
  #cursor: ChartCursor | undefined;
  /** The curves of the shown runs, and the lines that are drawn of them. */
  #curves: readonly RunCurve[] = [];
  #lines: readonly ChartLine[] = [];
  /** How many of them are not placed by their steps. */
  #stepless = 0;
  readonly #tracer = new Tracer();
  readonly #redraw = new Redraw(() => this.#draw());
  /** Before, it is a name and room for the rest: of five hundred charts a person sees ten. */
  #wasInView = false;

  constructor() {
    super();
    this.isInView = false;
    this.addController(follow(() => this.model.onChange((change) => this.#changed(change))));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Moved to another place of the page.
    if (this.isInView) {
      this.loader.setVisible(this.chart, true);
      this.#redraw.now();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave(this.chart);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('chart');
    if (before !== undefined && before !== this.chart) this.#leave(before);
    if (changed.has('isInView') || changed.has('chart')) {
      if (this.isInView) this.loader.setVisible(this.chart, true);
      else this.#leave(this.chart);
    }
    if (this.isInView && (changed.has('isInView') || changed.has('chart') || changed.has('theme')))
      this.#redraw.now();
  }

  protected override render(): TemplateResult {
    this.#wasInView ||= this.isInView;
    this.classList.toggle('bare', !this.#wasInView);
    const hasLimits = this.model.arrangement.limits(this.chart) !== undefined;
    this.dataset['vscodeContext'] = contextOf(this.chart, hasLimits);
    return html`
      <header>
        <h3 title=${titleOf(this.chart)}>${headingOf(this.chart)}</h3>
        ${this.#wasInView ? headerTools(this.chart, this.model, this.#lines) : nothing}
      </header>
      <div
        class="plot"
        tabindex="0"
        role="application"
        aria-roledescription="line chart"
        aria-label=${titleOf(this.chart)}
        @keydown=${this.#keydown}
        @blur=${this.#blurred}
      >
        ${this.#wasInView ? this.#inside() : nothing}
      </div>
      ${this.#wasInView ? this.#below() : nothing}
    `;
  }

  #inside(): TemplateResult {
    return html`${this.#curves.length === 0 ? this.#placeholder() : nothing}
      ${this.#view?.isBeyond ? beyondNote(this.chart, this.model) : nothing}
      <div class="tooltip" hidden></div>`;
  }

  #below(): TemplateResult {
    return html`${this.model.expanded === null ? resizeHandle(this.model.arrangement) : nothing}
      <div class="visually-hidden" aria-live="polite"></div>`;
  }

  #placeholder(): TemplateResult | typeof nothing {
    if (!this.isInView) return nothing;
    const runs = this.model.runsOf(this.chart);
    if (runs.length === 0) return html`<p class="placeholder">${t('All runs of this metric are hidden')}</p>`;
    if (this.loader.isLoading(this.chart))
      return html`<p class="placeholder"><span class="icon icon-loading"></span></p>`;
    return html`<p class="placeholder">
      ${runs.some((run) => ACTIVE.has(run.state)) ? t('Waiting for the first point…') : t('No points')}
    </p>`;
  }

  #changed(change: Change): void {
    if (!this.isInView) return;
    switch (change.what) {
      case 'data':
        if (!this.#isDrawnOf(change.keys)) break;
        if (this.#plot) this.#redraw.soon();
        else this.#redraw.now();
        break;
      case 'structure':
        this.requestUpdate();
        this.#redraw.now();
        break;
      case 'view':
        this.#redraw.now();
        break;
      case 'act':
        if (change.key === this.chart) this.#export(change.verb);
        break;
      case 'cursor':
        this.#cursor?.show();
        break;
      case 'highlight':
        this.#plot?.highlight(this.model.legend.highlighted);
        this.#cursor?.show();
        break;
    }
  }

  #isDrawnOf(keys: ReadonlySet<string>): boolean {
    const axis = axisMetric(this.model.xAxis);
    return metricsOf(this.chart).some((key) => keys.has(key)) || (axis !== undefined && keys.has(axis));
  }

  #leave(chart: string): void {
    this.loader.setVisible(chart, false);
    this.#redraw.cancel();
    this.#takeDown();
    // The pointer does not say that it left what is gone.
    if (this.model.cursor?.key === chart) this.model.setCursor(null);
  }

  #takeDown(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#view = undefined;
    this.#cursor = undefined;
  }

  // ---- drawing

  #draw(): void {
    if (!this.isInView || !this.isConnected) return;
    const { model } = this;
    const hadCurves = this.#curves.length > 0;
    this.#curves = model.curves.of(this.chart);
    const extent = xExtent(this.#curves.map(({ curve }) => curve));
    if (!extent || !hadCurves) this.requestUpdate();
    if (!extent) {
      this.#takeDown();
      return;
    }
    const element = this.querySelector<HTMLElement>('.plot')!;
    // The width of the y axis is not known before its labels are; a common one is near enough to begin with.
    const columns = this.#plot?.columns ?? Math.max(1, element.clientWidth - 68);
    const view = this.#viewOf(model.zoom ?? this.#wholeOf(extent), columns);
    const stepless = this.#lines.filter(({ curve }) => curve.isStepless).length;
    if (view.isBeyond !== (this.#view?.isBeyond ?? false) || stepless !== this.#stepless)
      this.requestUpdate();
    this.#stepless = stepless;
    this.#view = view;
    if (this.#plot) this.#plot.draw(view);
    else this.#plot = this.#createPlot(element, view);
    this.#cursor ??= new ChartCursor(this, this.chart, model, this.#plot);
    this.#cursor.drawn({ view, lines: this.#lines });
    element.setAttribute('aria-label', summaryOf(titleOf(this.chart), this.#lines));
  }

  #viewOf(x: Range, columns: number): ChartView {
    const { model, theme } = this;
    const { settings, xAxis, legend } = model;
    const pixels = Math.round(columns * Math.min(2, devicePixelRatio));
    const curves = model.curves.zoomed(this.#curves);
    this.#lines = linesOf(this.chart, legend.shown, curves, { x, columns: pixels, band: settings.band });
    const limits = model.arrangement.limits(this.chart) ?? {};
    const { highlighted } = legend;
    return viewOf(
      { lines: this.#lines, x, pixels, xAxis, settings, limits, highlighted, theme },
      this.#tracer,
    );
  }

  #createPlot(element: HTMLElement, view: ChartView): Plot {
    const { model } = this;
    return new Plot(element, view, {
      onHover: (at) => this.#cursor?.hover(at),
      onSelect: (range) => model.setZoom(range),
      onReset: () => model.setZoom(null),
      onZoom: (center, factor) => this.#zoom(center, factor),
      onPan: (by) => this.#pan(by),
      onResize: () => this.#redraw.now(),
    });
  }

  #export(verb: ExportVerb): void {
    const plot = this.#plot;
    const drawn = plot && this.#view && { view: this.#view, size: plot.size };
    exportChart(verb, { id: this.chart, lines: this.#lines, drawn }, this.model).catch((error: unknown) =>
      this.#failed(error),
    );
  }

  #failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.model.ask({ type: 'failed', message });
  }

  // ---- what a person does

  #zoom(center: number, factor: number): void {
    const { x, limits } = this.#place() ?? {};
    if (x && limits) this.model.setZoom(zoomRange(x, center, factor, limits) ?? null);
  }

  #pan(by: number): void {
    const { x, limits } = this.#place() ?? {};
    if (x && limits && this.model.zoom) this.model.setZoom(panRange(x, by, limits));
  }

  /** What is seen of the axis, also when it was not drawn yet, and all there is. */
  #place(): { x: Range; limits: Range } | undefined {
    const extent = xExtent(this.#curves.map(({ curve }) => curve));
    return extent && this.#view && { x: this.model.zoom ?? this.#view.x, limits: this.#wholeOf(extent) };
  }

  #wholeOf(extent: Range): Range {
    const isGrowing = this.model.runsOf(this.chart).some((run) => ACTIVE.has(run.state));
    return isGrowing ? growingRange(extent) : xRange(extent);
  }

  #blurred(): void {
    this.#cursor?.clear();
  }

  #keydown(event: KeyboardEvent): void {
    const { model } = this;
    const view = this.#view;
    const cursor = this.#cursor;
    if (!view || !cursor) return;
    if ((event.ctrlKey || event.metaKey) && event.key === 'c') {
      cursor.copy();
      return;
    }
    const action = chartKey(event);
    const isExpanded = model.expanded === this.chart;
    if (!action || (action.do === 'reset' && !model.cursor && !model.zoom && !isExpanded)) return;
    event.preventDefault();
    switch (action.do) {
      case 'move':
        cursor.move(action.by);
        break;
      case 'edge':
        cursor.put(action.to === 'start' ? view.x.min : view.x.max);
        break;
      case 'run':
        cursor.nextRun(action.by);
        break;
      case 'zoom':
        this.#zoom(model.cursor?.x ?? (view.x.min + view.x.max) / 2, action.factor);
        break;
      case 'reset':
        if (model.cursor) cursor.clear();
        else if (model.zoom) model.setZoom(null);
        else model.toggleExpanded(this.chart);
        break;
      case 'expand':
        model.toggleExpanded(this.chart);
        break;
    }
  }
}

/** What the editor's own menu is told of the chart it opens on. */
function contextOf(chart: string, hasLimits: boolean): string {
  return JSON.stringify({
    webviewSection: 'chart',
    metric: chart,
    hasLimits,
    preventDefaultContextMenuItems: true,
  });
}

customElements.define('ty-chart', TyChart);
