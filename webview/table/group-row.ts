import { html, nothing, type TemplateResult } from 'lit';
import { wordText } from './cell.js';
import { type Column, columnOf, ROW_HEIGHT } from './columns.js';
import { meanText, spreadText } from './mean.js';
import type { TableModel } from './model.js';
import { BEST, type CellPlace, cells, type Drawn, isActive } from './row.js';
import { HEAD_HEIGHT } from './sight.js';

/** The head of a group: its value, how many runs it has, and what their numbers come to. */
export function groupRow(model: TableModel, group: number, at: number, drawn: Drawn): TemplateResult {
  const { view, selection, layout } = model;
  const { value, rows } = view.groups![group]!;
  const isOpen = !view.isCollapsed(value);
  const isSelected = rows.every((row) => selection.ids.has(view.store.ids[row]!));
  const by = columnOf(layout.group!);
  const [label, ...pinned] = drawn.pinned;
  const shown = value === undefined ? `No ${by.label.toLowerCase()}` : wordText(by.id, value);
  return html`<div
    class="row group ${isSelected ? 'selected' : ''}"
    role="row"
    aria-rowindex=${at + 2}
    aria-level="1"
    aria-expanded=${isOpen}
    aria-selected=${isSelected}
    data-group=${group}
    .style=${`top:${at * ROW_HEIGHT + HEAD_HEIGHT}px`}
  >
    ${
      label &&
      html`<div
        class="cell pinned label ${isActive(drawn, at, label) ? 'active' : ''}"
        role="gridcell"
        id=${isActive(drawn, at, label) ? 'active-cell' : nothing}
        aria-colindex="1"
        data-column=${label.id}
        .style=${'left:0'}
      >
        <span class="twistie"><i class="icon icon-chevron-${isOpen ? 'down' : 'right'}"></i></span
        ><span class=${value === undefined ? 'value none' : 'value'}>${shown}</span>
        <span class="count">${rows.length}<span class="visually-hidden"> runs</span></span>
      </div>`
    }
    ${cells({ ...drawn, pinned, pinnedOffsets: drawn.pinnedOffsets.slice(1) }, (column, i, style) =>
      groupCell(model, column, group, {
        at: column === drawn.shown[i - drawn.first] ? i : i + 1,
        style,
        drawn,
        isActive: isActive(drawn, at, column),
      }),
    )}
  </div>`;
}

function groupCell(
  { view }: TableModel,
  { id }: Column,
  group: number,
  { at, style, isActive: active }: CellPlace,
): TemplateResult {
  const summary = view.summary(id);
  const hasMean = summary?.mean.isSet[group] === 1;
  const mean = summary?.mean.values[group] ?? NaN;
  const deviation = summary?.deviation[group] ?? NaN;
  const isBest = hasMean && view.isBestGroup(id, group);
  const common = summary ? undefined : view.common(id, group);
  const look = [
    'cell',
    style && 'pinned',
    view.isNumber(id) && 'number',
    isBest && 'best',
    active && 'active',
  ];
  return html`<div
    class=${look.filter(Boolean).join(' ')}
    role="gridcell"
    id=${active ? 'active-cell' : nothing}
    aria-colindex=${at + 1}
    data-column=${id}
    .style=${style}
  >
    ${isBest ? BEST : nothing}${
      hasMean
        ? html`<span>${meanText(id, mean, deviation)}</span
            ><span class="spread">${spreadText(id, mean, deviation)}</span>`
        : common === undefined
          ? nothing
          : wordText(id, common)
    }
  </div>`;
}
