import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { XAxis } from '../../src/extension/panels/messages.js';
import { segmented } from '../controls/segmented.js';
import { slider } from '../controls/slider.js';
import { follow } from '../shared/follow.js';
import { sizeControl } from './chart-size.js';
import { followToggle } from './following.js';
import type { ChartsModel } from './model.js';

const X_AXES: readonly { value: XAxis; label: string; title: string }[] = [
  { value: 'step', label: 'Step', title: 'Step that was logged with the value' },
  { value: 'relative', label: 'Relative', title: 'Time since the start of the run' },
  { value: 'time', label: 'Time', title: 'Time of day' },
];
const Y_SCALES = [
  { value: 'linear', label: 'Linear', title: 'Linear y axis' },
  { value: 'log', label: 'Log', title: 'Logarithmic y axis' },
] as const;

/** How the curves are drawn, and which. */
export class TyToolbar extends LitElement {
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

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { model } = this;
    const { xAxis, logY, smoothing, ignoreOutliers } = model.settings;
    const problem = model.search.problem;
    return html`
      <div class="tools" role="toolbar" aria-label="Charts">
        <vscode-text-field
          class="search ${problem ? 'invalid' : ''}"
          type="text"
          placeholder="Search metrics"
          aria-label="Search metrics; a regular expression between slashes"
          title=${problem ?? 'Words, or a /regular expression/'}
          .value=${model.searchText}
          @input=${(event: InputEvent) => model.setSearch((event.target as HTMLInputElement).value)}
          @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && model.setSearch('')}
        >
          <span slot="start" class="icon icon-search"></span>
        </vscode-text-field>
        ${segmented({ name: 'x-axis', label: 'X axis', options: X_AXES, value: xAxis, onChange: (value) => model.set({ xAxis: value }) })}
        ${segmented({
          name: 'y-scale',
          label: 'Y axis',
          options: Y_SCALES,
          value: logY ? 'log' : 'linear',
          onChange: (value) => model.set({ logY: value === 'log' }),
        })}
        ${slider({
          label: 'Smoothing',
          title:
            'Exponential moving average, as TensorBoard has it. The original stays faint behind the line.',
          min: 0,
          max: 0.99,
          step: 0.01,
          value: smoothing,
          format: (value) => (value === 0 ? 'off' : value.toFixed(2)),
          onInput: (value) => model.set({ smoothing: value }),
        })}
        <label class="check" title="Leaves a few values that are far from all others out of the y axis">
          <input
            type="checkbox"
            .checked=${ignoreOutliers}
            @change=${(event: Event) => model.set({ ignoreOutliers: (event.target as HTMLInputElement).checked })}
          />
          Ignore outliers
        </label>
        ${sizeControl(model.arrangement)} ${followToggle(model.following)}
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
}

customElements.define('ty-toolbar', TyToolbar);
