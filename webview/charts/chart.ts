import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { follow } from '../shared/follow.js';
import { ACTIVE } from '../shared/run-state.js';
import type { Theme } from '../shared/theme.js';
import { ChartCursor } from './chart-cursor.js';
import { resizeHandle } from './chart-size.js';
import { type Curve, xExtent } from './curve.js';
import { toCsv, toImage } from './export.js';
import type { Line } from './draw.js';
import { chartKey } from './keys.js';
import { shortName } from './layout.js';
import type { Loader } from './loader.js';
import { traceOf } from './m4.js';
import type { Change, ChartsModel, ExportVerb } from './model.js';
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
  /** The curves of the shown runs, and what is drawn of them: the same but where a zoom has fetched more points. */
  #curves: ReadonlyMap<string, Curve> = new Map();
  #drawn: ReadonlyMap<string, Curve> = new Map();
  readonly #redraw = new Redraw(() => this.#draw());
  readonly #resized = new ResizeObserver(() => this.#resize());

  constructor() {
    super();
    this.isInView = false;
    this.addController(follow(() => this.model.onChange((change) => this.#changed(change))));
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Moved to another place of the page.
    if (this.isInView) {
      this.loader.setVisible(this.metric, true);
      this.#redraw.now();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
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
    this.dataset['vscodeContext'] = contextOf(this.metric);
    return html`
      <header>
        <h3 title=${this.metric}>${name}</h3>
        <span class="latest"></span>
        <span class="buttons">${this.#pinButton()}${this.#expandButton()}</span>
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
      ${this.model.expanded === null ? resizeHandle(this.model.arrangement) : nothing}
      <div class="visually-hidden" aria-live="polite"></div>
    `;
  }

  #pinButton(): TemplateResult {
    const isPinned = this.model.arrangement.isPinned(this.metric);
    return html`<button
      class="icon-button ${isPinned ? 'on' : ''}"
      title=${isPinned ? 'Unpin' : 'Pin'}
      @click=${() => this.model.arrangement.togglePinned(this.metric)}
    >
      <span class="icon icon-${isPinned ? 'pinned' : 'pin'}"></span>
    </button>`;
  }

  #expandButton(): TemplateResult {
    const isExpanded = this.model.expanded === this.metric;
    return html`<button
      class="icon-button"
      title=${isExpanded ? 'Restore (Enter)' : 'Expand (Enter)'}
      @click=${() => this.model.toggleExpanded(this.metric)}
    >
      <span class="icon icon-${isExpanded ? 'screen-normal' : 'screen-full'}"></span>
    </button>`;
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
        this.requestUpdate();
        this.#redraw.now();
        break;
      case 'view':
        this.#redraw.now();
        break;
      case 'act':
        if (change.key === this.metric)
          this.#export(change.verb).catch((error: unknown) => this.#failed(error));
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
    this.#drawn = model.zoomed(this.metric, curves);
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
    this.#cursor.drawn({ view, curves: this.#drawn, looks });
    const summary = summaryOf(this.metric, model, (id) => model.store.get(id, this.metric));
    element.setAttribute('aria-label', summary);
  }

  #viewOf(x: Range, columns: number, looks: ReadonlyMap<string, RunLook>): PlotView {
    const { logY, xAxis } = this.model.settings;
    const pixels = Math.round(columns * Math.min(2, devicePixelRatio));
    const lines: Line[] = [...this.#drawn].map(([runId, curve]) => ({
      runId,
      look: looks.get(runId)!,
      trace: traceOf(curve, curve.y, x, pixels, logY),
      smooth: curve.smooth && traceOf(curve, curve.smooth, x, pixels, logY),
    }));
    const y = yRange(
      lines.map((line) => line.trace),
      x,
      logY,
      this.model.settings.ignoreOutliers,
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

  // ---- taking it elsewhere

  async #export(verb: ExportVerb): Promise<void> {
    const name = this.metric.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-');
    switch (verb) {
      case 'copyImage': {
        window.focus();
        await navigator.clipboard.write([new ClipboardItem({ 'image/png': this.#image() })]);
        break;
      }
      case 'saveImage': {
        const content = new Uint8Array(await (await this.#image()).arrayBuffer());
        this.model.ask({ type: 'save', name: `${name}.png`, content });
        break;
      }
      case 'saveData':
        this.model.ask({ type: 'save', name: `${name}.csv`, content: new TextEncoder().encode(this.#csv()) });
        break;
      case 'openData':
        this.model.ask({ type: 'open', language: 'csv', text: this.#csv() });
        break;
    }
  }

  #failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.model.ask({ type: 'failed', message });
  }

  #image(): Promise<Blob> {
    const runs = this.#exported().map(({ run }) => run);
    if (!this.#plot) throw new Error('The chart is not drawn.');
    const canvas = toImage(this.#plot.canvas, this.metric, runs, this.theme);
    return new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The image is too large.')))),
    );
  }

  #csv(): string {
    return toCsv(this.metric, this.#exported(), this.model.zoom);
  }

  #exported() {
    const { model } = this;
    const looks = looksOf(model.runs);
    return [...this.#drawn].map(([id, curve]) => {
      const series = model.store.get(id, this.metric)!;
      const detail = curve === this.#curves.get(id) ? undefined : model.store.detail(series)?.series;
      return {
        run: { id, name: model.run(id)?.name ?? id, look: looks.get(id)! },
        series: detail ?? series,
        curve,
      };
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
    const isExpanded = model.expanded === this.metric;
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
        else model.toggleExpanded(this.metric);
        break;
      case 'expand':
        model.toggleExpanded(this.metric);
        break;
    }
  }
}

/** What the editor's own menu is told of the chart it opens on. */
function contextOf(metric: string): string {
  return JSON.stringify({ webviewSection: 'chart', metric, preventDefaultContextMenuItems: true });
}

customElements.define('ty-chart', TyChart);
