import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { TyChart } from './chart.js';
import { resizeBy } from './chart-size.js';
import type { ChartsModel } from './model.js';
import { t } from '../shared/l10n.js';

/** Less than this is a click. */
const THRESHOLD_PX = 4;
/** So near to the edge of the window the page scrolls along. */
const EDGE_PX = 48;
const SCROLL_PX = 14;
const RESIZE_PX = 16;

type Page = ReactiveControllerHost & HTMLElement & { model: ChartsModel };

interface Place {
  /** The chart that it is put before; null: at the end of the section. */
  before: string | null;
  /** Where the mark is drawn. */
  beside: TyChart;
  edge: 'start' | 'end';
}

/**
 * Moves charts within their section: by dragging the header, or with Alt and an arrow key on a focused chart. Uses
 * pointer events, because the editor keeps native drags from webviews.
 */
export class Reorder implements ReactiveController {
  readonly #page: Page;
  #dragging: AbortController | undefined;

  constructor(page: Page) {
    this.#page = page;
    page.addController(this);
    page.addEventListener('pointerdown', (event) => this.#pointerdown(event));
    page.addEventListener('keydown', (event) => this.#keydown(event));
  }

  hostDisconnected(): void {
    this.#dragging?.abort();
  }

  #pointerdown(down: PointerEvent): void {
    const target = down.target as Element;
    if (down.button !== 0 || !target.closest('ty-chart header') || target.closest('button')) return;
    const chart = target.closest<TyChart>('ty-chart')!;
    const grid = chart.closest<HTMLElement>('.grid');
    if (!grid) return;
    this.#dragging?.abort();
    const dragging = new AbortController();
    this.#dragging = dragging;
    const { signal } = dragging;
    let place: Place | undefined;
    let at: { x: number; y: number } | undefined;

    const frame = () => {
      if (signal.aborted || !at) return;
      const by = at.y < EDGE_PX ? -SCROLL_PX : at.y > innerHeight - EDGE_PX ? SCROLL_PX : 0;
      if (by !== 0) scrollBy(0, by);
      place = placeAt(at, grid, chart);
      mark(grid, place);
      requestAnimationFrame(frame);
    };
    addEventListener(
      'pointermove',
      (event) => {
        if (!at) {
          if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < THRESHOLD_PX) return;
          // The chart takes no pointer of its own meanwhile.
          document.body.classList.add('reordering');
          chart.classList.add('dragged');
          requestAnimationFrame(frame);
        }
        at = { x: event.clientX, y: event.clientY };
      },
      { signal },
    );
    signal.addEventListener('abort', () => {
      document.body.classList.remove('reordering');
      chart.classList.remove('dragged');
      mark(grid, undefined);
    });
    addEventListener(
      'pointerup',
      () => {
        if (at) place = placeAt(at, grid, chart);
        dragging.abort();
        if (place) this.#move(chart, place.before);
      },
      { signal },
    );
    for (const type of ['pointercancel', 'blur'] as const)
      addEventListener(type, () => dragging.abort(), { signal });
    addEventListener('keydown', (event) => event.key === 'Escape' && dragging.abort(), { signal });
  }

  #keydown(event: KeyboardEvent): void {
    if (!event.altKey || event.ctrlKey || event.metaKey || !event.key.startsWith('Arrow')) return;
    const chart = (event.target as Element).closest<TyChart>('ty-chart');
    const grid = chart?.closest<HTMLElement>('.grid');
    if (!chart || !grid) return;
    event.preventDefault();
    // The editor goes back and forth with these keys.
    event.stopPropagation();
    const isUpOrDown = event.key === 'ArrowUp' || event.key === 'ArrowDown';
    const sign = event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : 1;
    if (event.shiftKey) {
      if (isUpOrDown) resizeBy(this.#page.model.arrangement, sign * RESIZE_PX);
      return;
    }
    const charts = chartsOf(grid);
    const from = charts.indexOf(chart);
    const to = Math.max(0, Math.min(charts.length - 1, from + sign * (isUpOrDown ? columnsOf(grid) : 1)));
    if (to === from) return;
    // Before the one that stands there, or behind it on the way down.
    this.#move(chart, charts[to > from ? to + 1 : to]?.chart ?? null);
    void this.#page.updateComplete.then(() => {
      chart.querySelector<HTMLElement>('.plot')?.focus();
      chart.scrollIntoView({ block: 'nearest' });
      chart.querySelector('[aria-live]')!.textContent = t(
        '{0}: {1} of {2}',
        chart.chart,
        to + 1,
        charts.length,
      );
    });
  }

  #move(chart: TyChart, before: string | null): void {
    const { model } = this.#page;
    const prefix = chart.closest<HTMLElement>('.grid')?.dataset['section'];
    if (prefix !== undefined) model.sections.move(prefix, chart.chart, before);
  }
}

function chartsOf(grid: Element): TyChart[] {
  return [...grid.querySelectorAll<TyChart>('ty-chart')];
}

function columnsOf(grid: Element): number {
  return getComputedStyle(grid).gridTemplateColumns.split(' ').length;
}

/** Undefined where nothing would change. */
function placeAt({ x, y }: { x: number; y: number }, grid: Element, dragged: TyChart): Place | undefined {
  const beside = document.elementsFromPoint(x, y).find((element) => element.localName === 'ty-chart');
  if (!beside || beside === dragged || beside.closest('.grid') !== grid) return undefined;
  const charts = chartsOf(grid);
  const chart = beside as TyChart;
  const box = chart.getBoundingClientRect();
  const isStart = columnsOf(grid) === 1 ? y < box.top + box.height / 2 : x < box.left + box.width / 2;
  const next = charts[charts.indexOf(chart) + 1];
  const before = isStart ? chart : next;
  // Beside itself it stands already.
  if (before === dragged || (before && charts[charts.indexOf(before) - 1] === dragged)) return undefined;
  if (!before && charts.at(-1) === dragged) return undefined;
  return { before: before?.chart ?? null, beside: chart, edge: isStart ? 'start' : 'end' };
}

function mark(grid: HTMLElement, place: Place | undefined): void {
  grid.classList.toggle('one-column', columnsOf(grid) === 1);
  for (const chart of chartsOf(grid)) {
    chart.classList.toggle('drop-start', chart === place?.beside && place.edge === 'start');
    chart.classList.toggle('drop-end', chart === place?.beside && place.edge === 'end');
  }
}
