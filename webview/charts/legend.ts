import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { PageElement } from '../shared/page-element.js';
import type { ChartRun } from '../../src/panels/messages.js';
import { follow } from '../shared/follow.js';
import { formatCount } from '../shared/format.js';
import { RUN_STATES } from '../shared/run-state.js';
import { type Entry, labelName } from './entries.js';
import type { ChartsModel } from './model.js';
import { swatchClass } from './palette.js';
import { t } from '../shared/l10n.js';

/** From so many on they get a heading, a search, and can be folded away. */
const MANY = 13;
/** More than anybody reads; the search finds the rest. */
const MOST = 200;

/** The runs of the panel, or the groups of them: which colour is whose, who is shown, how they are doing. */
export class TyLegend extends PageElement {
  static override properties = { search: { state: true }, isOpen: { state: true } };
  declare model: ChartsModel;
  declare search: string;
  declare isOpen: boolean;

  constructor() {
    super();
    this.search = '';
    this.isOpen = true;
    this.addController(
      follow(() =>
        this.model.onChange(({ what }) => {
          if (what === 'structure') this.requestUpdate();
          if (what === 'highlight') this.#showHighlight();
        }),
      ),
    );
  }

  protected override updated(): void {
    this.#showHighlight();
  }

  protected override render(): TemplateResult {
    const { entries, hidden } = this.model.legend;
    const hasMany = entries.length >= MANY;
    const found = hasMany ? entries.filter((entry) => this.#isFound(entry)) : entries;
    const listed = found.slice(0, MOST);
    const showAll =
      hidden.size > 0 && entries.length > 1
        ? html`<button class="link" @click=${() => this.model.legend.showAll()}>${t('Show all')}</button>`
        : nothing;
    return html`
      ${hasMany ? this.#head(showAll) : nothing}
      ${
        hasMany && !this.isOpen
          ? nothing
          : html`<ul aria-label=${this.model.grouping ? t('Groups of runs') : t('Runs')}>
              ${repeat(
                listed,
                ({ id }) => id,
                (entry) => this.#chip(entry),
              )}
              ${hasMany ? nothing : html`<li>${showAll}</li>`}
              ${found.length === 0 ? html`<li class="legend-note">${t('No matches.')}</li>` : nothing}
              ${
                found.length > listed.length
                  ? html`<li class="legend-note">
                      ${t('{0} more; search to find them.', found.length - listed.length)}
                    </li>`
                  : nothing
              }
            </ul>`
      }
    `;
  }

  #isFound({ name }: Entry): boolean {
    const words = this.search.toLowerCase().split(/\s+/).filter(Boolean);
    return words.every((word) => name.toLowerCase().includes(word));
  }

