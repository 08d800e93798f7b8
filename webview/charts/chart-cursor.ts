import { titleOf } from './chart-id.js';
import { nearestIndex, xAt } from './curve.js';
import { formatDifference, formatValue } from './format.js';
import type { ChartLine } from './lines.js';
import type { ChartsModel } from './model.js';
import { colourClass, colourOf } from './palette.js';
import type { Plot, PlotView } from './plot.js';
import { nearestRow, type Row, rowsAt, shown } from './readout.js';
import { DISTANCE, placeCompanion, placeMain } from './tooltip-place.js';
import { formatX, type Readout, readoutText, renderTooltip } from './tooltip.js';
import { t } from '../shared/l10n.js';

/** How near the pointer must be to a line to highlight it, in CSS pixels. */
const REACH_PX = 40;
/** How far from the cursor a curve may end and still be read, in CSS pixels. */
const END_REACH_PX = 8;
const ROW_HEIGHT_PX = 18;
/** Rows of the tooltips of the other charts: enough to compare, few enough to see the curves. */
const COMPANION_ROWS = 4;
/** In plots that are narrower, in CSS pixels, they have colours and values only; the chart at the pointer names the colours. */
const NAMED_FROM_PX = 400;
/** With more lines only the highlighted one has a dot, since a column of dots hides what it marks. */
const MOST_DOTS = 12;
/** The lines that are announced when none is highlighted. */
const SPOKEN_ROWS = 5;

/** What a chart showed when it was drawn last. */
export interface Drawn {
  view: PlotView;
  lines: readonly ChartLine[];
}

/** The crosshair of one chart and its readout: dots on the lines, tooltip, announcements, copied text. */
export class ChartCursor {
  readonly #element: HTMLElement;
  readonly #chart: string;
  readonly #model: ChartsModel;
  readonly #plot: Plot;
  #drawn: Drawn | undefined;
  #rows: Row[] = [];

  constructor(element: HTMLElement, chart: string, model: ChartsModel, plot: Plot) {
    this.#element = element;
    this.#chart = chart;
    this.#model = model;
    this.#plot = plot;
  }

  drawn(drawn: Drawn): void {
    this.#drawn = drawn;
    this.show();
  }

