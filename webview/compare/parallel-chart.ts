import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { PageElement } from '../shared/page-element.js';
import { follow } from '../shared/follow.js';
import { formatValue } from '../shared/format.js';
import { type Axis, type Brush, labelOf, ticksOf } from './axis.js';
import './axis-head.js';
import { fresh, Stage } from './canvas.js';
import type { CompareModel } from './model.js';
import { columnsOf, type Frame, heightOf, linesOf, moved, nearestLine, placeAt } from './parallel.js';
import type { RelationsView } from './relations-view.js';
import { t } from '../shared/l10n.js';

const HEIGHT = 310;
const TOP = 38;
const BOTTOM = 34;
const SIDE = 56;
/** Below this, names and ticks of neighbours run into each other: the drawing scrolls instead. */
const LEAST_GAP = 96;
/** A press this near to an axis begins a brush. */
const AXIS_REACH = 14;
const LINE_REACH = 8;
/** A press that goes less far is a click. */
const SLACK = 4;

/** Parallel coordinates: an axis for each variable, a line for each run. */
export class TyParallel extends PageElement {
  static override properties = { view: {} };
  declare model: CompareModel;
  declare view: RelationsView;
  /** Called with the brushes, or the order of axes, that a person made. */
  declare onBrush: (id: string, brush: Brush | undefined) => void;
  declare onAxes: (ids: string[]) => void;
  declare onScale: (id: string, isLog: boolean) => void;
  readonly #stage = new Stage(this);
  #frame: Frame = { width: 0, height: HEIGHT, top: TOP, bottom: BOTTOM, side: SIDE };
  #columns: number[] = [];
  #lines: Float32Array = new Float32Array();

  constructor() {
    super();
    this.addController(
      follow(() =>
        this.model.onChange((what) => {
          if (what === 'highlight') this.#drawOver();
        }),
      ),
    );
  }

  protected override render(): TemplateResult {
    const { axes, runs, target } = this.view;
    const names = axes.map(({ variable }) => variable.label).join(', ');
    return html`<div class="parallel-scroll" tabindex="-1">
      <div class="parallel">
        <canvas
          class="base"
          role="img"
          aria-label=${t('Parallel coordinates of {0} runs over {1}, coloured by {2}. The table below has the values.', runs.length, names, target.variable.label)}
        ></canvas>
        <canvas
          class="over"
          aria-hidden="true"
          title=""
          @pointerdown=${(event: PointerEvent) => this.#press(event)}
          @pointermove=${(event: PointerEvent) => this.#point(event)}
          @pointerleave=${() => this.model.highlight(undefined)}
        ></canvas>
        ${repeat(
          axes,
          ({ variable }) => variable.id,
          (axis, i) => this.#head(axis, i),
        )}
      </div>
    </div>`;
  }

