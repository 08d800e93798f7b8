import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import { follow } from '../shared/follow.js';
import { markdown } from './markdown.js';
import type { RunModel } from './model.js';
import { t } from '../shared/l10n.js';

/** What a tag of a run can hold. */
const LONGEST = 8000;

/** What a person wrote about the run: Markdown, shown or edited. */
export class TyNote extends PageElement {
  static override properties = { note: { attribute: false }, canEdit: { attribute: false } };
  declare model: RunModel;
  declare note: string;
  declare canEdit: boolean;
  #isFocusWanted = false;

  constructor() {
    super();
    this.addController(
      follow(() => this.model.onChange((change) => change === 'note' && this.requestUpdate())),
    );
  }

  edit(): void {
    this.#isFocusWanted = true;
    this.model.editNote();
  }

  protected override updated(): void {
    if (!this.#isFocusWanted) return;
    this.#isFocusWanted = false;
    this.querySelector('textarea')?.focus();
  }

  protected override render(): TemplateResult {
    const { draft } = this.model;
    if (draft) return this.#editor(draft.text);
    if (this.note === '')
      return html`<button class="link add-note" @click=${() => this.edit()}>${t('Add a note…')}</button>`;
    return html`<div class="note" @dblclick=${() => this.canEdit && this.edit()}>
      ${markdown(this.note, (href) => this.model.openLink(href))}
    </div>`;
  }

  #editor(text: string): TemplateResult {
    const { model } = this;
    const status = model.noteStatus;
    const isSaving = status.is === 'saving';
    return html`
      ${
        status.is === 'conflict'
          ? html`<div class="notice bad" role="alert">
              <span class="icon icon-error"></span>
              <div class="notice-text">
                <p>${t('The note was changed elsewhere while you edited it. It now says:')}</p>
                <blockquote class="other">${status.note === '' ? t('nothing') : status.note}</blockquote>
              </div>
            </div>`
          : nothing
      }
      ${
        status.is === 'failed'
          ? html`<p class="problem" role="alert">${t('The note was not saved: {0}', status.message)}</p>`
          : nothing
      }
      <textarea
        aria-label=${t('Note, in Markdown')}
        placeholder=${t('What was tried, and what came of it. Markdown.')}
        maxlength=${LONGEST}
        spellcheck="true"
        .value=${text}
        @input=${(event: InputEvent) => this.#onInput(event.target as HTMLTextAreaElement)}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
      ></textarea>
      <div class="note-tools">
        <vscode-button ?disabled=${isSaving} @click=${() => model.saveNote(status.is === 'conflict')}
          >${status.is === 'conflict' ? t('Overwrite') : t('Save')}</vscode-button
        >
        <vscode-button appearance="secondary" @click=${() => model.discardNote()}
          >${status.is === 'conflict' ? t('Discard Mine') : t('Cancel')}</vscode-button
        >
        <span class="hint">${t('Ctrl+Enter saves')}</span>
      </div>
    `;
  }

  #onInput(area: HTMLTextAreaElement): void {
    this.model.typeNote(area.value);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      // Writing over what somebody else wrote wants a decision, not a habit.
      if (this.model.noteStatus.is !== 'conflict') this.model.saveNote();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      this.#cancel();
    }
  }

  /** Escape is pressed easily: what was written stays, until it is thrown away on purpose. */
  #cancel(): void {
    const { draft } = this.model;
    if (draft && draft.text === draft.base) this.model.discardNote();
    else this.querySelector<HTMLElement>('vscode-button[appearance=secondary]')?.focus();
  }
}

customElements.define('ty-note', TyNote);
