import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import { follow } from '../shared/follow.js';
import '../shared/log-end.js';
import type { PrintedModel } from './printed-model.js';
import { t } from '../shared/l10n.js';

/** What a run prints that logs no metrics, and the way to read some from it. */
export class TyPrinted extends PageElement {
  static override properties = {
    runId: { attribute: false },
    name: { attribute: false },
  };
  declare printed: PrintedModel;
  declare runId: string;
  /** Where other runs are shown, too. */
  declare name: string | undefined;

  constructor() {
    super();
    this.addController(follow(() => this.printed.onChange(() => this.requestUpdate())));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.printed.want(undefined);
  }

  protected override willUpdate(): void {
    this.printed.want(this.runId);
  }

  protected override render(): TemplateResult {
    const { log } = this.printed;
    return html`
      <h2>${this.name === undefined ? t('Log') : t('Log of {0}', this.name)}</h2>
      ${
        log && log.numbered.length > 0
          ? html`<p class="hint">${t('Choose a line to read its numbers as metrics.')}</p>`
          : nothing
      }
      <ty-log-end
        .log=${log}
        @whole-log=${() => this.printed.openWhole()}
        @numbered-line=${({ detail }: CustomEvent<string>) => this.printed.readNumbers(detail)}
      ></ty-log-end>
    `;
  }
}

customElements.define('ty-printed', TyPrinted);
