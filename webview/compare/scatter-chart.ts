import { html, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import { follow } from '../shared/follow.js';
import { associationOf } from './association.js';
import { type Axis, labelOf, ticksOf } from './axis.js';
import { fresh, Stage } from './canvas.js';
import type { CompareModel } from './model.js';
import type { RelationsView } from './relations-view.js';
import { type Box, dotsOf, nearestDot } from './scatter.js';
import { t } from '../shared/l10n.js';

const HEIGHT = 280;
const EDGE = { left: 64, right: 14, top: 12, bottom: 24 };
const REACH = 14;

/** A dot for each run, over two variables. */
export class TyScatter extends PageElement {
  static override properties = { view: {} };
  declare model: CompareModel;
  declare view: RelationsView;
  readonly #stage = new Stage(this);
  #dots: Float32Array = new Float32Array();

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
    const { x, y, runs } = this.view;
    const { kind, value } = associationOf(x.variable, y.variable);
    const how = Number.isNaN(value)
      ? ''
      : ` ${kind === 'rank' ? t('Rank correlation') : t('Correlation ratio')} ${value.toFixed(2)}.`;
    return html`<div class="scatter">
      <canvas
        class="base"
        role="img"
        aria-label=${t('{0} over {1} of {2} runs.{3}', y.variable.label, x.variable.label, runs.length, how)}
      ></canvas>
      <canvas
        class="over"
        aria-hidden="true"
        @pointermove=${(event: PointerEvent) => this.#point(event)}
        @pointerleave=${() => this.model.highlight(undefined)}
        @click=${() => {
          const { highlighted } = this.model;
          if (highlighted !== undefined) this.model.post({ type: 'charts', runIds: [highlighted] });
        }}
      ></canvas>
    </div>`;
  }

  protected override updated(): void {
    if (this.#stage.width === 0) return;
    const { view } = this;
    this.#dots = dotsOf(view.runs.length, view.x, view.y, this.#box);
    this.#drawBase();
    this.#drawOver();
  }

  get #box(): Box {
    const { left, right, top, bottom } = EDGE;
    return { left, top, width: this.#stage.width - left - right, height: HEIGHT - top - bottom };
  }

  #drawBase(): void {
    const context = fresh(this.querySelector<HTMLCanvasElement>('.base')!, this.#stage.width, HEIGHT);
    const { paint } = this.#stage;
    const { x, y, isIn, shades, order } = this.view;
    this.#drawAxes(context, x, y);
    const dot = (i: number) => {
      context.beginPath();
      context.arc(this.#dots[2 * i]!, this.#dots[2 * i + 1]!, 4, 0, 2 * Math.PI);
      context.fill();
    };
    context.fillStyle = paint.muted;
    context.globalAlpha = paint.highContrast ? 0.45 : 0.2;
    for (const i of order) if (isIn[i] === 0) dot(i);
    context.globalAlpha = 0.9;
    for (const i of order) {
      if (isIn[i] === 0) continue;
      context.fillStyle = paint.shade(shades[i]!);
      dot(i);
    }
    context.globalAlpha = 1;
  }

  #drawAxes(context: CanvasRenderingContext2D, x: Axis, y: Axis): void {
    const { left, top, width, height } = this.#box;
    const { paint } = this.#stage;
    context.font = `11px ${paint.fontFamily}`;
    context.lineWidth = 1;
    context.strokeStyle = paint.grid;
    context.fillStyle = paint.muted;
    context.textBaseline = 'middle';
    context.textAlign = 'end';
    const line = (fromX: number, fromY: number, toX: number, toY: number) => {
      context.beginPath();
      context.moveTo(Math.round(fromX) + 0.5, Math.round(fromY) + 0.5);
      context.lineTo(Math.round(toX) + 0.5, Math.round(toY) + 0.5);
      context.stroke();
    };
    for (const { place, label } of ticksOf(y)) {
      const at = top + (1 - place) * height;
      line(left, at, left + width, at);
      context.fillText(cut(label), left - 6, at);
    }
    const ticks = ticksOf(x, Math.max(2, Math.floor(width / 80)));
    for (const [i, { place, label }] of ticks.entries()) {
      const at = left + place * width;
      line(at, top, at, top + height);
      const isEnd = !x.variable.words && i === ticks.length - 1 && i > 0;
      context.textAlign = isEnd ? 'end' : 'center';
      context.fillText(cut(label), isEnd ? at + EDGE.right - 2 : at, top + height + 14);
    }
  }

  #drawOver(): void {
    const canvas = this.querySelector<HTMLCanvasElement>('.over');
    if (!canvas || this.#stage.width === 0) return;
    const context = fresh(canvas, this.#stage.width, HEIGHT);
    const { x, y, runs } = this.view;
    const { highlighted } = this.model;
    const i = highlighted === undefined ? -1 : runs.findIndex(({ id }) => id === highlighted);
    canvas.title = '';
    if (i < 0 || Number.isNaN(this.#dots[2 * i]!) || Number.isNaN(this.#dots[2 * i + 1]!)) return;
    context.strokeStyle = this.#stage.paint.foreground;
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(this.#dots[2 * i]!, this.#dots[2 * i + 1]!, 6.5, 0, 2 * Math.PI);
    context.stroke();
    const said = (axis: Axis) => `${axis.variable.label} ${labelOf(axis, axis.variable.values[i]!)}`;
    canvas.title = `${runs[i]!.name}\n${said(x)}\n${said(y)}`;
  }

  #point(event: PointerEvent): void {
    const canvas = event.currentTarget as HTMLCanvasElement;
    const { left, top } = canvas.getBoundingClientRect();
    const at = { x: event.clientX - left, y: event.clientY - top };
    const found = nearestDot(at, this.#dots, this.view.isIn, REACH);
    canvas.style.cursor = found === undefined ? '' : 'pointer';
    this.model.highlight(found === undefined ? undefined : this.view.runs[found]!.id);
  }
}

function cut(label: string): string {
  return label.length > 9 ? `${label.slice(0, 8)}…` : label;
}

customElements.define('ty-scatter', TyScatter);
