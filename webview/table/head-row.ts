import { html, nothing, type TemplateResult } from 'lit';
import type { Column } from './columns.js';
import { type Drawn, isActive, looks } from './drawn.js';
import type { TableModel } from './model.js';
import { t } from '../shared/l10n.js';

/** The heads of the columns. */
export function headRow(model: TableModel, drawn: Drawn): TemplateResult {
  const { pinned, pinnedWidth, shown, first } = drawn;
  return html`<div class="row head" role="row" aria-rowindex="1">
    <div class="pins" role="presentation" .style=${`width:${pinnedWidth}px`}>
      ${pinned.map((column, i) => heading(model, column, i, drawn))}
    </div>
    ${shown.map((column, i) => heading(model, column, first + i, drawn))}
  </div>`;
}

function heading(model: TableModel, column: Column, at: number, drawn: Drawn): TemplateResult {
  const { view, layout } = model;
  const { id, label, title } = column;
  const { left, width } = drawn.boxes.get(id)!;
  const place = layout.sort.findIndex((key) => key.id === id);
  const key = layout.sort[place];
  const active = isActive(drawn, -1, id);
  return html`<div
    class=${looks(view.isNumber(id) && 'number', active && 'active')}
    role="columnheader"
    id=${active ? 'active-cell' : nothing}
    aria-colindex=${at + 1}
    aria-sort=${key ? (key.descending ? 'descending' : 'ascending') : nothing}
    data-column=${id}
    title=${title}
    .style=${`left:${left}px;width:${width}px`}
  >
    <span>${label}</span>${
      key
        ? html`<i class="icon icon-arrow-${key.descending ? 'down' : 'up'}"></i>${
              layout.sort.length > 1 ? html`<b>${place + 1}</b>` : nothing
            }`
        : nothing
    }<i class="head-menu" title=${t('Column menu')}><i class="icon icon-chevron-down"></i></i
    ><i class="border" role="presentation"></i>
  </div>`;
}
