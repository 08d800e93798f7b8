import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { PageElement } from './page-element.js';
import type { LogLink } from '../../src/panels/code-places.js';
import './log-end.css';
import { t } from './l10n.js';

export interface ShownLog {
  text: string;
  isCut: boolean;
  /** How many lines came before it. */
  first?: number;
  links?: LogLink[];
  /** Indexes of lines that can be chosen. */
  numbered?: number[];
}

/**
 * The end of a log. It is followed while it is on the page; who scrolls up is left where they are. Tells `whole-log`,
 * `code-line` (detail: a LogLink) and `numbered-line` (detail: the line).
 */
export class TyLogEnd extends PageElement {
  static override properties = { log: { attribute: false } };
  declare log: ShownLog | undefined;
  #isAtEnd = true;
  /** While a line is pressed: it must not move away from below the pointer. */
  #isHeld = false;
  readonly #release = () => {
    this.#isHeld = false;
    this.requestUpdate();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    for (const end of ['pointerup', 'pointercancel']) window.addEventListener(end, this.#release);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of ['pointerup', 'pointercancel']) window.removeEventListener(end, this.#release);
  }

  protected override shouldUpdate(): boolean {
    return !this.#isHeld;
  }

  protected override willUpdate(): void {
    const box = this.querySelector('pre');
    this.#isAtEnd = !box || box.scrollHeight - box.scrollTop - box.clientHeight < 8;
  }

  protected override updated(): void {
    const box = this.querySelector('pre');
    if (box && this.#isAtEnd) box.scrollTop = box.scrollHeight;
  }

  #tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Lines of the run's code lead there. */
  #linked(text: string, links: readonly LogLink[]): (string | TemplateResult)[] {
    const parts: (string | TemplateResult)[] = [];
    let from = 0;
    for (const link of links) {
      const { start, length } = link;
      if (start < from) continue;
      parts.push(
        text.slice(from, start),
        html`<a
          class="link"
          href="#"
          .textContent=${text.slice(start, start + length)}
          @click=${(event: Event) => {
            event.preventDefault();
            this.#tell('code-line', link);
          }}
        ></a>`,
      );
      from = start + length;
    }
    return [...parts, text.slice(from)];
  }

  /** One stop of the tab key for all of them: the arrows lead from one to the next. */
  #lines({ text, first = 0 }: ShownLog, numbered: readonly number[]) {
    const choosable = new Set(numbered);
    const last = numbered.at(-1);
    return repeat(
      text.split('\n'),
      (_, i) => first + i,
      (line, i) =>
        choosable.has(i)
          ? html`<button
                class="line"
                tabindex=${i === last ? 0 : -1}
                title=${t('Read Numbers…')}
                .textContent=${line}
                @click=${() => this.#tell('numbered-line', line)}
              ></button
              >${'\n'}`
          : html`${line}${'\n'}`,
    );
  }

  #key(event: KeyboardEvent): void {
    const lines = [...this.querySelectorAll<HTMLElement>('.line')];
    const at = lines.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: lines.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    lines[to]?.focus();
  }

  protected override render(): TemplateResult {
    const { log } = this;
    if (!log) return html`<p class="hint">${t('Reading the log…')}</p>`;
    if (log.text === '') return html`<p class="hint">${t('No output yet.')}</p>`;
    const { numbered = [] } = log;
    const content =
      numbered.length > 0 ? this.#lines(log, numbered) : this.#linked(log.text, log.links ?? []);
    return html`
      ${
        log.isCut
          ? html`<p class="hint">
              ${t('The last lines.')}
              <button class="link" @click=${() => this.#tell('whole-log')}>${t('Open the whole log')}</button>
            </p>`
          : nothing
      }
      <pre
        class="log"
        tabindex="0"
        role="region"
        aria-label=${t('End of the log')}
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
        @pointerdown=${() => (this.#isHeld = true)}
      >
${content}</pre>
    `;
  }
}

customElements.define('ty-log-end', TyLogEnd);
