import { html, type TemplateResult } from 'lit';
import type { ChangedFile, ComparedRun } from '../../src/panels/compare-messages.js';
import { none, sectionTitle } from './cells.js';
import type { CodeMessage, CompareModel } from './model.js';
import { fileRows } from './rows.js';
import { t } from '../shared/l10n.js';

const STATUS: Record<ChangedFile['status'], string> = {
  added: 'A',
  modified: 'M',
  deleted: 'D',
  renamed: 'R',
  'type-changed': 'T',
};

/** The files of the code that differ, with counts of lines; each opens in the editor's own comparison. */
export function codeSection(model: CompareModel): TemplateResult {
  const [first, ...others] = model.shown;
  const told = others.map(({ id }) => model.code.get(id));
  const rows = fileRows(told.map((code) => code?.files ?? undefined));
  return html`<tbody>
    ${sectionTitle(t('Code'), others.length + 1)}
    <tr>
      <th scope="row">${t('Files that differ')}</th>
      <td>${none()}</td>
      ${told.map((code, i) => html`<td>${codeCell(model, code, others[i]!)}</td>`)}
    </tr>
    ${rows.map(
      ({ path, files }) =>
        html`<tr>
          <th scope="row" class="path" title=${path}>${path}</th>
          <td>${none()}</td>
          ${files.map((file, i) => html`<td>${file ? fileButton(model, file, path, first!, others[i]!) : none()}</td>`)}
        </tr>`,
    )}
  </tbody>`;
}

function fileButton(
  model: CompareModel,
  { status, additions, deletions }: ChangedFile,
  path: string,
  first: ComparedRun,
  other: ComparedRun,
): TemplateResult {
  return html`<button
    class="link file"
    title=${t('Compare {0} of {1} with that of {2}', path, first.name, other.name)}
    @click=${() => model.post({ type: 'openCode', runId: other.id, path })}
  >
    ${STATUS[status]} ${countsOf(additions, deletions)}
  </button>`;
}

function codeCell(model: CompareModel, code: CodeMessage | undefined, other: ComparedRun): TemplateResult {
  if (!code) return html`<span class="muted">${t('comparing…')}</span>`;
  if (!code.files)
    return html`<span class="muted" title=${code.problem ?? ''}
      >${code.problem === 'not kept' ? t('Code is not kept') : t('Cannot be compared')}</span
    >`;
  if (code.files.length === 0) return html`<span class="muted">${t('same code')}</span>`;
  const sum = (of: (file: ChangedFile) => number | null) =>
    code.files!.reduce((total, file) => total + (of(file) ?? 0), 0);
  return html`<button
    class="link file"
    title=${t('Compare all files')}
    @click=${() => model.post({ type: 'openCode', runId: other.id })}
  >
    ${code.files.length}
    ${countsOf(
      sum(({ additions }) => additions),
      sum(({ deletions }) => deletions),
    )}
  </button>`;
}

function countsOf(additions: number | null, deletions: number | null): TemplateResult {
  if (additions === null || deletions === null) return html`<span class="muted">${t('binary')}</span>`;
  return html`<span class="added">+${additions}</span> <span class="removed">−${deletions}</span>`;
}