  /** Brings the chart up to the cursor and the highlighted entry of the model. */
  show(): void {
    if (!this.#drawn) return;
    const { view, lines } = this.#drawn;
    const { cursor } = this.#model;
    const isHere = cursor !== null && cursor.x >= view.x.min && cursor.x <= view.x.max;
    const reach = ((view.x.max - view.x.min) / this.#plot.columns) * END_REACH_PX;
    this.#rows = isHere ? rowsAt(lines, cursor.x, reach) : [];
    this.#plot.cross(isHere ? cursor.x : null, this.#dots(view));
    this.#showLatest(lines);
    const tooltip = this.#element.querySelector<HTMLElement>('.tooltip')!;
    const isEmpty = this.#rows.length === 0;
    if (tooltip.hidden !== isEmpty) tooltip.hidden = isEmpty;
    if (!cursor || isEmpty) return;
    const isOrigin = cursor.key === this.#chart;
    const room = Math.max(1, Math.floor((this.#plot.area.height - 34) / ROW_HEIGHT_PX));
    renderTooltip(tooltip, {
      ...this.#readout(cursor.x),
      limit: isOrigin ? room : Math.min(room, COMPANION_ROWS),
      isFull: isOrigin,
    });
    this.#place(tooltip, cursor.x, isOrigin);
    if (isOrigin && cursor.spoken) this.#speak(cursor.x);
  }

  /** The pointer is there, or gone. */
  hover(at: { x: number; top: number } | null): void {
    if (!at) {
      this.clear();
      return;
    }
    this.#model.setCursor({ x: at.x, key: this.#chart, spoken: false });
    const distance = (row: Row) => Math.abs(this.#plot.top(shown(row)) - at.top);
    this.#model.legend.highlight(nearestRow(this.#rows, distance, REACH_PX)?.line.entry.id);
  }

  clear(): void {
    if (this.#model.cursor?.key !== this.#chart) return;
    this.#model.setCursor(null);
    this.#model.legend.highlight(undefined);
  }

  put(x: number): void {
    this.#model.setCursor({ x, key: this.#chart, spoken: true });
  }

  /** Moves to the next point of the highlighted line that is at least so many pixels away. */
  move(by: number): void {
    if (!this.#drawn) return;
    const { lines, view } = this.#drawn;
    const { cursor, legend } = this.#model;
    const curve = (lines.find(({ entry }) => entry.id === legend.highlighted) ?? lines[0])?.curve;
    if (!curve) return;
    if (!cursor) {
      this.put(by > 0 ? view.x.min : view.x.max);
      return;
    }
    const direction = Math.sign(by);
    const least = ((view.x.max - view.x.min) / this.#plot.columns) * Math.abs(by);
    const last = direction > 0 ? curve.length - 1 : 0;
    let index = nearestIndex(curve, cursor.x);
    const start = xAt(curve, index);
    while (index !== last && Math.abs(xAt(curve, index) - start) < least) index += direction;
    this.put(Math.min(view.x.max, Math.max(view.x.min, xAt(curve, index))));
  }

  /** Highlights the entry whose value is the next smaller (1) or greater (-1). */
  nextRun(by: 1 | -1): void {
    if (this.#rows.length === 0) return;
    const at = this.#rows.findIndex(({ line }) => line.entry.id === this.#model.legend.highlighted);
    const next = at < 0 ? 0 : Math.min(this.#rows.length - 1, Math.max(0, at + by));
    this.#model.legend.highlight(this.#rows[next]!.line.entry.id);
  }

  copy(): void {
    const { cursor } = this.#model;
    if (cursor)
      this.#model.ask({ type: 'copy', text: readoutText(this.#readout(cursor.x), titleOf(this.#chart)) });
  }

  #dots(view: PlotView) {
    return this.#rows
      .filter((row) => this.#rows.length <= MOST_DOTS || row.line.entry.id === this.#model.legend.highlighted)
      .filter((row) => Number.isFinite(shown(row)) && Number.isFinite(view.scale.height(shown(row))))
      .map((row) => ({
        x: row.x,
        y: shown(row),
        colour: colourOf(row.line.look, view.theme),
        isStrong: row.line.entry.id === this.#model.legend.highlighted,
      }));
  }

  #readout(x: number): Readout {
    const { legend, settings, xAxis } = this.#model;
    const { highlighted } = legend;
    const main = this.#rows.find(({ line }) => line.entry.id === highlighted) ?? this.#rows[0];
    const isStepless = main?.line.curve.isStepless ?? false;
    return { xAxis, x: main?.x ?? x, isStepless, rows: this.#rows, highlighted, band: settings.band };
  }

  /** Without a cursor the newest value, if there is only one line. */
  #showLatest(lines: readonly ChartLine[]): void {
    const { legend, cursor } = this.#model;
    const own = lines.filter(({ entry }) => entry.id === legend.highlighted);
    const line = own.length === 1 ? own[0] : lines.length === 1 ? lines[0] : undefined;
    const curve = cursor ? undefined : line?.curve;
    const latest = this.#element.querySelector('.latest')!;
    const text = curve ? formatValue((curve.smooth ?? curve.y)[curve.length - 1]!) : '';
    // Setting the same content again would make the browser redo the layout.
    if (latest.textContent !== text) latest.textContent = text;
    const kind = `latest ${curve && lines.length > 1 ? colourClass(line!.look) : ''}`;
    if (latest.className !== kind) latest.className = kind;
  }

  #place(tooltip: HTMLElement, x: number, isOrigin: boolean): void {
    const { area, size } = this.#plot;
    const at = area.left + this.#plot.left(x);
    const { left } = this.#element.querySelector('.plot')!.getBoundingClientRect();
    const page = { left: -left, right: document.documentElement.clientWidth - left };
    const around = { at, area, width: size.width, page };
    const needed = () => {
      tooltip.style.maxWidth = 'none';
      return tooltip.offsetWidth;
    };
    tooltip.classList.toggle('companion', !isOrigin);
    tooltip.classList.toggle('brief', !isOrigin && area.width < NAMED_FROM_PX);
    const { isRight, maxWidth } = isOrigin ? placeMain(around, needed) : placeCompanion(around);
    tooltip.style.maxWidth = `${Math.round(maxWidth)}px`;
    tooltip.style.transform = isRight
      ? `translate(${Math.round(at + DISTANCE)}px, ${area.top + 4}px)`
      : `translate(calc(${Math.round(at - DISTANCE)}px - 100%), ${area.top + 4}px)`;
  }

  #speak(x: number): void {
    const readout = this.#readout(x);
    const main = readout.rows.find(({ line }) => line.entry.id === readout.highlighted);
    const said = main ? [main] : readout.rows.slice(0, SPOKEN_ROWS);
    const values = said.map((row) => {
      const { name } = row.line;
      const value = formatValue(shown(row));
      return row.difference === undefined
        ? `${name} ${value}`
        : t('{0} {1} ({2} to baseline)', name, value, formatDifference(row.difference));
    });
    const live = this.#element.querySelector('[aria-live]')!;
    live.textContent = `${formatX(readout.x, readout.xAxis, readout.isStepless)}: ${values.join(', ')}`;
  }
}
