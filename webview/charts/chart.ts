import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { ACTIVE } from '../shared/run-state.js';
import type { Theme } from '../shared/theme.js';
import { type Curve, nearestIndex, xAt, xExtent } from './curve.js';
import type { Line } from './draw.js';
import { formatValue } from './format.js';
import { chartKey } from './keys.js';
import { shortName } from './layout.js';
import type { Loader } from './loader.js';
import { traceOf } from './m4.js';
import type { Change, ChartsModel } from './model.js';
import { looksOf, type RunLook } from './palette.js';
import { Plot, type PlotView } from './plot.js';
import { type Range, xRange, yRange, zoomRange } from './range.js';
import { nearestRow, type Row, rowsAt, shown } from './readout.js';
import { Redraw } from './redraw.js';
import { summaryOf } from './summary.js';
import { formatX, readoutText, renderTooltip } from './tooltip.js';

/** How near the pointer must be to a line to highlight its run, in CSS pixels. */
const REACH_PX = 40;
const ROW_HEIGHT_PX = 18;
/** Rows of the tooltips of the other charts: enough to compare, few enough to see the curves. */
const COMPANION_ROWS = 4;

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

  #plot: Plot | undefined;
  #curves = new Map<string, Curve>();
  #looks = new Map<string, RunLook>();
  #view: PlotView | undefined;
  #rows: Row[] = [];
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
    if (this.isInView) this.#redraw.now();
  }

  protected override render(): TemplateResult {
    const name = shortName(this.metric);
    return html`
      <header>
        <h3 title=${this.metric}>${name}</h3>
        <span class="reading"></span>
      </header>
      <div
        class="plot"
        tabindex="0"
        role="application"
        aria-roledescription="line chart"
        aria-label=${this.metric}
        @keydown=${(event: KeyboardEvent) => this.#keydown(event)}
        @blur=${() => this.#blur()}
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
    if (this.loader.isLoading(this.metric)) return html`<p class="placeholder"><span class="icon icon-loading"></span></p>`;
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
        this.#showCursor();
        break;
      case 'highlight':
        this.#plot?.highlight(this.model.highlighted);
        this.#showCursor();
        break;
    }
  }

  #leave(metric: string): void {
    this.loader.setVisible(metric, false);
    this.#redraw.cancel();
    this.#resized.disconnect();
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#view = undefined;
  }

  // ---- drawing

  #draw(): void {
    if (!this.isInView || !this.isConnected) return;
    const { model } = this;
    const hadCurves = this.#curves.size > 0;
    this.#curves = model.curves(this.metric);
    this.#looks = looksOf(model.runs);
    const extent = xExtent(this.#curves.values());
    if (!extent) {
      this.#plot?.destroy();
      this.#plot = undefined;
      this.requestUpdate();
      return;
    }
    if (!hadCurves) this.requestUpdate();
    const element = this.#plotElement;
    const x = model.zoom ?? xRange(extent);
    // The width of the y axis is not known before its labels are; the width of the chart is near enough to begin with.
    const view = this.#viewOf(x, this.#plot?.columns ?? Math.max(1, element.clientWidth - 62));
    this.#view = view;
    if (this.#plot) this.#plot.draw(view);
    else {
      this.#plot = this.#createPlot(element, view);
      this.#resized.observe(element);
    }
    element.setAttribute('aria-label', summaryOf(this.metric, model, (id) => model.store.get(id, this.metric)));
    element.classList.toggle('is-zoomed', model.zoom !== null);
    this.#showCursor();
  }

  #viewOf(x: Range, columns: number): PlotView {
    const { logY, xAxis } = this.model.settings;
    const pixels = Math.round(columns * Math.min(2, devicePixelRatio));
    const lines: Line[] = [...this.#curves].map(([runId, curve]) => ({
      runId,
      look: this.#looks.get(runId)!,
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
      onHover: (at) => this.#hover(at),
      onSelect: (range) => model.setZoom(range),
      onReset: () => model.setZoom(null),
      onWheel: (center, factor) => this.#zoom(center, factor),
    });
  }

  #resize(): void {
    if (!this.#plot) return;
    this.#plot.resize();
    this.#redraw.now();
  }

  #zoom(center: number, factor: number): void {
    const extent = xExtent(this.#curves.values());
    if (extent && this.#view) this.model.setZoom(zoomRange(this.#view.x, center, factor, xRange(extent)) ?? null);
  }

  // ---- the crosshair

  #hover(at: { x: number; top: number } | null): void {
    const { model } = this;
    if (!at) {
      model.setCursor(null);
      model.highlight(undefined);
      return;
    }
    model.setCursor({ x: at.x, key: this.metric, spoken: false });
    const top = (row: Row) => this.#plot?.top(shown(row)) ?? NaN;
    model.highlight(nearestRow(this.#rows, (row) => Math.abs(top(row) - at.top), REACH_PX)?.runId);
  }

  #showCursor(): void {
    const plot = this.#plot;
    const view = this.#view;
    if (!plot || !view) return;
    const { cursor, highlighted } = this.model;
    const tooltip = this.querySelector<HTMLElement>('.tooltip')!;
    if (!cursor || cursor.x < view.x.min || cursor.x > view.x.max) {
      this.#rows = [];
      plot.cross(null, []);
      tooltip.hidden = true;
      this.#showReading();
      return;
    }
    const reach = ((view.x.max - view.x.min) / plot.columns) * 8;
    this.#rows = rowsAt(this.#curves, cursor.x, reach);
    const isOrigin = cursor.key === this.metric;
    plot.cross(
      cursor.x,
      this.#rows
        .filter((row) => Number.isFinite(shown(row)) && (!view.logY || shown(row) > 0))
        .map((row) => ({
          x: row.x,
          y: shown(row),
          colour: view.theme.runs[this.#look(row.runId).colour]!,
          isStrong: row.runId === highlighted,
        })),
    );
    this.#showReading();
    tooltip.hidden = this.#rows.length === 0;
    if (tooltip.hidden) return;
    const { top, left, width, height } = plot.area;
    const room = Math.max(1, Math.floor((height - 34) / ROW_HEIGHT_PX));
    renderTooltip(tooltip, {
      ...this.#readout(cursor.x),
      look: (id) => this.#look(id),
      limit: isOrigin ? room : Math.min(room, COMPANION_ROWS),
      isFull: isOrigin,
    });
    tooltip.classList.toggle('companion', !isOrigin);
    const at = left + plot.left(cursor.x);
    // On the side with more room, so that it does not cover the crosshair. Where the pointer is, long names may reach
    // over the next chart; elsewhere the tooltip keeps to its own.
    const isRight = plot.left(cursor.x) < width / 2;
    tooltip.style.transform = isRight
      ? `translate(${Math.round(at + 12)}px, ${top + 4}px)`
      : `translate(calc(${Math.round(at - 12)}px - 100%), ${top + 4}px)`;
    const own = isRight ? left + width - at - 8 : at - 16;
    const box = this.getBoundingClientRect();
    const page = isRight ? document.documentElement.clientWidth - box.left - at - 20 : box.left + at - 20;
    tooltip.style.maxWidth = `${Math.round(isOrigin ? Math.min(320, page) : own)}px`;
    if (isOrigin && cursor.spoken) this.#speak();
  }

  /** At rest the newest value, when there is no doubt of which run. */
  #showReading(): void {
    const reading = this.querySelector('.reading')!;
    const { highlighted, shownRuns, cursor } = this.model;
    const id = highlighted ?? (shownRuns.length === 1 ? shownRuns[0]!.id : undefined);
    const curve = id === undefined || cursor ? undefined : this.#curves.get(id);
    reading.textContent = curve ? formatValue((curve.smooth ?? curve.y)[curve.length - 1]!) : '';
    reading.className = `reading ${curve && shownRuns.length > 1 ? `run-${this.#look(id!).colour}` : ''}`;
  }

  #readout(x: number) {
    const { xAxis } = this.model.settings;
    const main = this.#rows.find((row) => row.runId === this.model.highlighted) ?? this.#rows[0];
    const run = (id: string) => this.model.run(id);
    return { xAxis, x: main?.x ?? x, rows: this.#rows, highlighted: this.model.highlighted, run };
  }

  #look(runId: string): RunLook {
    return this.#looks.get(runId) ?? { colour: 0, dash: 0 };
  }

  // ---- keyboard

  #keydown(event: KeyboardEvent): void {
    const { model } = this;
    const view = this.#view;
    if (!view || !this.#plot) return;
    if ((event.ctrlKey || event.metaKey) && event.key === 'c') {
      if (model.cursor) model.ask({ type: 'copy', text: readoutText(this.#readout(model.cursor.x), this.metric) });
      return;
    }
    const action = chartKey(event);
    if (!action) return;
    if (action.do === 'reset' && !model.cursor && !model.zoom) return;
    event.preventDefault();
    const center = model.cursor?.x ?? (view.x.min + view.x.max) / 2;
    switch (action.do) {
      case 'move':
        this.#moveCursor(action.by, view);
        break;
      case 'edge':
        this.#putCursor(action.to === 'start' ? view.x.min : view.x.max);
        break;
      case 'run':
        this.#nextRun(action.by);
        break;
      case 'zoom':
        this.#zoom(center, action.factor);
        break;
      case 'reset':
        if (model.cursor) this.#blur();
        else model.setZoom(null);
        break;
    }
  }

  /** To the next point of the run that stands out that is a pixel away, or further by a tenth of the width. */
  #moveCursor(by: number, { x }: PlotView): void {
    const { cursor, highlighted } = this.model;
    const curve = this.#curves.get(highlighted ?? '') ?? this.#curves.values().next().value;
    if (!curve || !this.#plot) return;
    if (!cursor) {
      this.#putCursor(by > 0 ? x.min : x.max);
      return;
    }
    const direction = Math.sign(by);
    const step = ((x.max - x.min) / this.#plot.columns) * Math.abs(by);
    let index = nearestIndex(curve, cursor.x);
    const start = xAt(curve, index);
    while (index + direction >= 0 && index + direction < curve.length && Math.abs(xAt(curve, index) - start) < step)
      index += direction;
    this.#putCursor(Math.min(x.max, Math.max(x.min, xAt(curve, index))));
  }

  #putCursor(x: number): void {
    this.model.setCursor({ x, key: this.metric, spoken: true });
  }

  #nextRun(by: number): void {
    if (this.#rows.length === 0) return;
    const at = this.#rows.findIndex((row) => row.runId === this.model.highlighted);
    const next = at < 0 ? 0 : Math.min(this.#rows.length - 1, Math.max(0, at + by));
    this.model.highlight(this.#rows[next]!.runId);
  }

  #blur(): void {
    if (this.model.cursor?.key !== this.metric) return;
    this.model.setCursor(null);
    this.model.highlight(undefined);
  }

  #speak(): void {
    const { xAxis, x, rows, highlighted } = this.#readout(this.model.cursor!.x);
    const main = rows.find((row) => row.runId === highlighted);
    const said = main ? [main] : rows.slice(0, 5);
    const values = said.map((row) => `${this.model.run(row.runId)?.name} ${formatValue(shown(row))}`);
    this.querySelector('[aria-live]')!.textContent = `${formatX(x, xAxis)}: ${values.join(', ')}`;
  }

  get #plotElement(): HTMLElement {
    return this.querySelector<HTMLElement>('.plot')!;
  }
}

customElements.define('ty-chart', TyChart);
