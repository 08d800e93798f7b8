import { html, type TemplateResult } from 'lit';
import type { ComparedFile, ComparedRun } from '../../src/panels/compare-messages.js';
import { none, section } from './cells.js';
import type { CompareModel } from './model.js';
import { isSameFile, writtenRows } from './rows.js';
import { formatBytes } from '../shared/format.js';
import { t } from '../shared/l10n.js';

/** Files that the runs wrote: which are the same, which differ, and which only one has. */
export function filesSection(model: CompareModel): TemplateResult {
  const { shown, showAll, files } = model;
  const told = shown.map(({ id }) => files.get(id));
  const lists = told.map((list) => list?.files ?? undefined);
  const problems = told.map((list) => list?.problem);
  const isCut = told.some((list) => list?.isCut);
  return section({
    title: t('Files'),
    // A single list cannot tell what is the same.
    rows: lists.filter(Boolean).length > 1 || showAll ? writtenRows(lists) : [],
    columns: shown.length,
    showAll,
    isPlain: true,
    ...(problems.some(Boolean) && { lead: problemRow(problems) }),
    ...(isCut && { note: t('only the first files are listed') }),
    draw: ({ path, files: row }) =>
      html`<tr>
        <th scope="row" class="path" title=${path}>${path}</th>
        ${row.map((file, i) => html`<td>${file ? fileCell(model, file, row[0], shown[i]!) : none()}</td>`)}
      </tr>`,
  });
}

/** Why the files of a run could not be listed. */
function problemRow(problems: readonly (string | undefined)[]): TemplateResult {
  return html`<tr>
    <th scope="row">${t('Not listed')}</th>
    ${problems.map((problem) => html`<td class="problem">${problem ?? none()}</td>`)}
  </tr>`;
}

function fileCell(
  model: CompareModel,
  file: ComparedFile,
  base: ComparedFile | undefined,
  run: ComparedRun,
): TemplateResult {
  const [first] = model.shown;
  const { path, isText } = file;
  const isBase = run === first;
  const size = formatBytes(file.bytes);
  if (!isBase && base && isSameFile(base, file)) return html`<span class="muted">${t('same')}</span>`;
  const said = isBase ? size : base ? t('differs, {0}', size) : t('only here, {0}', size);
  const runIds: [string] | [string, string] = isBase || !base ? [run.id] : [first!.id, run.id];
  // The editor cannot compare binary files.
  if (!isText && runIds.length === 2) return html`<span>${said}</span>`;
  return html`<button
    class="link file"
    title=${runIds.length === 2 ? t('Compare {0} of {1} with that of {2}', path, first!.name, run.name) : t('Open {0} of {1}', path, run.name)}
    @click=${() => model.post({ type: 'openFile', path, runIds })}
  >
    ${said}
  </button>`;
}
