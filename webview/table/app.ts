import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { ColumnId, TableExperiment } from '../../src/panels/table-messages.js';
import { moveFocus, openPopup } from '../controls/popup.js';
import { follow } from '../shared/follow.js';
import { count, t } from '../shared/l10n.js';
import { emptyPage, errorNotice, failurePage, type Remedies, workspaceNotices } from '../shared/messages.js';
import { formatCount } from '../shared/format.js';
import './column-chooser.js';
import { columnOf } from './columns.js';
import { toCsv, toMarkdown, toTsv } from './export.js';
import './filter-box.js';
import './grid.js';
import type { TableModel } from './model.js';

/** Ages are shown by minutes at least. */
const TICK_MS = 30_000;
/** As many as the comparison can set side by side. */
const MOST_COMPARED = 1000;

/** The page: tools, the table, and what to do when there is nothing in it. */
export class TyTable extends PageElement {
  declare model: TableModel;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.addController(follow(() => this.model.onChange(() => this.requestUpdate())));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.model.tick(), TICK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  protected override render(): TemplateResult {
    const { model } = this;
    if (!model.isLoaded)
      return model.error
        ? failurePage(model.error, this.#remedies)
        : emptyPage('loading', t('Loading runs…'));
    const isEmpty = model.view.store.size === 0 && !model.isLoading;
    return html`
      <div class="bar" role="toolbar" aria-label=${t('Table')}>
        ${this.#experiments()}
        <ty-filter .model=${model}></ty-filter>
        <button
          class="tool"
          aria-pressed=${model.layout.onlyDiffering}
          title=${t('Hide columns in which all runs have the same value')}
          @click=${() => model.arrange({ onlyDiffering: !model.layout.onlyDiffering })}
        >
          <span class="icon icon-git-compare"></span><span class="tool-label">${t('Only differing')}</span>
        </button>
        ${model.layout.group === null ? nothing : this.#groupChip(model.layout.group)}
        <ty-columns .model=${model}></ty-columns>
      </div>
      ${model.error ? errorNotice(model.error, this.#remedies) : nothing}
      ${workspaceNotices(model.workspaces, this.#remedies)}
      ${isEmpty ? this.#nothingToShow() : html`<ty-grid .model=${model}></ty-grid>`}
      ${isEmpty ? nothing : this.#foot()}
    `;
  }

  #experiments(): TemplateResult {
    const { model } = this;
    const value = model.shown.experimentId ?? '';
    return html`<select
      aria-label=${t('Experiment')}
      title=${t('Experiment')}
      .value=${value}
      @change=${(event: Event) => {
        const id = (event.target as HTMLSelectElement).value;
        model.show({ experimentId: id === '' ? null : id });
      }}
    >
      <option value="" ?selected=${value === ''}>${t('All experiments')}</option>
      ${groupsOf(model.experiments).map(([workspace, experiments]) => {
        const options = experiments.map(
          ({ id, name }) => html`<option value=${id} ?selected=${id === value}>${name}</option>`,
        );
        return workspace === undefined ? options : html`<optgroup label=${workspace}>${options}</optgroup>`;
      })}
    </select>`;
  }