  #head(showAll: TemplateResult | typeof nothing): TemplateResult {
    const { legend, grouping, runs } = this.model;
    const { entries } = legend;
    const groups = entries.filter(({ isGroup }) => isGroup).length;
    const title = grouping
      ? t('{0} groups of {1} runs by {2}', groups, formatCount(runs.all.length), labelName(grouping.id))
      : t('{0} runs', formatCount(runs.all.length));
    const hidden = entries.filter(({ id }) => legend.hidden.has(id)).length;
    return html`
      <div class="legend-head">
        <button class="legend-fold" aria-expanded=${this.isOpen} @click=${() => (this.isOpen = !this.isOpen)}>
          <span class="icon icon-chevron-${this.isOpen ? 'down' : 'right'}"></span>
          <span>${title}</span
          >${hidden > 0 ? html`<span class="count">${t('{0} hidden', hidden)}</span>` : nothing}
        </button>
        ${
          this.isOpen
            ? html`<input
                class="field"
                type="text"
                placeholder=${t('Search runs')}
                aria-label=${t('Search runs')}
                .value=${this.search}
                @input=${(event: InputEvent) => (this.search = (event.target as HTMLInputElement).value)}
                @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && (this.search = '')}
              />`
            : nothing
        }
        ${showAll}
      </div>
    `;
  }

  #chip(entry: Entry): TemplateResult {
    const { model } = this;
    const { id, name, look, isGroup } = entry;
    const run = isGroup ? undefined : entry.runs[0]!;
    const isShown = !model.legend.hidden.has(id);
    const place = run && model.runs.placeOf(run);
    const keys = run
      ? t('Click to hide or show, Alt+click to show it alone; press B to make it the baseline')
      : t('Click to hide or show, Alt+click to show it alone');
    const words = run
      ? this.#wordsOf(run)
      : entry.runs.length === 1
        ? t('1 run')
        : t('{0} runs', entry.runs.length);
    return html`
      <li
        class="chip ${isShown ? '' : 'off'} ${look.isBaseline ? 'baseline' : ''}"
        data-entry=${id}
        data-vscode-context=${contextOf(run, look.isBaseline ?? false)}
        @pointerenter=${() => isShown && model.legend.highlight(id)}
        @pointerleave=${() => model.legend.highlight(undefined)}
      >
        <button
          class="chip-toggle"
          aria-pressed=${isShown}
          aria-label="${name}, ${words}"
          title="${name} (${words})&#10;${keys}"
          @click=${(event: MouseEvent) => (event.altKey ? model.legend.solo(id) : model.legend.toggle(id))}
          @keydown=${(event: KeyboardEvent) => this.#keydown(event, entry)}
        >
          <span class=${swatchClass(look)}></span>
          <span class="chip-name">${name}</span>
          ${place === undefined ? nothing : html`<span class="chip-count">${place}</span>`}
          ${run ? this.#state(run, look.isBaseline ?? false) : html`<span class="chip-count">${entry.runs.length}</span>`}
        </button>
        ${run ? this.#buttons(run) : nothing}
      </li>
    `;
  }

  #wordsOf(run: ChartRun): string {
    const { label } = RUN_STATES[run.state];
    const words = [
      this.model.runs.placeOf(run),
      label,
      run.id === this.model.legend.baseline && t('baseline'),
    ];
    return words.filter(Boolean).join(', ');
  }

  #state(run: ChartRun, isBaseline: boolean): TemplateResult {
    const state = RUN_STATES[run.state];
    return html`${isBaseline ? html`<span class="chip-count">${t('baseline')}</span>` : nothing}<span
        class="icon icon-${state.icon} tone-${state.tone}"
      ></span>`;
  }

  #buttons(run: ChartRun): TemplateResult {
    const { model } = this;
    return html`
      ${
        run.isJob
          ? html`<button
              class="icon-button"
              aria-label=${t('Show log of {0}', run.name)}
              title=${t('Show Log')}
              @click=${() => model.ask({ type: 'showLog', runId: run.id })}
            >
              <span class="icon icon-output"></span>
            </button>`
          : nothing
      }
      <button
        class="icon-button"
        aria-label=${t('Remove {0} from the charts', run.name)}
        title=${t('Remove from Charts')}
        @click=${() => model.ask({ type: 'removeRun', runId: run.id })}
      >
        <span class="icon icon-close"></span>
      </button>
    `;
  }

  #keydown(event: KeyboardEvent, { id, isGroup }: Entry): void {
    const { model } = this;
    if (event.key === 'Enter' && event.altKey) {
      event.preventDefault();
      model.legend.solo(id);
    } else if (isGroup || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === 'Delete') model.ask({ type: 'removeRun', runId: id });
    else if (event.key === 'b' || event.key === 'B')
      model.legend.setBaseline(model.legend.baseline === id ? null : id);
  }

  #showHighlight(): void {
    for (const chip of this.querySelectorAll<HTMLElement>('.chip'))
      chip.classList.toggle('highlighted', chip.dataset['entry'] === this.model.legend.highlighted);
  }
}

/** What the editor's own menu is told of the run it opens on; there is none for a group. */
function contextOf(run: ChartRun | undefined, isBaseline: boolean): string {
  const common = { preventDefaultContextMenuItems: true };
  return JSON.stringify(
    run
      ? { webviewSection: 'run', runId: run.id, isBaseline, ...common }
      : { webviewSection: 'group', ...common },
  );
}

customElements.define('ty-legend', TyLegend);
