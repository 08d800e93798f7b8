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

const X_AXES: readonly { value: XAxis; title: string }[] = [
  { value: 'step', title: 'Step that was logged with the value' },
  { value: 'relative', title: 'Time since the start of the run' },
  { value: 'time', title: 'Time of day' },
];
const Y_SCALES = [
  { value: 'linear', label: 'Linear', title: 'Linear y axis' },
  { value: 'log', label: 'Log', title: 'Logarithmic y axis' },
  { value: 'symlog', label: 'Symlog', title: 'Logarithmic on both sides of zero' },
] as const;
const SMOOTHING: Record<SmoothingKind, string> = {
  exponential: 'Exponential moving average, as in TensorBoard',
  average: 'Mean of this many points around each point',
  gaussian: 'Mean of the points around each point, weighted by a normal distribution of σ points',
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
      <div class="tools" role="toolbar" aria-label="Charts">
        <vscode-text-field
          class="search ${problem ? 'invalid' : ''}"
          type="text"
          placeholder="Search metrics"
          aria-label="Search metrics; a regular expression between slashes"
          title=${problem ?? 'Words, or a /regular expression/'}
          .value=${model.sections.searchText}
          @input=${(event: InputEvent) => model.setSearch((event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && model.setSearch('')}
        >
          <span slot="start" class="icon icon-search"></span>
        </vscode-text-field>
        ${this.#xAxis()}
        ${segmented({
          name: 'y-scale',
          label: 'Y axis',
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
                title="Double-click a chart, or Escape"
                @click=${() => model.setZoom(null)}
                >Reset zoom</vscode-button
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
      options.push({ value: `metric:${metric}`, label: metric, title: `The metric ${metric}` });
    return segmented({
      name: 'x-axis',
      label: 'X axis',
      options,
      value: model.xAxis,
      onChange: (xAxis) => model.set({ xAxis }),
    });
  }

  #smoothing(): TemplateResult {
    const { settings } = this.model;
    const { kind, amount } = smoothingOf(settings);
    return slider({
      label: 'Smoothing',
      title: `${SMOOTHING[kind]}. The original stays faint behind the line.`,
      ...AMOUNTS[kind],
      value: amount,
      format: (value) =>
        !isSmoothing({ kind, amount: value })
          ? 'off'
          : kind === 'exponential'
            ? value.toFixed(2)
            : kind === 'average'
              ? `${value} points`
              : `σ ${value}`,
      onInput: (smoothing) => this.model.set({ smoothing }),
    });
  }
}

customElements.define('ty-toolbar', TyToolbar);
