import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { LogLink } from '../../src/extension/links/code-places.js';
import { follow } from '../shared/follow.js';
import type { RunModel } from './model.js';

/** The end of the log. It is followed while it is on the page; who scrolls up is left where they are. */
export class TyLog extends LitElement {
  declare model: RunModel;
  #isAtEnd = true;

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

  protected override willUpdate(): void {
    const box = this.querySelector('pre');
    this.#isAtEnd = !box || box.scrollHeight - box.scrollTop - box.clientHeight < 8;
  }

  protected override updated(): void {
    const box = this.querySelector('pre');
    if (box && this.#isAtEnd) box.scrollTop = box.scrollHeight;
  }

  /** Lines of the run's code lead there. */
  #linked(text: string, links: readonly LogLink[]): (string | TemplateResult)[] {
    const parts: (string | TemplateResult)[] = [];
    let from = 0;
    for (const { start, length, file, line } of links) {
      if (start < from) continue;
      parts.push(
        text.slice(from, start),
        html`<a
          class="link"
          href="#"
          .textContent=${text.slice(start, start + length)}
          @click=${(event: Event) => {
            event.preventDefault();
            this.model.openLine({ file, line });
          }}
        ></a>`,
      );
      from = start + length;
    }
    return [...parts, text.slice(from)];
  }

  protected override render(): TemplateResult {
    const { log } = this.model;
    if (!log) return html`<p class="hint">Reading the log…</p>`;
    if (log.text === '') return html`<p class="hint">Nothing was written yet.</p>`;
    return html`
      ${
        log.isCut
          ? html`<p class="hint">
              The last lines.
              <button class="link" @click=${() => this.model.act('log')}>Open the whole log</button>
            </p>`
          : nothing
      }
      <pre class="log" tabindex="0" role="region" aria-label="End of the log">
${this.#linked(log.text, log.links ?? [])}</pre>
    `;
  }
}

customElements.define('ty-log', TyLog);
