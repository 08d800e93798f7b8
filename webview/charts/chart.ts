import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { ACTIVE } from '../shared/run-state.js';
import type { Theme } from '../shared/theme.js';
import { ChartCursor } from './chart-cursor.js';
import { type Curve, xExtent } from './curve.js';
import type { Line } from './draw.js';
import { chartKey } from './keys.js';
import { shortName } from './layout.js';
import type { Loader } from './loader.js';
import { traceOf } from './m4.js';
import type { Change, ChartsModel } from './model.js';
import { looksOf, type RunLook } from './palette.js';
import { Plot, type PlotView } from './plot.js';
import { type Range, xRange, yRange, zoomRange } from './range.js';
import { Redraw } from './redraw.js';
import { summaryOf } from './summary.js';

/** The chart of one metric. It is drawn, and asks for points, only while it is near the visible part of the page. */
export class TyChart extends LitElement {
  static override properties = {
    metric: { type: String },
    theme: { attribute: false },
    isInView: { state: true },
  };
  declare metric: string;
  declare theme: Theme;
  declare model: ChartsModel;
  declare loader: Loader;
  declare isInView: boolean;

  /** While it is drawn. */
  #plot: Plot | undefined;
  #view: PlotView | undefined;
  #cursor: ChartCursor | undefined;
  #curves: ReadonlyMap<string, Curve> = new Map();
  readonly #redraw = new Redraw(() => this.#draw());
  #subscription: { dispose(): void } | undefined;
  readonly #resized = new ResizeObserver(() => this.#resize());

  constructor() {
    super();
    this.isInView = false;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#subscription = this.model.onChange((change) => this.#changed(change));
    // Moved to another place of the page.
    if (this.isInView) {
      this.loader.setVisible(this.metric, true);
      this.#redraw.now();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#subscription?.dispose();
    this.#leave(this.metric);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('metric');
    if (before !== undefined && before !== this.metric) this.#leave(before);
    if (changed.has('isInView') || changed.has('metric')) {
      if (this.isInView) this.loader.setVisible(this.metric, true);
      else this.#leave(this.metric);
    }
    if (this.isInView && (changed.has('isInView') || changed.has('metric') || changed.has('theme')))
      this.#redraw.now();
  }

  protected override render(): TemplateResult {
    const name = shortName(this.metric);
    return html`
      <header>
        <h3 title=${this.metric}>${name}</h3>
        <span class="latest"></span>
      </header>
      <div
        class="plot"
        tabindex="0"
        role="application"
        aria-roledescription="line chart"
        aria-label=${this.metric}
        @keydown=${(event: KeyboardEvent) => this.#keydown(event)}
        @blur=${() => this.#cursor?.clear()}
      >
        ${this.#curves.size === 0 ? this.#placeholder() : nothing}
        <div class="tooltip" hidden></div>
      </div>
      <div class="visually-hidden" aria-live="polite"></div>
    `;
  }

  #placeholder(): TemplateResult | typeof nothing {
    if (!this.isInView) return nothing;
    const runs = this.model.runsOf(this.metric);
    if (runs.length === 0) return html`<p class="placeholder">All runs of this metric are hidden</p>`;
    if (this.loader.isLoading(this.metric))
      return html`<p class="placeholder"><span class="icon icon-loading"></span></p>`;
    return html`<p class="placeholder">
      ${runs.some((run) => ACTIVE.has(run.state)) ? 'Waiting for the first point…' : 'No points'}
    </p>`;
  }

  #changed(change: Change): void {
    if (!this.isInView) return;
    switch (change.what) {
      case 'data':
        if (change.keys.has(this.metric)) this.#redraw.soon();
        break;
      case 'structure':
      case 'view':
        this.#redraw.now();
        break;
      case 'cursor':
        this.#cursor?.show();
        break;
      case 'highlight':
        this.#plot?.highlight(this.model.highlighted);
        this.#cursor?.show();
        break;
    }
  }

  #leave(metric: string): void {
    this.loader.setVisible(metric, false);
    this.#redraw.cancel();
    this.#takeDown();
    // The pointer does not say that it left what is gone.
    if (this.model.cursor?.key === metric) this.model.setCursor(null);
  }

  #takeDown(): void {
    this.#resized.disconnect();
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#view = undefined;
    this.#cursor = undefined;
  }

  // ---- drawing

  #draw(): void {
    if (!this.isInView || !this.isConnected) return;
    const { model } = this;
    const hadCurves = this.#curves.size > 0;
    const curves = model.curves(this.metric);
    this.#curves = curves;
    const extent = xExtent(curves.values());
    if (!extent || !hadCurves) this.requestUpdate();
    if (!extent) {
      this.#takeDown();
      return;
    }
    const element = this.querySelector<HTMLElement>('.plot')!;
    const looks = looksOf(model.runs);
    // The width of the y axis is not known before its labels are; a common one is near enough to begin with.
    const columns = this.#plot?.columns ?? Math.max(1, element.clientWidth - 68);
    const view = this.#viewOf(model.zoom ?? xRange(extent), columns, looks);
    this.#view = view;
    if (this.#plot) this.#plot.draw(view);
    else {
      this.#plot = this.#createPlot(element, view);
      this.#resized.observe(element);
    }
    this.#cursor ??= new ChartCursor(this, this.metric, model, this.#plot);
    this.#cursor.drawn({ view, curves, looks });
    const summary = summaryOf(this.metric, model, (id) => model.store.get(id, this.metric));
    element.setAttribute('aria-label', summary);
  }

  #viewOf(x: Range, columns: number, looks: ReadonlyMap<string, RunLook>): PlotView {
    const { logY, xAxis } = this.model.settings;
    const pixels = Math.round(columns * Math.min(2, devicePixelRatio));
    const lines: Line[] = [...this.#curves].map(([runId, curve]) => ({
      runId,
      look: looks.get(runId)!,
      trace: traceOf(curve, curve.y, x, pixels, logY),
      smooth: curve.smooth && traceOf(curve, curve.smooth, x, pixels, logY),
    }));
    const y = yRange(
      lines.map((line) => line.trace),
      x,
      logY,
    );
    return { xAxis, x, y, logY, lines, highlighted: this.model.highlighted, theme: this.theme };
  }

  #createPlot(element: HTMLElement, view: PlotView): Plot {
    const { model } = this;
    return new Plot(element, view, {
      onHover: (at) => this.#cursor?.hover(at),
      onSelect: (range) => model.setZoom(range),
      onReset: () => model.setZoom(null),
      onWheel: (center, factor) => this.#zoom(center, factor),
    });
  }

  #resize(): void {
    // Traces are for the width that was.
    if (this.#plot?.resize()) this.#redraw.now();
  }

  #zoom(center: number, factor: number): void {
    const extent = xExtent(this.#curves.values());
    if (extent && this.#view)
      this.model.setZoom(zoomRange(this.#view.x, center, factor, xRange(extent)) ?? null);
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
    if (!action || (action.do === 'reset' && !model.cursor && !model.zoom)) return;
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
        else model.setZoom(null);
        break;
    }
  }
}

customElements.define('ty-chart', TyChart);
