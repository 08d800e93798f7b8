import { html, nothing, type TemplateResult } from 'lit';
import type { ColumnId } from '../../src/extension/panels/table-messages.js';
import type { RunState } from '../../src/workspace/types.js';
import { RUN_STATES } from '../shared/run-state.js';
import { sparkline } from '../shared/sparkline.js';
import { cellText } from './cell.js';
import { type Column, LEAST_CURVE, ROW_HEIGHT } from './columns.js';
import type { TableModel } from './model.js';
import { HEAD_HEIGHT } from './sight.js';

/** Both sides of a cell. */
const PADDING = 18;
const CURVE_HEIGHT = 14;
/** Of a value beside a curve, with the mark of the best; a narrower column has the curve alone. */
const VALUE_WIDTH = 84;
const MARK_WIDTH = 15;
/** Between a curve and its value. */
const GAP = 8;

export const BEST = html`<i class="icon icon-star-full" role="img" aria-label="Best"></i>`;

/** The columns that are drawn, and where the keyboard is. */
export interface Drawn {
  pinned: readonly Column[];
  pinnedOffsets: readonly number[];
  shown: readonly Column[];
  /** Index of the first of `shown` among all. */
  first: number;
  /** Of the cell where the keyboard is; −1 is the head. */
  activeLine: number | undefined;
  activeColumn: ColumnId | undefined;
}

export function headRow(model: TableModel, drawn: Drawn): TemplateResult {
  return html`<div class="row head" role="row" aria-rowindex="1">
    ${cells(drawn, (column, at, style) => heading(model, column, { at, style, drawn }))}
  </div>`;
}

/** A run. @param at line of the table */
export function runRow(model: TableModel, row: number, at: number, drawn: Drawn): TemplateResult {
  const { view, selection } = model;
  const isSelected = selection.ids.has(view.store.ids[row]!);
  const isNested = view.groups !== undefined;
  return html`<div
    class="row ${isSelected ? 'selected' : ''} ${isNested ? 'nested' : ''}"
    role="row"
    aria-rowindex=${at + 2}
    aria-level=${isNested ? 2 : nothing}
    aria-selected=${isSelected}
    data-row=${row}
    .style=${`top:${at * ROW_HEIGHT + HEAD_HEIGHT}px`}
  >
    ${cells(drawn, (column, i, style) =>
      runCell(model, column, row, { at: i, style, drawn, isActive: isActive(drawn, at, column) }),
    )}
  </div>`;
}

export const isActive = ({ activeLine, activeColumn }: Drawn, line: number, { id }: Column) =>
  activeLine === line && activeColumn === id;

export function cells(
  { pinned, pinnedOffsets, shown, first }: Drawn,
  cell: (column: Column, at: number, style: string) => TemplateResult,
): TemplateResult {
  return html`${pinned.map((column, i) => cell(column, i, `left:${pinnedOffsets[i]}px`))}<span
      role="presentation"
    ></span
    >${shown.map((column, i) => cell(column, first + i, ''))}`;
}

export interface CellPlace {
  at: number;
  style: string;
  drawn: Drawn;
  isActive: boolean;
}

function heading(
  model: TableModel,
  column: Column,
  { at, style, drawn }: Omit<CellPlace, 'isActive'>,
): TemplateResult {
  const { view, layout } = model;
  const { id, label, title } = column;
  const place = layout.sort.findIndex((key) => key.id === id);
  const key = layout.sort[place];
  const active = isActive(drawn, -1, column);
  const look = ['cell', style && 'pinned', view.isNumber(id) && 'number', active && 'active'];
  return html`<div
    class=${look.filter(Boolean).join(' ')}
    role="columnheader"
    id=${active ? 'active-cell' : nothing}
    aria-colindex=${at + 1}
    aria-sort=${key ? (key.descending ? 'descending' : 'ascending') : nothing}
    data-column=${id}
    title=${title}
    .style=${style}
  >
    <span>${label}</span>${
      key
        ? html`<i class="icon icon-arrow-${key.descending ? 'down' : 'up'}"></i>${
              layout.sort.length > 1 ? html`<b>${place + 1}</b>` : nothing
            }`
        : nothing
    }<i class="head-menu" title="Column menu"><i class="icon icon-chevron-down"></i></i
    ><i class="border" role="presentation"></i>
  </div>`;
}

function runCell(
  model: TableModel,
  column: Column,
  row: number,
  { at, style, isActive: active }: CellPlace,
): TemplateResult {
  const { view, layout } = model;
  const { id } = column;
  const tint = view.tint(id, row);
  const isBest = view.isBest(id, row);
  const look = [
    'cell',
    style && 'pinned',
    view.isNumber(id) && 'number',
    id === 'commit' && 'code',
    tint >= 0 && `tint-${tint}`,
    layout.curves.includes(id) && 'curved',
    isBest && 'best',
    active && 'active',
  ];
  const text = cellText(view.values, id, row) ?? '';
  return html`<div
    class=${look.filter(Boolean).join(' ')}
    role="gridcell"
    id=${active ? 'active-cell' : nothing}
    aria-colindex=${at + 1}
    data-column=${id}
    .style=${style}
  >
    ${mark(model, id, row)}${
      layout.curves.includes(id)
        ? curve(model, column, row, { text, isBest })
        : html`${isBest ? BEST : nothing}${text}`
    }
  </div>`;
}

/** What stands before the text: the colour of the run, the shape of its state. */
function mark({ view: { values } }: TableModel, id: ColumnId, row: number): TemplateResult | typeof nothing {
  if (id === 'name') return html`<i class="dot ${runColor(values.number('number', row))}"></i>`;
  if (id !== 'state') return nothing;
  const look = RUN_STATES[values.text('state', row) as RunState];
  return html`<i class="icon icon-${look.icon} tone-${look.tone}"></i>`;
}

function runColor(number = 0): string {
  return `run-${((number % 10) + 10) % 10}`;
}

function curve(
  { view, curves }: TableModel,
  column: Column,
  row: number,
  { text, isBest }: { text: string; isBest: boolean },
): TemplateResult {
  const room = view.widthOf(column) - PADDING;
  const value = Math.max(VALUE_WIDTH, view.valueWidth(column.id) + GAP);
  const hasValue = room - value >= LEAST_CURVE;
  const width = room - (hasValue ? value : isBest ? MARK_WIDTH : 0);
  const values = curves.get({ runId: view.store.ids[row]!, metric: column.name });
  return html`<svg
      class="curve ${runColor(view.values.number('number', row))}"
      width=${width}
      height=${CURVE_HEIGHT + 2}
      viewBox="0 -1 ${width} ${CURVE_HEIGHT + 2}"
      aria-hidden="true"
    >
      <path d=${values ? sparkline(values, width, CURVE_HEIGHT) : ''} /></svg
    >${isBest ? BEST : nothing}<span class=${hasValue ? '' : 'visually-hidden'}>${text}</span>`;
}
