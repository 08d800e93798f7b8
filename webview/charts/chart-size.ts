import { html, type TemplateResult } from 'lit';
import type { ChartSize } from '../../src/panels/messages.js';
import { segmented } from '../controls/segmented.js';
import type { Arrangement } from './arrangement.js';
import { t } from '../shared/l10n.js';

const SIZES = {
  small: { width: 230, height: 140 },
  medium: { width: 330, height: 208 },
  large: { width: 560, height: 340 },
} as const satisfies Record<string, ChartSize>;
type SizeName = keyof typeof SIZES;

const CHOICES: readonly { value: SizeName; label: string; title: string }[] = [
  { value: 'small', label: 'S', title: t('Small charts') },
  { value: 'medium', label: 'M', title: t('Medium charts') },
  { value: 'large', label: 'L', title: t('Large charts') },
];

const LEAST_PX = 100;
const MOST_PX = 1200;

/** The size of all charts; how many stand side by side follows from the width of the panel. */
export function sizeControl(arrangement: Arrangement): TemplateResult {
  const { width, height } = arrangement.size;
  const chosen = CHOICES.find(({ value }) => SIZES[value].width === width && SIZES[value].height === height);
  return segmented({
    name: 'chart-size',
    label: t('Size'),
    options: CHOICES,
    value: chosen?.value,
    onChange: (value) => arrangement.resize(SIZES[value]),
  });
}

/** Gives charts below `page` their size. */
export function applySize(page: HTMLElement, { width, height }: ChartSize): void {
  page.style.setProperty('--chart-width', `${width}px`);
  page.style.setProperty('--chart-height', `${height}px`);
}

export function resizeBy(arrangement: Arrangement, pixels: number): void {
  arrangement.resize({ height: bounded(arrangement.size.height + pixels) });
}

/** The lower edge of a chart: it takes all charts along. By keyboard: Alt+Shift+Up and Down (reorder.ts). */
export function resizeHandle(arrangement: Arrangement): TemplateResult {
  return html`<div
    class="resizer"
    aria-hidden="true"
    title=${t('Drag to resize all charts, double-click for the default size')}
    @pointerdown=${(event: PointerEvent) => event.button === 0 && drag(event, arrangement)}
    @dblclick=${() => arrangement.resize(SIZES.medium)}
  ></div>`;
}

function drag(down: PointerEvent, arrangement: Arrangement): void {
  const handle = down.currentTarget as HTMLElement;
  const chart = handle.parentElement!;
  const page = handle.closest<HTMLElement>('ty-charts')!;
  const before = arrangement.size;
  const top = chart.getBoundingClientRect().top;
  let height = before.height;
  const listening = new AbortController();
  const { signal } = listening;
  handle.setPointerCapture(down.pointerId);
  handle.addEventListener(
    'pointermove',
    (event) => {
      height = bounded(before.height + event.clientY - down.clientY);
      applySize(page, { ...before, height });
      // The rows above grow too: the chart stays under the pointer.
      scrollBy(0, chart.getBoundingClientRect().top - top);
    },
    { signal },
  );
  const end = (keep: boolean) => {
    listening.abort();
    if (!keep) applySize(page, before);
    else if (height !== before.height) arrangement.resize({ height });
  };
  handle.addEventListener('pointerup', () => end(true), { signal });
  handle.addEventListener('pointercancel', () => end(false), { signal });
  addEventListener('keydown', (event) => event.key === 'Escape' && end(false), { signal });
}

function bounded(height: number): number {
  return Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, height)));
}
