import { html, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { LogLink } from '../../src/panels/code-places.js';
import { follow } from '../shared/follow.js';
import '../shared/log-end.js';
import type { RunModel } from './model.js';

/** The end of the log of the run. */
export class TyLog extends PageElement {
  declare model: RunModel;

  constructor() {
    super();
    this.addController(
      follow(() => this.model.onChange((change) => change === 'log' && this.requestUpdate())),
    );
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
