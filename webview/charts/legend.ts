import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { ChartRun } from '../../src/extension/panels/messages.js';
import { follow } from '../shared/follow.js';
import { RUN_STATES } from '../shared/run-state.js';
import type { ChartsModel } from './model.js';
import { looksOf, type RunLook } from './palette.js';

/** The runs of the panel: which colour is whose, who is shown, how they are doing. */
export class TyLegend extends LitElement {
  declare model: ChartsModel;

  constructor() {
    super();
    this.addController(
      follow(() =>
        this.model.onChange(({ what }) => {
          if (what === 'structure') this.requestUpdate();
          if (what === 'highlight') this.#showHighlight();
        }),
      ),
    );
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const { runs, hidden } = this.model;
    const looks = looksOf(runs);
    return html`
      <ul aria-label="Runs">
        ${runs.map((run) => this.#chip(run, looks.get(run.id)!))}
        ${
          hidden.size > 0 && runs.length > 1
            ? html`<li><button class="link" @click=${() => this.model.showAll()}>Show all</button></li>`
            : nothing
        }
      </ul>
    `;
  }

  #chip(run: ChartRun, look: RunLook): TemplateResult {
    const { model } = this;
    const state = RUN_STATES[run.state];
    const isShown = !model.hidden.has(run.id);
    const context = { webviewSection: 'run', runId: run.id, preventDefaultContextMenuItems: true };
    return html`
      <li
        class="chip ${isShown ? '' : 'off'}"
        data-run=${run.id}
        data-vscode-context=${JSON.stringify(context)}
        @pointerenter=${() => isShown && model.highlight(run.id)}
        @pointerleave=${() => model.highlight(undefined)}
      >
        <button
          class="chip-toggle"
          aria-pressed=${isShown}
          aria-label="${run.name}, ${state.label}"
          title="${run.name} (${state.label})&#10;Click to hide or show, Alt+click to show it alone"
          @click=${(event: MouseEvent) => (event.altKey ? model.solo(run.id) : model.toggleRun(run.id))}
          @keydown=${(event: KeyboardEvent) => this.#keydown(event, run)}
        >
          <span class="swatch run-${look.colour} dash-${look.dash}"></span>
          <span class="chip-name">${run.name}</span>
          <span class="icon icon-${state.icon} tone-${state.tone}"></span>
        </button>
        <button
          class="icon-button"
          aria-label="Show log of ${run.name}"
          title="Show Log"
          @click=${() => model.ask({ type: 'showLog', runId: run.id })}
        >
          <span class="icon icon-output"></span>
        </button>
        <button
          class="icon-button"
          aria-label="Remove ${run.name} from the charts"
          title="Remove from Charts"
          @click=${() => model.ask({ type: 'removeRun', runId: run.id })}
        >
          <span class="icon icon-close"></span>
        </button>
      </li>
    `;
  }

  #keydown(event: KeyboardEvent, run: ChartRun): void {
    if (event.key === 'Delete') this.model.ask({ type: 'removeRun', runId: run.id });
    else if (event.key === 'Enter' && event.altKey) {
      event.preventDefault();
      this.model.solo(run.id);
    }
  }

  #showHighlight(): void {
    for (const chip of this.querySelectorAll<HTMLElement>('.chip'))
      chip.classList.toggle('highlighted', chip.dataset['run'] === this.model.highlighted);
  }
}

customElements.define('ty-legend', TyLegend);
