import { html, LitElement, type TemplateResult } from 'lit';
import type { LogLink } from '../../src/panels/code-places.js';
import { follow } from '../shared/follow.js';
import '../shared/log-end.js';
import type { RunModel } from './model.js';

/** The end of the log of the run. */
export class TyLog extends LitElement {
  declare model: RunModel;

  constructor() {
    super();
    this.addController(
      follow(() => this.model.onChange((change) => change === 'log' && this.requestUpdate())),
    );
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.model.wantLog(true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.model.wantLog(false);
  }

  protected override render(): TemplateResult {
    return html`<ty-log-end
      .log=${this.model.log}
      @whole-log=${() => this.model.act('log')}
      @code-line=${({ detail: { file, line } }: CustomEvent<LogLink>) => this.model.openLine({ file, line })}
    ></ty-log-end>`;
  }
}

customElements.define('ty-log', TyLog);
