import { html, nothing, render, type TemplateResult } from 'lit';
import type { Band, XAxis } from '../../src/panels/messages.js';
import { axisMetric } from './axes.js';
import { formatDifference, formatDuration, formatStep, formatTime, formatValue } from './format.js';
import { swatchClass } from './palette.js';
import { type Row, shown, windowOf } from './readout.js';
import { t } from '../shared/l10n.js';

/** The readout at a position of a chart. */
export interface Readout {
  xAxis: XAxis;
  x: number;
  /** Of the line that x is read from. */
  isStepless?: boolean;
  rows: readonly Row[];
  /** The highlighted entry. */
  highlighted: string | undefined;
  band: Band;
}

export interface TooltipContent extends Readout {
  /** Rows there is room for. */
  limit: number;
  /** Of the chart that the cursor is on; the others give the values that their lines show. */
  isFull: boolean;
}

/** @param isStepless see Curve */
export function formatX(x: number, axis: XAxis, isStepless = false): string {
  const metric = axisMetric(axis);
  if (metric !== undefined) return `${metric} ${formatValue(x)}`;
  if (axis === 'relative') return formatDuration(x * 1000);
  if (axis === 'time') return formatTime(x);
  const place = formatStep(Math.round(x));
  return isStepless ? t('Point {0} in order of logging', place) : t('Step {0}', place);
}

export function renderTooltip(element: HTMLElement, content: TooltipContent | null): void {
  render(content ? template(content) : nothing, element);
}

/** A column behind the names. Most charts have one: the values. */
interface Column {
  title: string;
  isMuted?: boolean;
  text: (row: Row) => string;
}

/** The columns that the rows have something for. */
export function columnsOf({
  rows,
  band,
  isFull,
}: Pick<TooltipContent, 'rows' | 'band' | 'isFull'>): Column[] {
  const has = (what: (row: Row) => unknown) => isFull && rows.some((row) => what(row) !== undefined);
  const hasGroups = has(({ group }) => group);
  const hasSmooth = has(({ smooth }) => smooth);
  const columns: Column[] = [
    {
      title: hasGroups ? 'mean' : hasSmooth ? 'smoothed' : 'value',
      text: (row) => formatValue(shown(row)),
    },
  ];
  if (hasSmooth && !hasGroups)
    columns.push({ title: t('value'), isMuted: true, text: ({ value }) => formatValue(value) });
  if (hasGroups && band !== 'none')
    columns.push({
      title: band === 'range' ? t('range') : t('± SD'),
      isMuted: true,
      text: ({ group }) => (group ? bandText(group, band) : ''),
    });
  if (hasGroups)
    columns.push({
      title: t('runs'),
      isMuted: true,
      text: ({ group }) => (group ? String(group.count) : ''),
    });
  if (has(({ difference }) => difference))
    columns.push({
      title: t('Δ baseline'),
      isMuted: true,
      text: ({ difference }) => (difference === undefined ? '' : formatDifference(difference)),
    });
  return columns;
}

function bandText({ low, high }: NonNullable<Row['group']>, band: Band): string {
  return band === 'range'
    ? `${formatValue(low)} – ${formatValue(high)}`
    : formatValue(Number(((high - low) / 2).toPrecision(3)));
}

function template(content: TooltipContent): TemplateResult {
  const { xAxis, x, isStepless, rows, highlighted, limit } = content;
  const visible = windowOf(rows, highlighted, limit);
  const columns = columnsOf(content);
  return html`
    <div class="tooltip-head">${formatX(x, xAxis, isStepless)}</div>
    ${
      columns.length > 1
        ? html`<div class="tooltip-columns">
            <span></span><span></span>${columns.map(({ title }) => html`<span>${title}</span>`)}
          </div>`
        : nothing
    }
    ${more(visible.above)}
    ${visible.rows.map(
      (row) => html`
        <div class="tooltip-row ${row.line.entry.id === highlighted ? 'strong' : ''}">
          <span class=${swatchClass(row.line.look)}></span>
          <span class="tooltip-name">${row.line.name}</span>
          ${columns.map(
            ({ text, isMuted }) =>
              html`<span class=${isMuted ? 'tooltip-raw' : 'tooltip-value'}>${text(row)}</span>`,
          )}
        </div>
      `,
    )}
    ${more(visible.below)}
  `;
}

function more(count: number): TemplateResult | typeof nothing {
  return count > 0 ? html`<div class="tooltip-more">${t('{0} more', count)}</div>` : nothing;
}

/** The readout as text: for the clipboard, tab-separated as a spreadsheet takes it. */
export function readoutText({ rows, xAxis, band }: Readout, title: string): string {
  const hasGroups = rows.some(({ group }) => group);
  const hasDifference = rows.some(({ difference }) => difference !== undefined);
  const isByOrder = xAxis === 'step' && rows.every(({ line }) => line.curve.isStepless);
  const head = ['run', isByOrder ? 'order' : (axisMetric(xAxis) ?? xAxis), title];
  if (hasGroups) head.push('low', 'high', 'runs');
  if (hasDifference) head.push('to baseline');
  const lines = rows.map((row) => {
    const cells = [row.line.name, String(row.x), String(row.value)];
    const { low, high, count } = row.group ?? {};
    if (hasGroups) {
      const ends = band === 'none' ? ['', ''] : [low, high];
      cells.push(...[...ends, count].map((cell) => String(cell ?? '')));
    }
    if (hasDifference) cells.push(String(row.difference ?? ''));
    return cells.join('\t');
  });
  return [head.join('\t'), ...lines].join('\n');
}