  /** What the runs are grouped by, and the way back. */
  #groupChip(id: ColumnId): TemplateResult {
    const { label } = columnOf(id);
    return html`<span class="chip"
      ><span class="chip-text" title=${t('The runs are grouped by {0}', label)}>${t('By {0}', label)}</span
      ><button
        class="icon-button"
        title=${t('Ungroup')}
        aria-label=${t('Ungroup')}
        @click=${() => this.model.groupBy(null)}
      >
        <span class="icon icon-close"></span></button
    ></span>`;
  }

  /** What is selected, and what can be done with it. */
  #foot(): TemplateResult {
    const { model } = this;
    const selected = model.selection.ids.size;
    const total = model.view.store.size;
    const runs = count(total, '{0} run', '{0} runs', formatCount(total));
    const said = selected > 0 ? t('{0} of {1} selected', formatCount(selected), runs) : runs;
    return html`<div class="foot">
      <span class="said" role="status">${said}${model.isLoading ? ' …' : ''}</span>
      <div class="actions" role="toolbar" aria-label=${t('Selected runs')}>
        ${this.#action('graph-line', t('Charts'), selected > 0, () => model.act('charts'), t('Show the charts of the selected runs'))}
        ${this.#action(
          'git-compare',
          t('Compare'),
          selected >= 2 && selected <= MOST_COMPARED,
          () => model.act('compare'),
          t('Compare 2 to {0} selected runs', formatCount(MOST_COMPARED)),
        )}
        ${this.#action('tag', t('Tag…'), selected > 0, () => model.act('tag'), t('Set a tag of the selected runs'))}
        ${this.#action('trash', t('Delete'), selected > 0, () => model.act('delete'), t('Delete the selected runs'))}
        ${this.#export(selected)}
      </div>
    </div>`;
  }

  #action(icon: string, label: string, isEnabled: boolean, run: () => void, title: string): TemplateResult {
    return html`<button class="tool" ?disabled=${!isEnabled} title=${title} @click=${run}>
      <span class="icon icon-${icon}"></span><span class="tool-label">${label}</span>
    </button>`;
  }

  #export(selected: number): TemplateResult {
    const { model } = this;
    const popup = () => this.querySelector<HTMLElement>('.export')!;
    const what =
      selected === 0
        ? t('all runs')
        : selected === 1
          ? t('the selected run')
          : t('{0} runs', formatCount(selected));
    const choice = (label: string, run: () => void) =>
      html`<button
        class="menu-item"
        role="menuitem"
        @click=${() => {
          popup().hidePopover();
          run();
        }}
      >
        ${label}
      </button>`;
    const save = (name: string, text: string) =>
      model.ask({ type: 'save', name, content: new TextEncoder().encode(text) });
    const markdown = () => {
      const { sheet, isNumber } = model.sheet('read');
      return toMarkdown(sheet, isNumber);
    };
    return html`
      <button
        class="tool"
        aria-haspopup="menu"
        title=${t('Save or copy {0} as a table', what)}
        @click=${(event: MouseEvent) => {
          openPopup(popup(), event.currentTarget as Element, 'end');
          popup().querySelector<HTMLElement>('button')?.focus();
        }}
      >
        <span class="icon icon-ellipsis"></span><span class="tool-label">${t('Export')}</span>
      </button>
      <div
        class="popup export"
        popover
        role="menu"
        aria-label=${t('Export')}
        @keydown=${(event: KeyboardEvent) => moveFocus(event, popup(), 'button')}
      >
        ${choice(t('Save as CSV…'), () => save('runs.csv', toCsv(model.sheet('data').sheet)))}
        ${choice(t('Save as Markdown…'), () => save('runs.md', markdown()))}
        <hr class="menu-line" />
        ${choice(t('Copy as Table'), () => model.ask({ type: 'copy', text: toTsv(model.sheet('data').sheet) }))}
        ${choice(t('Copy as Markdown'), () => model.ask({ type: 'copy', text: markdown() }))}
      </div>
    `;
  }

  #nothingToShow(): TemplateResult {
    const { model } = this;
    if (model.shown.filter)
      return emptyPage(
        'filter',
        t('No run matches the filter'),
        '',
        html`<vscode-button appearance="secondary" @click=${() => model.show({ filter: '' })}
          >${t('Clear Filter')}</vscode-button
        >`,
      );
    return emptyPage(
      'rocket',
      t('No runs yet'),
      t('Submit a training script, or start one that logs with MLflow: its runs are listed here.'),
      html`<vscode-button @click=${() => model.ask({ type: 'submit' })}
        >${t('Submit Training Script')}</vscode-button
      >`,
    );
  }

  get #remedies(): Remedies {
    const { model } = this;
    return { retry: () => model.retry(), showOutput: () => model.ask({ type: 'showOutput' }) };
  }
}

/** By workspace, where there are several. */
function groupsOf(
  experiments: readonly TableExperiment[],
): [workspace: string | undefined, experiments: TableExperiment[]][] {
  const groups = new Map<string | undefined, TableExperiment[]>();
  for (const experiment of experiments) {
    const { workspace } = experiment;
    groups.set(workspace, [...(groups.get(workspace) ?? []), experiment]);
  }
  return [...groups];
}

customElements.define('ty-table', TyTable);
