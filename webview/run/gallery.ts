import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { Picture } from '../../src/panels/found-files.js';
import { follow } from '../shared/follow.js';
import type { RunModel } from './model.js';
import { t } from '../shared/l10n.js';

/** Pictures that the run logged. One is read when it comes into sight. */
export class TyGallery extends PageElement {
  static override properties = { pictures: { attribute: false } };
  declare model: RunModel;
  declare pictures: readonly Picture[];
  readonly #observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries)
        if (isIntersecting) this.model.wantPicture((target as HTMLElement).dataset['path']!);
    },
    { rootMargin: '200px' },
  );

  constructor() {
    super();
    this.addController(
      follow(() => this.model.onChange((change) => change === 'pictures' && this.requestUpdate())),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  protected override updated(): void {
    this.#observer.disconnect();
    for (const picture of this.querySelectorAll('[data-path]')) this.#observer.observe(picture);
  }

  protected override render(): TemplateResult {
    return html`<ul class="pictures">
      ${this.pictures.map((picture) => html`<li>${this.#picture(picture)}</li>`)}
    </ul>`;
  }

  #picture({ path, name, step }: Picture): TemplateResult {
    const uri = this.model.pictures.get(path);
    const label = step === undefined ? name : t('{0}, step {1}', name, step);
    return html`<button
      class="picture"
      data-path=${path}
      title=${t('Open {0}', path)}
      @click=${() => this.model.openFile(path)}
    >
      <span class="frame"
        >${
          uri
            ? html`<img src=${uri} alt=${label} />`
            : html`<span class="icon icon-${uri === null ? 'file' : 'loading'}"></span>`
        }</span
      >
      <span class="caption"
        >${name}${step === undefined ? nothing : html`<span class="muted"> ${t('· step {0}', step)}</span>`}</span
      >
    </button>`;
  }
}

customElements.define('ty-gallery', TyGallery);