  #head(axis: Axis, i: number): TemplateResult {
    const { axes, brushes } = this.view;
    const ids = axes.map(({ variable }) => variable.id);
    const { id } = axis.variable;
    return html`<ty-axis-head
      .axis=${axis}
      .brush=${brushes.get(id)}
      .isFirst=${i === 0}
      .isLast=${i === axes.length - 1}
      .onBrush=${(brush: Brush | undefined) => this.onBrush(id, brush)}
      .onScale=${(isLog: boolean) => this.onScale(id, isLog)}
      .onMove=${(by: number) => this.onAxes(moved(ids, i, i + by))}
      .onDrop=${(x: number) => this.onAxes(moved(ids, i, this.#placeOfDrop(x, i)))}
      .onRemove=${axes.length > 2 ? () => this.onAxes(ids.filter((other) => other !== id)) : undefined}
    ></ty-axis-head>`;
  }

  /** Among the other axes, from a place on the screen. */
  #placeOfDrop(clientX: number, from: number): number {
    const x = clientX - this.querySelector('.parallel')!.getBoundingClientRect().left;
    return this.#columns.filter((at, i) => i !== from && at < x).length;
  }

  protected override updated(): void {
    const { axes, shades } = this.view;
    const width = Math.max(this.#stage.width, 2 * SIDE + LEAST_GAP * (axes.length - 1));
    if (this.#stage.width === 0) return;
    this.#frame = { ...this.#frame, width };
    this.#columns = columnsOf(axes.length, this.#frame);
    this.#lines = linesOf(shades, axes, this.#frame);
    const gap = axes.length > 1 ? this.#columns[1]! - this.#columns[0]! : width;
    for (const [i, head] of [...this.querySelectorAll<HTMLElement>('ty-axis-head')].entries()) {
      head.style.left = `${this.#columns[i]!}px`;
      head.style.maxWidth = `${Math.min(gap - 8, i === 0 || i === axes.length - 1 ? 2 * SIDE - 8 : gap)}px`;
    }
    this.#drawBase();
    this.#drawOver();
  }

  #drawBase(): void {
    const { width, height } = this.#frame;
    const context = fresh(this.querySelector<HTMLCanvasElement>('.base')!, width, height);
    const { paint } = this.#stage;
    const { isIn, shades, order } = this.view;
    context.lineJoin = 'round';
    context.lineWidth = 1;
    context.strokeStyle = paint.muted;
    context.globalAlpha = paint.highContrast ? 0.3 : 0.14;
    for (const i of order) if (isIn[i] === 0) this.#trace(context, i);
    const count = isIn.reduce((sum, each) => sum + each, 0);
    context.lineWidth = count > 100 ? 1.1 : 1.6;
    context.globalAlpha = Math.max(0.35, Math.min(0.95, 8 / Math.sqrt(count)));
    for (const i of order) {
      if (isIn[i] === 0) continue;
      context.strokeStyle = paint.shade(shades[i]!);
      this.#trace(context, i);
    }
    context.globalAlpha = 1;
    for (const [a, axis] of this.view.axes.entries()) this.#drawAxis(context, axis, a);
  }

  #trace(context: CanvasRenderingContext2D, i: number): void {
    const n = this.#columns.length;
    context.beginPath();
    for (let a = 0; a < n; a++) context.lineTo(this.#columns[a]!, this.#lines[i * n + a]!);
    context.stroke();
  }

  #drawAxis(context: CanvasRenderingContext2D, axis: Axis, a: number): void {
    const { paint } = this.#stage;
    const x = this.#columns[a]!;
    const y = (place: number) => heightOf(place, this.#frame);
    const brush = this.view.brushes.get(axis.variable.id);
    context.strokeStyle = paint.muted;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, y(1));
    context.lineTo(x, y(0));
    context.stroke();
    if (brush) {
      context.strokeStyle = paint.focus;
      context.fillStyle = paint.focus;
      context.globalAlpha = 0.25;
      context.fillRect(x - 6, y(brush.to), 12, y(brush.from) - y(brush.to));
      context.globalAlpha = 1;
      context.strokeRect(x - 6, y(brush.to), 12, y(brush.from) - y(brush.to));
    }
    const isLast = a === this.#columns.length - 1 && a > 0;
    context.font = `11px ${paint.fontFamily}`;
    context.textBaseline = 'middle';
    context.textAlign = isLast ? 'end' : 'start';
    context.lineJoin = 'round';
    const ticks = ticksOf(axis, 6);
    if (axis.variable.values.some(Number.isNaN)) ticks.push({ place: NaN, label: t('none') });
    for (const { place, label } of ticks) {
      const text = label.length > 14 ? `${label.slice(0, 13)}…` : label;
      const at = x + (isLast ? -8 : 8);
      // Lines pass below the text: its edge keeps it legible.
      context.strokeStyle = paint.background;
      context.lineWidth = 3;
      context.strokeText(text, at, y(place));
      context.fillStyle = paint.foreground;
      context.fillText(text, at, y(place));
      context.fillRect(x - 2, y(place) - 0.5, 5, 1);
    }
  }

  /** The run that is pointed at, above all others. */
  #drawOver(): void {
    const canvas = this.querySelector<HTMLCanvasElement>('.over');
    if (!canvas || this.#columns.length === 0) return;
    const context = fresh(canvas, this.#frame.width, this.#frame.height);
    const { highlighted } = this.model;
    const i = highlighted === undefined ? -1 : this.view.runs.findIndex(({ id }) => id === highlighted);
    canvas.title = '';
    if (i < 0) return;
    const { paint } = this.#stage;
    const { target, runs, axes } = this.view;
    context.lineJoin = 'round';
    for (const [colour, width] of [
      [paint.background, 6],
      [paint.foreground, 3],
    ] as const) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      this.#trace(context, i);
    }
    canvas.title = [
      runs[i]!.name,
      `${target.variable.label} ${formatValue(target.variable.values[i]!)}`,
      ...axes.map((axis) => `${axis.variable.label} ${labelOf(axis, axis.variable.values[i]!)}`),
    ].join('\n');
  }

  #placeOf({ clientX, clientY }: PointerEvent): { x: number; y: number } {
    const { left, top } = this.querySelector('.over')!.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  #axisAt(x: number): number {
    return this.#columns.findIndex((at) => Math.abs(at - x) <= AXIS_REACH);
  }

  #point(event: PointerEvent): void {
    const canvas = event.currentTarget as HTMLCanvasElement;
    const { x, y } = this.#placeOf(event);
    const found = nearestLine({ x, y }, this.#columns, this.#lines, this.view.isIn, LINE_REACH);
    canvas.style.cursor = this.#axisAt(x) >= 0 ? 'ns-resize' : found === undefined ? '' : 'pointer';
    this.model.highlight(found === undefined ? undefined : this.view.runs[found]!.id);
  }

  /** On an axis: a drag brushes it, a click ends that. Elsewhere: a click opens the run. */
  #press(start: PointerEvent): void {
    if (start.button !== 0) return;
    const canvas = start.currentTarget as HTMLCanvasElement;
    const from = this.#placeOf(start);
    const axis = this.view.axes[this.#axisAt(from.x)];
    const { highlighted } = this.model;
    if (!axis) {
      if (highlighted !== undefined) this.model.post({ type: 'charts', runIds: [highlighted] });
      return;
    }
    const { id } = axis.variable;
    const before = this.view.brushes.get(id);
    let isDragged = false;
    const controller = new AbortController();
    const { signal } = controller;
    canvas.setPointerCapture(start.pointerId);
    const move = (event: PointerEvent) => {
      const { y } = this.#placeOf(event);
      if (!isDragged && Math.abs(y - from.y) < SLACK) return;
      isDragged = true;
      const [a, b] = [placeAt(from.y, this.#frame), placeAt(y, this.#frame)];
      this.onBrush(id, { from: Math.min(a, b), to: Math.max(a, b) });
    };
    canvas.addEventListener('pointermove', move, { signal });
    canvas.addEventListener(
      'pointerup',
      () => {
        controller.abort();
        if (!isDragged) this.onBrush(id, undefined);
      },
      { signal },
    );
    canvas.addEventListener('pointercancel', () => controller.abort(), { signal });
    addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape') return;
        controller.abort();
        this.onBrush(id, before);
      },
      { signal },
    );
  }
}

customElements.define('ty-parallel', TyParallel);
