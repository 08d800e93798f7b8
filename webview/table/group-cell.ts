import { html, nothing } from 'lit';
import { wordText } from './cell.js';
import { type Column, columnOf } from './columns.js';
import { type CellContent, looks } from './drawn.js';
import { meanText, spreadText } from './mean.js';
import type { TableModel } from './model.js';
import { BEST } from './run-cell.js';
import { t } from '../shared/l10n.js';

/** The first cell of the head of a group: its value, and how many runs it has. */
export function groupLabel({ view, layout }: TableModel, group: number): CellContent {
  const { value, rows } = view.groups![group]!;
  const by = columnOf(layout.group!);
  const shown = value === undefined ? t('No {0}', by.label.toLowerCase()) : wordText(by.id, value);
  return {
    look: looks('label', 'long'),
    content: html`<span class="twistie"
        ><i class="icon icon-chevron-${view.isCollapsed(value) ? 'right' : 'down'}"></i></span
      ><span class=${value === undefined ? 'value none' : 'value'}>${shown}</span>
      <span class="count">${rows.length}<span class="visually-hidden"> ${t('runs')}</span></span>`,
  };
}

/** What the runs of a group come to in a column: the mean of its numbers, or the text that all have. */
export function groupCell({ view }: TableModel, { id }: Column, group: number): CellContent {
  const summary = view.summary(id);
  const hasMean = summary?.mean.isSet[group] === 1;
  const mean = summary?.mean.values[group] ?? NaN;
  const deviation = summary?.deviation[group] ?? NaN;
  const isBest = hasMean && view.isBestGroup(id, group);
  const common = summary ? undefined : view.common(id, group);
  return {
    look: looks(view.isNumber(id) && 'number', isBest && 'best', 'long'),
    content: hasMean
      ? html`${isBest ? BEST : nothing}<span>${meanText(id, mean, deviation)}</span
          ><span class="spread">${spreadText(id, mean, deviation)}</span>`
      : common === undefined
        ? ''
        : wordText(id, common),
  };
}
