import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { SmoothingKind, XAxis } from '../../src/panels/messages.js';
import { segmented } from '../controls/segmented.js';
import { slider } from '../controls/slider.js';
import { follow } from '../shared/follow.js';
import { axisMetric, axisName, likelyAxis } from './axes.js';
import { followToggle } from './following.js';
import type { ChartsModel } from './model.js';
import { AMOUNTS, isSmoothing, smoothingOf } from './smooth.js';
import './view-options.js';
import { t } from '../shared/l10n.js';

const X_AXES: readonly { value: XAxis; title: string }[] = [
  { value: 'step', title: t('Step that was logged with the value') },
  { value: 'relative', title: t('Time since the start of the run') },
  { value: 'time', title: t('Time of day') },
];
const Y_SCALES = [
  { value: 'linear', label: t('Linear'), title: t('Linear y axis') },
  { value: 'log', label: t('Log'), title: t('Logarithmic y axis') },
  { value: 'symlog', label: t('Symlog'), title: t('Logarithmic on both sides of zero') },
] as const;
const SMOOTHING: Record<SmoothingKind, string> = {
  exponential: t('Exponential moving average, as in TensorBoard'),
  average: t('Mean of this many points around each point'),
  gaussian: t('Mean of the points around each point, weighted by a normal distribution of σ points'),
};

/** How the curves are drawn, and which. What is set less often is behind the button for the view. */
export class TyToolbar extends PageElement {
  declare model: ChartsModel;

  constructor() {
    super();
    this.addController(
      follow(() =>
        this.model.onChange(({ what }) => {
          if (what === 'structure' || what === 'view') this.requestUpdate();
        }),
      ),
    );
  }

  protected override render(): TemplateResult {
    const { model } = this;
    const { yScale } = model.settings;
    const problem = model.sections.search.problem;
    return html`
      <div class="tools" role="toolbar" aria-label=${t('Charts')}>
        <vscode-text-field
          class="search ${problem ? 'invalid' : ''}"
          type="text"
          placeholder=${t('Search metrics')}
          aria-label=${t('Search metrics; a regular expression between slashes')}
          title=${problem ?? t('Words, or a /regular expression/')}
          .value=${model.sections.searchText}
          @input=${(event: InputEvent) => model.setSearch((event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && model.setSearch('')}
        >
          <span slot="start" class="icon icon-search"></span>
        </vscode-text-field>
        ${this.#xAxis()}
        ${segmented({
          name: 'y-scale',
          label: t('Y axis'),
          options: Y_SCALES,
          value: yScale,
          onChange: (value) => model.set({ yScale: value }),
        })}
        ${this.#smoothing()}
        <ty-view-options .model=${model}></ty-view-options>
        ${followToggle(model.following)}
        ${
          model.zoom
            ? html`<vscode-button
                class="reset"
                appearance="secondary"
                title=${t('Double-click a chart, or Escape')}
                @click=${() => model.setZoom(null)}
                >${t('Reset zoom')}</vscode-button
              >`
            : nothing
        }
      </div>
    `;
  }

  /** Step, times, and a metric: the one that was chosen, or an epoch where there is one. */
  #xAxis(): TemplateResult {
    const { model } = this;
    const metric = axisMetric(model.xAxis) ?? likelyAxis(model.axisMetrics);
    const options = X_AXES.map((option) => ({ ...option, label: axisName(option.value) }));
    if (metric !== undefined)
      options.push({ value: `metric:${metric}`, label: metric, title: t('The metric {0}', metric) });
    return segmented({
      name: 'x-axis',
      label: t('X axis'),
      options,
      value: model.xAxis,
      onChange: (xAxis) => model.set({ xAxis }),
    });
  }

  #smoothing(): TemplateResult {
    const { settings } = this.model;
    const { kind, amount } = smoothingOf(settings);
    return slider({
      label: t('Smoothing'),
      title: t('{0}. The original stays faint behind the line.', SMOOTHING[kind]),
      ...AMOUNTS[kind],
      value: amount,
      format: (value) =>
        !isSmoothing({ kind, amount: value })
          ? 'off'
          : kind === 'exponential'
            ? value.toFixed(2)
            : kind === 'average'
              ? t('{0} points', value)
              : `σ ${value}`,
      onInput: (smoothing) => this.model.set({ smoothing }),
    });
  }
}

customElements.define('ty-toolbar', TyToolbar);
