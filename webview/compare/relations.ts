import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { ComparedRun, RelationsState } from '../../src/panels/compare-messages.js';
import '../controls/checklist.js';
import type { Choice } from '../controls/checklist.js';
import { follow } from '../shared/follow.js';
import { formatCount } from '../shared/format.js';
import type { Brush } from './axis.js';
import './importance-table.js';
import type { CompareModel } from './model.js';
import './parallel-chart.js';
import { type RelationsView, relationsView } from './relations-view.js';
import { runList } from './run-list.js';
import './scatter-chart.js';
import './shade-legend.js';
import { type Variable, variablesOf } from './variables.js';
import { around, t } from '../shared/l10n.js';

const AXIS_SECTIONS: readonly (readonly [Variable['kind'], string])[] = [
  ['param', t('Params')],
  ['metric', t('Metrics')],
];

/** How params and metrics relate across all runs. */
export class TyRelations extends PageElement {
  static override properties = { brushes: { state: true } };
  declare model: CompareModel;
  declare brushes: ReadonlyMap<string, Brush>;
  /** Of the runs they were made from. */
  #variables: { runs: readonly ComparedRun[]; all: Variable[] } | undefined;

  constructor() {
    super();
    this.brushes = new Map();
    this.addController(follow(() => this.model.onChange((what) => what === 'all' && this.requestUpdate())));
  }

  get #view(): RelationsView | undefined {
    const { relations, goals } = this.model;
    const runs = this.model.runs!;
    if (this.#variables?.runs !== runs) this.#variables = { runs, all: variablesOf(runs) };
    return relationsView(runs, this.#variables.all, relations, this.brushes, goals);
  }

  #choose(changes: Partial<RelationsState>): void {
    this.model.set({ relations: { ...this.model.relations, ...changes } });
  }

  #brush(id: string, brush: Brush | undefined): void {
    const brushes = new Map(this.brushes);
    if (brush) brushes.set(id, brush);
    else brushes.delete(id);
    this.brushes = brushes;
  }

  #setAxes(axes: string[]): void {
    // A brush on an axis that is not shown would leave runs out for no reason in sight.
    this.brushes = new Map([...this.brushes].filter(([id]) => axes.includes(id)));
    this.#choose({ axes });
  }

  #axisChoices({ variables, axes }: RelationsView): Choice[] {
    const shown = axes.map(({ variable }) => variable.id);
    return variables.map(({ id, kind, label }) => {
      const isChosen = shown.includes(id);
      return {
        kind,
        label,
        title: label,
        isChosen,
        // A line needs two.
        isFixed: isChosen && shown.length <= 2,
        onChange: () => this.#setAxes(isChosen ? shown.filter((other) => other !== id) : [...shown, id]),
      };
    });
  }

  #setScale(id: string, isLog: boolean): void {
    const others = (this.model.relations.linear ?? []).filter((other) => other !== id);
    this.#choose({ linear: isLog ? others : [...others, id] });
  }

  protected override render(): TemplateResult {
    const view = this.#view;
    if (!view)
      return html`<div class="empty" role="status">
        <span class="icon icon-graph-line"></span>
        <p>${t('No metric differs')}</p>
        <p class="hint">${t('Relations need a metric whose value differs between the runs.')}</p>
      </div>`;
    const { model } = this;
    return html`
      <div class="relations" tabindex="-1">
        ${this.#tools(view)}
        <ty-parallel
          .model=${model}
          .view=${view}
          .onBrush=${(id: string, brush: Brush | undefined) => this.#brush(id, brush)}
          .onAxes=${(ids: string[]) => this.#setAxes(ids)}
          .onScale=${(id: string, isLog: boolean) => this.#setScale(id, isLog)}
        ></ty-parallel>
        <div class="relation-panes">
          <section aria-label=${t('Scatter plot')}>
            <h2>
              ${this.#select('y', t('Vertical'), view.y.variable, view.variables)}
              <span class="muted">${t('over')}</span>
              ${this.#select('x', t('Horizontal'), view.x.variable, view.variables)}
            </h2>
            <ty-scatter .model=${model} .view=${view}></ty-scatter>
          </section>
          <section aria-label=${t('Importance of params')}>
            <h2>${around(t('What matters to {0}'), html`<code>${view.target.variable.label}</code>`)}</h2>
            <ty-importance .view=${view} .onPick=${(id: string) => this.#choose({ x: id })}></ty-importance>
          </section>
        </div>
        <section class="list" tabindex="0" aria-label=${t('Runs')}>${runList(model, view)}</section>
      </div>
    `;
  }

  #tools(view: RelationsView): TemplateResult {
    const { target, variables, isIn, runs, goal, shadeEnds } = view;
    const metrics = variables.filter(({ kind }) => kind === 'metric');
    return html`<div class="relation-tools">
      ${this.#select('target', t('Metric'), target.variable, metrics, true)}
      <span class="legend">
        <span>${shadeEnds[0]}</span>
        <ty-shades .isReversed=${goal === 'lower'}></ty-shades>
        <span>${shadeEnds[1]}</span>
      </span>
      <ty-checklist
        label=${t('Axes')}
        hint=${t('Choose which params and metrics have an axis')}
        buttonClass="link"
        searchLabel=${t('Search params and metrics')}
        face=${t('Axes…')}
        .sections=${AXIS_SECTIONS}
        .choices=${() => this.#axisChoices(view)}
      ></ty-checklist>
      <span class="spread"></span>
      ${this.#selection(isIn, runs)}
    </div>`;
  }

  /** What the brushes leave, and what can be done with it. */
  #selection(isIn: Uint8Array, runs: readonly ComparedRun[]): TemplateResult {
    const { model, brushes } = this;
    const ids = runs.flatMap(({ id }, i) => (isIn[i] === 1 ? [id] : []));
    const said =
      brushes.size === 0
        ? t('{0} runs', formatCount(runs.length))
        : t('{0} of {1} runs', formatCount(ids.length), formatCount(runs.length));
    const fits = ids.length <= model.detailed;
    return html`
      <span role="status">${said}</span>
      ${
        brushes.size === 0
          ? html`<span class="muted">${t('Drag along an axis to select')}</span>`
          : html`<button class="link" @click=${() => (this.brushes = new Map())}>${t('Clear')}</button>
              <button
                class="link"
                ?disabled=${ids.length < 2 || ids.length === runs.length}
                title=${fits ? t('Put these runs side by side') : t('Remove the other runs')}
                @click=${() => {
                  this.brushes = new Map();
                  model.narrow(ids);
                }}
              >
                ${fits ? t('Compare side by side') : t('Keep only these')}
              </button>`
      }
    `;
  }

  #select(
    which: 'target' | 'x' | 'y',
    label: string,
    chosen: Variable,
    variables: readonly Variable[],
    isLabelled = false,
  ): TemplateResult {
    const group = (kind: Variable['kind'], title: string) => {
      const of = variables.filter((variable) => variable.kind === kind);
      return of.length === 0
        ? nothing
        : html`<optgroup label=${title}>
            ${of.map(({ id, label: name }) => html`<option value=${id} .selected=${id === chosen.id}>${name}</option>`)}
          </optgroup>`;
    };
    return html`<label class="choice">
      <span class=${isLabelled ? 'control-label' : 'visually-hidden'}>${label}</span>
      <select
        title=${label}
        @change=${(event: Event) => this.#choose({ [which]: (event.target as HTMLSelectElement).value })}
      >
        ${group('param', t('Params'))} ${group('metric', t('Metrics'))}
      </select>
    </label>`;
  }
}

customElements.define('ty-relations', TyRelations);
