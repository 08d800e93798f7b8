import type { Theme } from '../shared/theme.js';
import { type Axes, type AxesView, layoutAxes } from './axis-layout.js';
import { CanvasSurface } from './canvas-surface.js';
import { areFew, drawLines, type Drawings, type Line } from './draw.js';
import { drawAxes } from './draw-axes.js';
import { type Box, type Frame, project, type Projection, xOf } from './frame.js';
import { watchGestures } from './gestures.js';
import { changedFrom, endOf } from './growth.js';
import type { Range } from './range.js';
import { circle, hairline, type Surface } from './surface.js';

/** The input of a drawing of a chart. */
export interface PlotView extends AxesView {
  lines: readonly Line[];
  /** Id of the highlighted line. */
  highlighted: string | undefined;
  theme: Theme;
}

export interface PlotEvents {
  /** The pointer is at this x of the axis and this height in CSS pixels from the top, or left. */
  onHover(at: { x: number; top: number } | null): void;
  onSelect(range: Range): void;
  onReset(): void;
  /** More than 1 to see more. */
  onZoom(center: number, factor: number): void;
  /** The axis is to begin and end so much later. */
  onPan(by: number): void;
  /** Its traces are for the width that was. */
  onResize(): void;
}

/** A place that the crosshair marks on a line. */
export interface Dot {
  x: number;
  y: number;
  colour: string;
  isStrong: boolean;
}

/** CSS pixels by which a line reaches back from a vertex: half its width, and the dot that was there. */
const JOINT = 5;

/** Draws a chart into a box of any surface. */
export function drawPlot(
  surface: Surface,
  axes: Axes,
  view: PlotView,
  drawings: Drawings = { paths: new Map() },
): void {
  drawAxes(surface, axes, view.theme);
  drawLines(surface, axes.frame, view.lines, view.highlighted, view.theme, drawings);
}

/**
 * One chart on the screen, as large as its element: a canvas for the lines, one for the crosshair, and an input area.
 */
export class Plot {
  readonly #root = document.createElement('div');
  readonly #canvas = document.createElement('canvas');
  readonly #crosshair = document.createElement('canvas');
  readonly #area = document.createElement('div');
  readonly #events: PlotEvents;
  readonly #observer = new ResizeObserver(([entry]) => this.#resize(entry!));
  #view: PlotView;
  #axes: Axes;
  #places: Projection;
  #drawings: Drawings = { paths: new Map() };
  #isCrossed = false;
  #ratio = devicePixelRatio;

