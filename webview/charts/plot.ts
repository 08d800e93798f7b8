import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { XAxis } from '../../src/extension/panels/messages.js';
import type { Theme } from '../shared/theme.js';
import { drawLines, type Frame, type Line, type PathCache, project } from './draw.js';
import { DURATION_STEPS, formatDuration, formatLogTick, formatTick, formatTimeTicks } from './format.js';
import { logTicks, type Range } from './range.js';

/** Everything that a drawing of a chart depends on. */
export interface PlotView {
  xAxis: XAxis;
  x: Range;
  y: Range;
  logY: boolean;
  lines: readonly Line[];
  highlighted: string | undefined;
  theme: Theme;
}

export interface PlotEvents {
  /** The pointer is at this x of the axis and this height in CSS pixels from the top, or left. */
  onHover(at: { x: number; top: number } | null): void;
  onSelect(range: Range): void;
  onReset(): void;
  /** Ctrl and wheel: more than 1 to see more. */
  onWheel(center: number, factor: number): void;
}

/** A place that the crosshair marks on a line. */
export interface Dot {
  x: number;
  y: number;
  colour: string;
  isStrong: boolean;
}

/**
 * One chart. uPlot keeps the axes, the scales and the selection; the lines are drawn by us into its canvas, from traces
 * that were thinned to its pixel columns. It never sees a point: it wants one x column for all series, and to join
 * the columns of many runs costs more than all the rest.
 */
export class Plot {
  readonly #element: HTMLElement;
  readonly #events: PlotEvents;
  readonly #crosshair = document.createElement('canvas');
  #uplot: uPlot;
  #view: PlotView;
  #paths: PathCache = new Map();
  #size: { width: number; height: number };

  constructor(element: HTMLElement, view: PlotView, events: PlotEvents) {
    this.#element = element;
    this.#events = events;
    this.#view = view;
    this.#size = { width: element.clientWidth, height: element.clientHeight };
    this.#crosshair.className = 'crosshair';
    this.#uplot = this.#create();
  }

  draw(view: PlotView): void {
    const before = this.#view;
    this.#view = view;
    this.#paths = new Map();
    if (before.xAxis !== view.xAxis || before.logY !== view.logY || before.theme !== view.theme) {
      this.#uplot.destroy();
      this.#uplot = this.#create();
    } else {
      this.#uplot.setData(cornersOf(view));
    }
  }

