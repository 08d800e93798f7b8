import { html, nothing, type TemplateResult } from 'lit';
import type { ComparedRun } from '../../src/panels/compare-messages.js';
import type { TextRow } from './rows.js';
import { t } from '../shared/l10n.js';

/** Pieces of the sheet that several sections use. */

export function dot({ number }: Pick<ComparedRun, 'number'>): TemplateResult {
  return html`<i class="dot run-${((number % 10) + 10) % 10}"></i>`;
}

export function none(): TemplateResult {
  return html`<span class="muted" aria-label=${t('none')}>–</span>`;
}

interface SectionOptions<Row> {
  title: string;
  rows: readonly Row[];
  /** Columns of runs. */
  columns: number;
  showAll: boolean;
  draw: (row: Row) => TemplateResult;
  /** Differences are expected and not marked. */
  isPlain?: boolean;
  note?: string;
  /** A row before the others, whatever differs. */
  lead?: TemplateResult;
}

/** A section whose rows are all hidden says so in one line; an empty section is left out. */
export function section<Row extends { differs: boolean }>({
  title,
  rows,
  columns,
  showAll,
  draw,
  isPlain = false,
  note,
  lead,
}: SectionOptions<Row>): TemplateResult {
  if (rows.length === 0 && !lead) return html``;
  const shown = showAll ? rows : rows.filter(({ differs }) => differs);
  const same = rows.length - shown.length;
  const said =
    same === 0
      ? ''
      : shown.length === 0 && !lead
        ? t('the same in all ({0})', same)
        : t('{0} the same', same);
  return html`<tbody class=${isPlain ? '' : 'marked'}>
    ${sectionTitle(title, columns, [said, note].filter(Boolean).join(', '))} ${lead} ${shown.map(draw)}
  </tbody>`;
}

export function sectionTitle(
  title: string,
  columns: number,
  note = '',
  tools: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<tr class="section">
    <th scope="rowgroup" colspan=${columns + 1}>
      <div class="section-title">
        ${title} ${note ? html`<span class="count">${note}</span>` : nothing} ${tools}
      </div>
    </th>
  </tr>`;
}

export function textRow({ name, values }: TextRow): TemplateResult {
  return html`<tr>
    <th scope="row" title=${name}>${name}</th>
    ${values.map(
      (value) =>
        html`<td class=${value !== values[0] ? 'changed' : ''} title=${value ?? ''}>
          ${value === undefined ? none() : html`<span class="text">${value}</span>`}
        </td>`,
    )}
  </tr>`;
}

/** A row as wide as the panel, whatever the columns are. */
export function wideRow(columns: number, content: TemplateResult): TemplateResult {
  return html`<tr class="wide">
    <td colspan=${columns + 1}><div>${content}</div></td>
  </tr>`;
}
