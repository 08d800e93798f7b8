import { html, nothing, render, type TemplateResult } from 'lit';
import type { ChartRun, XAxis } from '../../src/extension/panels/messages.js';
import { formatDuration, formatStep, formatTime, formatValue } from './format.js';
import type { RunLook } from './palette.js';
import { type Row, shown, windowOf } from './readout.js';

/** What is read at a place of a chart. */
export interface Readout {
  xAxis: XAxis;
  x: number;
  rows: readonly Row[];
  highlighted: string | undefined;
  run: (id: string) => ChartRun | undefined;
}

export interface TooltipContent extends Readout {
  look: (id: string) => RunLook;
  /** Rows there is room for. */
  limit: number;
  /** Of the chart that the cursor is on; the others give the values that their lines show. */
  isFull: boolean;
}

export function formatX(x: number, axis: XAxis): string {
  switch (axis) {
    case 'step':
      return `Step ${formatStep(Math.round(x))}`;
    case 'relative':
      return formatDuration(x);
    case 'time':
      return formatTime(x);
  }
}

export function renderTooltip(element: HTMLElement, content: TooltipContent | null): void {
  render(content ? template(content) : nothing, element);
}

function template({ xAxis, x, rows, highlighted, run, look, limit, isFull }: TooltipContent): TemplateResult {
  const visible = windowOf(rows, highlighted, limit);
  const hasSmooth = rows.some((row) => row.smooth !== undefined);
  return html`
    <div class="tooltip-head">${formatX(x, xAxis)}</div>
    ${hasSmooth && isFull ? html`<div class="tooltip-columns"><span>smoothed</span><span>value</span></div>` : nothing}
    ${more(visible.above)}
    ${visible.rows.map(
      (row) => html`
        <div class="tooltip-row ${row.runId === highlighted ? 'strong' : ''}">
          <span class="swatch run-${look(row.runId).colour} dash-${look(row.runId).dash}"></span>
          <span class="tooltip-name">${run(row.runId)?.name}</span>
          <span class="tooltip-value">${formatValue(shown(row))}</span>
          ${hasSmooth && isFull ? html`<span class="tooltip-raw">${formatValue(row.value)}</span>` : nothing}
        </div>
      `,
    )}
    ${more(visible.below)}
  `;
}

function more(count: number): TemplateResult | typeof nothing {
  return count > 0 ? html`<div class="tooltip-more">${count} more</div>` : nothing;
}

/** The readout as text: for the clipboard, tab-separated as a spreadsheet takes it. */
export function readoutText(content: Readout, key: string): string {
  const lines = content.rows.map((row) =>
    [content.run(row.runId)?.name ?? row.runId, String(row.x), String(row.value)].join('\t'),
  );
  return [['run', content.xAxis, key].join('\t'), ...lines].join('\n');
}