  constructor(element: HTMLElement, view: PlotView, events: PlotEvents) {
    this.#events = events;
    this.#view = view;
    this.#root.className = 'plot-view';
    this.#crosshair.className = 'crosshair';
    this.#area.className = 'plot-area';
    const selection = document.createElement('div');
    selection.className = 'plot-selection';
    selection.hidden = true;
    this.#area.append(selection);
    this.#root.append(this.#canvas, this.#crosshair, this.#area);
    element.append(this.#root);
    watchGestures(this.#area, selection, {
      onHover: (at) => events.onHover(at && { x: this.#xAt(at.left), top: at.top }),
      onSelect: (from, to) => events.onSelect({ min: this.#xAt(from), max: this.#xAt(to) }),
      onReset: () => events.onReset(),
      onZoom: (at, factor) => events.onZoom(this.#xAt(at), factor),
      onPan: (by) => events.onPan(this.#xAt(0) - this.#xAt(by)),
    });
    const { width, height } = element.getBoundingClientRect();
    this.#setPixels(Math.round(width * this.#ratio), Math.round(height * this.#ratio));
    this.#axes = this.#layout();
    this.#places = project(this.#axes.frame);
    this.#paint();
    // Whole pixels of the screen, which follow from the place on the page too; also tells of another devicePixelRatio.
    this.#observer.observe(this.#canvas, { box: 'device-pixel-content-box' });
  }

  draw(view: PlotView): void {
    const before = this.#view;
    this.#view = view;
    const from = this.#grewFrom(before);
    if (from === undefined) this.#arrange();
    else if (from < Infinity) this.#paintFrom(from);
  }

  highlight(id: string | undefined): void {
    if (this.#view.highlighted === id) return;
    this.#view = { ...this.#view, highlighted: id };
    this.#paint();
  }

  /** Width between the axes in CSS pixels. */
  get columns(): number {
    return Math.max(1, Math.round(this.#axes.frame.width));
  }

  /** The whole plot, in CSS pixels. */
  get size(): { width: number; height: number } {
    return { width: this.#canvas.width / this.#ratio, height: this.#canvas.height / this.#ratio };
  }

  /** The area between the axes, in CSS pixels of the element. */
  get area(): Box {
    return this.#axes.frame;
  }

  /** Place of a value in CSS pixels from the left of the area. */
  left(x: number): number {
    return this.#places.px(x) - this.#axes.frame.left;
  }

  top(y: number): number {
    return this.#places.py(y) - this.#axes.frame.top;
  }

  /** Draws the crosshair at x, or takes it away. */
  cross(x: number | null, dots: readonly Dot[]): void {
    const { theme, x: range } = this.#view;
    const isSeen = x !== null && x >= range.min && x <= range.max;
    // A canvas that is cleared is copied to the screen again.
    if (!isSeen && !this.#isCrossed) return;
    const surface = this.#clear(this.#crosshair);
    this.#isCrossed = isSeen;
    if (!isSeen) return;
    const { frame } = this.#axes;
    const { px, py } = this.#places;
    const { width, snap } = hairline(surface);
    const line = surface.newPath();
    line.moveTo(snap(px(x)), frame.top);
    line.lineTo(snap(px(x)), frame.top + frame.height);
    surface.stroke(line, { colour: theme.muted, width, dash: [3, 3] });
    surface.clipped(beyond(frame), () => {
      for (const dot of dots) {
        const path = surface.newPath();
        circle(path, px(dot.x), py(dot.y), dot.isStrong ? 4.5 : 3);
        surface.fill(path, dot.colour);
        surface.stroke(path, { colour: theme.background, width: 1 });
      }
    });
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#root.remove();
  }

  /** For another view or size. */
  #arrange(): void {
    this.#drawings = { paths: new Map() };
    this.#axes = this.#layout();
    this.#places = project(this.#axes.frame);
    this.#paint();
  }

  #layout(): Axes {
    const surface = this.#surface(this.#canvas);
    const axes = layoutAxes(this.#view, { left: 0, top: 0, ...this.size }, surface);
    const { left, top, width, height } = axes.frame;
    const { style } = this.#area;
    style.left = `${left}px`;
    style.top = `${top}px`;
    style.width = `${width}px`;
    style.height = `${height}px`;
    return axes;
  }

  /** Where on the axis the view differs from the one before; undefined when it does in more than its lines. */
  #grewFrom(before: PlotView): number | undefined {
    const { lines, theme, highlighted, xKind, scale, x, y } = this.#view;
    const isSame =
      before.theme === theme &&
      before.highlighted === highlighted &&
      before.xKind === xKind &&
      before.scale === scale &&
      isSameRange(before.x, x) &&
      isSameRange(before.y, y) &&
      // A point may have been the last that had its own dot.
      !lines.some(({ trace }) => areFew(trace, this.#axes.frame));
    return isSame ? changedFrom(before.lines, lines) : undefined;
  }

  /** One more point per line changes a few pixels of a chart; only these are painted. */
  #paintFrom(x: number): void {
    const { strands } = this.#drawings;
    const again = () => ({ paths: new Map(), ...(strands && { strands }) });
    this.#drawings = again();
    const surface = this.#surface(this.#canvas);
    const { width, height } = this.size;
    const left = Math.floor((this.#places.px(x) - JOINT) * this.#ratio) / this.#ratio;
    const strip = { left, top: 0, width: width - left, height };
    const begin = xOf(this.#axes.frame, left - JOINT);
    const lines = this.#view.lines.map((line) => endOf(line, begin));
    surface.clipped(strip, () => {
      surface.clear(strip);
      drawPlot(surface, this.#axes, { ...this.#view, lines }, again());
    });
  }

  #paint(): void {
    drawPlot(this.#clear(this.#canvas), this.#axes, this.#view, this.#drawings);
  }

  #resize(entry: ResizeObserverEntry): void {
    const ratio = devicePixelRatio;
    const { width: cssWidth, height: cssHeight } = entry.contentRect;
    const [pixels] = entry.devicePixelContentBoxSize;
    const width = pixelsOf(pixels!.inlineSize, cssWidth * ratio);
    const height = pixelsOf(pixels!.blockSize, cssHeight * ratio);
    const isSame = width === this.#canvas.width && height === this.#canvas.height;
    if (width === 0 || (isSame && this.#ratio === ratio)) return;
    this.#ratio = ratio;
    this.#setPixels(width, height);
    // Before the page is painted, with the traces that are there.
    this.#arrange();
    this.#events.onResize();
  }

  /** Empties both canvases. */
  #setPixels(width: number, height: number): void {
    for (const canvas of [this.#canvas, this.#crosshair]) {
      canvas.width = width;
      canvas.height = height;
    }
    this.#isCrossed = false;
  }

  #surface(canvas: HTMLCanvasElement): CanvasSurface {
    return new CanvasSurface(canvas.getContext('2d')!, this.#ratio, this.#view.theme);
  }

  #clear(canvas: HTMLCanvasElement): CanvasSurface {
    const surface = this.#surface(canvas);
    surface.clear();
    return surface;
  }

  #xAt(left: number): number {
    const { frame } = this.#axes;
    return xOf(frame, frame.left + left);
  }
}

/** If a browser emulates another screen, its physical pixels are not those of the emulated screen. */
function pixelsOf(told: number, about: number): number {
  return Math.abs(told - about) < 1 ? told : Math.round(about);
}

function isSameRange(a: Range, b: Range): boolean {
  return a.min === b.min && a.max === b.max;
}

/** Dots on the edge of the frame are whole. */
function beyond({ left, top, width, height }: Frame): Box {
  return { left: left - 6, top: top - 6, width: width + 12, height: height + 12 };
}
