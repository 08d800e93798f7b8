import { compareNames } from '../../src/base/order.js';
import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { RunFile } from '../../src/workspace/types.js';
import { follow } from '../shared/follow.js';
import { formatBytes } from '../shared/format.js';
import type { RunModel } from './model.js';
import { around, t } from '../shared/l10n.js';

/** The files that the run wrote, folder by folder. */
export class TyFiles extends PageElement {
  declare model: RunModel;
  readonly #open = new Set<string>();

  constructor() {
    super();
    this.addController(
      follow(() => this.model.onChange((change) => change === 'files' && this.requestUpdate())),
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.model.wantFolder('');
  }

  protected override render(): TemplateResult {
    const files = this.model.folders.get('');
    if (!files) return html`<p class="hint">${t('Reading…')}</p>`;
    const elsewhere = this.model.run?.filesElsewhere;
    if (files.length === 0 && elsewhere !== undefined)
      return html`<p class="hint">
        ${around(t('The files of this run are stored at {0}'), html`<code>${elsewhere}</code>`)}
      </p>`;
    if (files.length === 0)
      return html`<p class="hint">
        ${around(
          t('The run has no files. What a script logs as an artifact, or writes to {0}, is kept here.'),
          html`<code>$TRAINYARD_OUTPUT</code>`,
        )}
      </p>`;
    return this.#list(files);
  }

  #list(files: readonly RunFile[]): TemplateResult {
    const sorted = [...files].sort(
      (a, b) => Number(b.isFolder) - Number(a.isFolder) || compareNames(a.path, b.path),
    );
    return html`<ul class="files">
      ${sorted.map((file) => html`<li>${file.isFolder ? this.#folder(file.path) : this.#file(file)}</li>`)}
    </ul>`;
  }

  #folder(path: string): TemplateResult {
    const isOpen = this.#open.has(path);
    const files = this.model.folders.get(path);
    return html`<button class="file" aria-expanded=${isOpen} @click=${() => this.#toggle(path)}>
        <span class="icon icon-chevron-${isOpen ? 'down' : 'right'}"></span>${nameOf(path)}
      </button>
      ${isOpen ? (files ? this.#list(files) : html`<p class="hint">${t('Reading…')}</p>`) : nothing}`;
  }

  #file({ path, bytes }: RunFile): TemplateResult {
    return html`<button class="file" title=${t('Open {0}', path)} @click=${() => this.model.openFile(path)}>
      <span class="icon icon-file"></span>${nameOf(path)}${
        bytes === undefined ? nothing : html`<span class="bytes">${formatBytes(bytes)}</span>`
      }
    </button>`;
  }

  #toggle(path: string): void {
    if (!this.#open.delete(path)) {
      this.#open.add(path);
      this.model.wantFolder(path);
    }
    this.requestUpdate();
  }
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

customElements.define('ty-files', TyFiles);
