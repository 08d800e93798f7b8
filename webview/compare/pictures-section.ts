import { html, nothing, type TemplateResult } from 'lit';
import { compareNames } from '../../src/base/order.js';
import type { ComparedRun } from '../../src/panels/compare-messages.js';
import { none, sectionTitle, wideRow } from './cells.js';
import type { CompareModel } from './model.js';
import './wipe.js';
import { t } from '../shared/l10n.js';

/** Pictures side by side, or on top of each other with a line between them. */
export function picturesSection(model: CompareModel): TemplateResult | typeof nothing {
  const { shown: runs, pictures, wipes, showAll } = model;
  const of = (run: ComparedRun, name: string) => pictures.get(run.id)?.[name];
  const names = [...new Set(runs.flatMap(({ id }) => Object.keys(pictures.get(id) ?? {})))].sort(
    compareNames,
  );
  if (names.length === 0) return nothing;
  const [first, ...others] = runs;
  const differing = names.filter((name) => runs.some((run) => of(run, name) !== of(first!, name)));
  const same = names.length - differing.length;
  const note =
    showAll || same === 0
      ? ''
      : differing.length === 0
        ? t('the same in all ({0})', same)
        : t('{0} the same', same);
  const shown = showAll ? names : differing;
  const mode = html`<label class="mode" title=${t('Lay two pictures on top of each other')}>
    <input
      type="checkbox"
      .checked=${wipes}
      @change=${(event: Event) => model.set({ wipes: (event.target as HTMLInputElement).checked })}
    />${t('Slider')}
  </label>`;
  const row = (name: string) =>
    html`<tr>
      <th scope="row" class="path" title=${name}>${name}</th>
      ${runs.map((run) => {
        const source = of(run, name);
        return html`<td class="picture">
          ${source ? html`<img src=${source} alt=${t('{0} of {1}', name, run.name)} />` : none()}
        </td>`;
      })}
    </tr>`;
  const wipeRow = (name: string) => {
    const base = of(first!, name);
    const pairs = others.filter((other) => base && of(other, name));
    if (pairs.length === 0) return row(name);
    const sliders = pairs.map(
      (other) =>
        html`<ty-wipe
          .name=${name}
          .left=${{ run: first!, source: base! }}
          .right=${{ run: other, source: of(other, name)! }}
        ></ty-wipe>`,
    );
    return wideRow(
      runs.length,
      html`<p class="wipe-name">${name}</p>
        <div class="wipes">${sliders}</div>`,
    );
  };
  return html`<tbody>
    ${sectionTitle(t('Pictures'), runs.length, note, shown.length > 0 ? mode : nothing)}
    ${shown.map(wipes ? wipeRow : row)}
  </tbody>`;
}