  highlight(runId: string | undefined): void {
    if (this.#view.highlighted === runId) return;
    this.#view = { ...this.#view, highlighted: runId };
    this.#uplot.redraw(false, false);
  }

  /** Takes the size of the element; whether that is another one. */
  resize(): boolean {
    const { clientWidth: width, clientHeight: height } = this.#element;
    if (width === 0 || (width === this.#size.width && height === this.#size.height)) return false;
    this.#size = { width, height };
    this.#paths = new Map();
    this.#uplot.setSize(this.#size);
    return true;
  }

  /** Width between the axes in CSS pixels. */
  get columns(): number {
    return Math.max(1, Math.round(this.#uplot.over.clientWidth));
  }

  /** What is drawn, without the crosshair. */
  get canvas(): HTMLCanvasElement {
    return this.#uplot.ctx.canvas;
  }

  /** The area between the axes, in CSS pixels of the element. */
  get area(): { left: number; top: number; width: number; height: number } {
    const { offsetLeft: left, offsetTop: top, clientWidth: width, clientHeight: height } = this.#uplot.over;
    return { left, top, width, height };
  }

  /** Place of a value in CSS pixels from the left of the area. */
  left(x: number): number {
    return this.#uplot.valToPos(x, 'x');
  }

  top(y: number): number {
    return this.#uplot.valToPos(y, 'y');
  }

  /** Draws the crosshair at x, or takes it away. */
  cross(x: number | null, dots: readonly Dot[]): void {
    const { width, height } = this.area;
    const ratio = devicePixelRatio;
    const canvas = this.#crosshair;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const ctx = canvas.getContext('2d')!;
    ctx.clearRect(0, 0, canvas.width, canvas.height);
    const { theme, x: range, y, logY } = this.#view;
    if (x === null || x < range.min || x > range.max) return;
    const frame: Frame = {
      left: 0,
      top: 0,
      width: canvas.width,
      height: canvas.height,
      ratio,
      x: range,
      y,
      logY,
    };
    const { px, py } = project(frame);
    ctx.strokeStyle = theme.muted;
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    const at = Math.round(px(x)) + 0.5;
    ctx.beginPath();
    ctx.moveTo(at, 0);
    ctx.lineTo(at, canvas.height);
    ctx.stroke();
    ctx.setLineDash([]);
    for (const dot of dots) {
      ctx.beginPath();
      ctx.arc(px(dot.x), py(dot.y), (dot.isStrong ? 4.5 : 3) * ratio, 0, 2 * Math.PI);
      ctx.fillStyle = dot.colour;
      ctx.fill();
      ctx.strokeStyle = theme.background;
      ctx.stroke();
    }
  }

  destroy(): void {
    this.#uplot.destroy();
  }

  #create(): uPlot {
    const view = this.#view;
    const uplot = new uPlot(this.#options(view), cornersOf(view), this.#element);
    const { over } = uplot;
    over.append(this.#crosshair);
    over.addEventListener('pointermove', (event) => {
      this.#events.onHover({ x: uplot.posToVal(event.offsetX, 'x'), top: event.offsetY });
    });
    over.addEventListener('pointerleave', () => this.#events.onHover(null));
    over.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        this.#events.onWheel(
          uplot.posToVal(event.offsetX, 'x'),
          1.0015 ** Math.max(-200, Math.min(200, event.deltaY)),
        );
      },
      { passive: false },
    );
    return uplot;
  }

  #options({ theme, xAxis, logY }: PlotView): uPlot.Options {
    const font = `11px ${theme.fontFamily}`;
    const line = { stroke: theme.grid, width: 1 };
    const common: uPlot.Axis = { stroke: theme.muted, font, grid: line, ticks: { show: false }, gap: 6 };
    return {
      ...this.#size,
      ms: 1,
      padding: [8, 18, 0, 0],
      legend: { show: false },
      cursor: {
        x: false,
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 5 },
        bind: {
          dblclick: () => () => {
            this.#events.onReset();
            return null;
          },
        },
      },
      scales: {
        x: { time: xAxis === 'time', range: () => [this.#view.x.min, this.#view.x.max] },
        y: { distr: logY ? 3 : 1, range: () => [this.#view.y.min, this.#view.y.max] },
      },
      axes: [
        { ...common, ...xLabels(xAxis), size: 24, grid: { show: false }, border: { show: true, ...line } },
        {
          ...common,
          ...yLabels(logY),
          size: (self, labels: string[] | null) => {
            const ctx = self.ctx;
            ctx.save();
            ctx.font = `${11 * devicePixelRatio}px ${theme.fontFamily}`;
            const widest = Math.max(0, ...(labels ?? []).map((label) => ctx.measureText(label ?? '').width));
            ctx.restore();
            // Most charts get the same width, so that their left edges are in line.
            return Math.max(50, Math.ceil(widest / devicePixelRatio) + 14);
          },
        },
      ],
      series: [{}, { scale: 'y', paths: () => null, points: { show: false } }],
      hooks: {
        draw: [(self) => this.#drawLines(self)],
        setSelect: [(self) => this.#select(self)],
      },
    };
  }

  #drawLines(self: uPlot): void {
    const { x, y, logY, lines, highlighted, theme } = this.#view;
    const frame: Frame = { ...self.bbox, ratio: devicePixelRatio, x, y, logY };
    drawLines(self.ctx, frame, lines, highlighted, theme, this.#paths);
  }

  #select(self: uPlot): void {
    const { left, width } = self.select;
    if (width === 0) return;
    const range = { min: self.posToVal(left, 'x'), max: self.posToVal(left + width, 'x') };
    self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (width >= 5) this.#events.onSelect(range);
  }
}

/** uPlot is given the corners of the view as its data, and draws nothing of them. */
function cornersOf({ x, y }: PlotView): uPlot.AlignedData {
  return [
    [x.min, x.max],
    [y.min, y.max],
  ];
}

const WHOLE_STEPS = Array.from({ length: 16 }, (_, i) => [1, 2, 5].map((digit) => digit * 10 ** i)).flat();

function xLabels(axis: XAxis): uPlot.Axis {
  switch (axis) {
    case 'step':
      return {
        space: 60,
        incrs: WHOLE_STEPS,
        values: (_self, splits, _axis, _space, distance) => splits.map((step) => formatTick(step, distance)),
      };
    case 'relative':
      return { space: 56, incrs: DURATION_STEPS, values: (_self, splits) => splits.map(formatDuration) };
    case 'time':
      return {
        space: 72,
        values: (_self, splits, _axis, _space, distance) => formatTimeTicks(splits, distance),
      };
    default:
      return {
        space: 60,
        values: (_self, splits, _axis, _space, distance) =>
          splits.map((value) => formatTick(value, distance)),
      };
  }
}

function yLabels(log: boolean): uPlot.Axis {
  if (log)
    return {
      splits: (self, _axis, min, max) => logTicks({ min, max }, self.over.clientHeight / 24 || 6),
      filter: (_self, splits) => splits,
      values: (_self, splits) => splits.map(formatLogTick),
    };
  return {
    space: 32,
    values: (_self, splits, _axis, _space, distance) => splits.map((value) => formatTick(value, distance)),
  };
}
