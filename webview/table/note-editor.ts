import { html, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import { openPopup } from '../controls/popup.js';
import type { TableModel } from './model.js';
import { t } from '../shared/l10n.js';

/** Where a note is written, over its cell. Leaving it keeps what was written, Escape does not. */
export class TyNoteEditor extends PageElement {
  static override properties = { model: { attribute: false } };
  declare model: TableModel;
  #runId = '';
  #before = '';
  #isKept = true;
  #closed: () => void = () => undefined;

  open(runId: string, note: string, cell: Element, closed: () => void): void {
    this.#runId = runId;
    this.#before = note;
    this.#isKept = true;
    this.#closed = closed;
    const input = this.#input;
    input.value = note;
    openPopup(this.#popup, cell);
    input.focus();
    input.setSelectionRange(note.length, note.length);
  }

  get #popup(): HTMLElement {
    return this.querySelector<HTMLElement>('.popup')!;
  }

  get #input(): HTMLTextAreaElement {
    return this.querySelector('textarea')!;
  }

  protected override render(): TemplateResult {
    return html`<div
      class="popup note"
      popover
      role="dialog"
      aria-label=${t('Note')}
      @beforetoggle=${(event: ToggleEvent) => event.newState === 'closed' && this.#end()}
    >
      <textarea
        rows="4"
        aria-label=${t('Note of the run')}
        aria-describedby="note-keys"
        @keydown=${(event: KeyboardEvent) => this.#keydown(event)}
      ></textarea>
      <p id="note-keys">${t('Enter saves, Shift+Enter starts a new line, Escape cancels.')}</p>
    </div>`;
  }

  #keydown(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === 'Escape') this.#isKept = false;
    else if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#popup.hidePopover();
  }

  #end(): void {
    const text = this.#input.value.trim();
    if (this.#isKept && text !== this.#before.trim())
      this.model.ask({ type: 'note', runId: this.#runId, text });
    this.#closed();
  }
}

customElements.define('ty-note-editor', TyNoteEditor);
