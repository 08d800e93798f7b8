import { html, nothing, svg, type TemplateResult } from 'lit';
import type { ColumnId } from '../../src/panels/table-messages.js';
import type { RunState } from '../../src/workspace/types.js';
import { RUN_STATES } from '../shared/run-state.js';
import { sparkline } from '../shared/sparkline.js';
import { isStepless, saySteplessLines } from '../shared/stepless.js';
import { cellText } from './cell.js';
import { type Column, LEAST_CURVE } from './columns.js';
import { type CellContent, looks } from './drawn.js';
import type { TableModel } from './model.js';
import { t } from '../shared/l10n.js';

/** Both sides of a cell. */
const PADDING = 18;
const CURVE_HEIGHT = 14;
/** Of a value beside a curve, with the mark of the best; a narrower column has the curve alone. */
const VALUE_WIDTH = 84;
/** Between a curve and its value. */
const GAP = 8;
const MARK_WIDTH = 15;

export const BEST = html`<i class="icon icon-star-full" role="img" aria-label=${t('Best')}></i>`;

export function runCell(model: TableModel, column: Column, row: number, width: number): CellContent {
  const { view, layout } = model;
  const { id } = column;
  const tint = view.tint(id, row);
  const isBest = view.isBest(id, row);
  const isCurve = layout.curves.includes(id);
  const text = cellText(view.values, id, row) ?? '';
  const isPlain = !isBest && !isCurve && id !== 'name' && id !== 'state';
  const look = looks(
    view.isNumber(id) && 'number',
    id === 'commit' && 'code',
    tint >= 0 && `tint-${tint}`,
    isCurve && 'curved',
    isBest && 'best',
    // Clipping is expensive, so only the cells that need it get it.
    (!isPlain || !view.fits(text, width - PADDING)) && 'long',
  );
  if (isPlain) return { look, content: text };
  if (isCurve) return { look, content: curve(model, column, row, { text, isBest, width }) };
  return { look, content: html`${mark(model, id, row)}${isBest ? BEST : nothing}${text}` };
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
  { text, isBest, width: whole }: { text: string; isBest: boolean; width: number },
): TemplateResult {
  const room = whole - PADDING;
  const value = Math.max(VALUE_WIDTH, view.valueWidth(column.id) + GAP);
  const hasValue = room - value >= LEAST_CURVE;
  const width = room - (hasValue ? value : isBest ? MARK_WIDTH : 0);
  const points = curves.get({ runId: view.store.ids[row]!, metric: column.name });
  return html`<svg
      class="curve ${runColor(view.values.number('number', row))}"
      width=${width}
      height=${CURVE_HEIGHT + 2}
      viewBox="0 -1 ${width} ${CURVE_HEIGHT + 2}"
      aria-hidden="true"
    >
      ${points && isStepless(points.steps) ? svg`<title>${saySteplessLines(1, 1)}</title>` : nothing}
      <path d=${points ? sparkline(points, width, CURVE_HEIGHT) : ''} /></svg
    >${isBest ? BEST : nothing}<span class=${hasValue ? '' : 'visually-hidden'}>${text}</span>`;
}
