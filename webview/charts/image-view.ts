import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import { slider } from '../controls/slider.js';
import { follow } from '../shared/follow.js';
import type { ImageCache } from './image-cache.js';
import { imageAt, type ImagesModel } from './images-model.js';
import type { ChartsModel } from './model.js';
import { looksOf, swatchClass } from './palette.js';
import { t } from '../shared/l10n.js';

interface Shown {
  runId: string;
  key: string;
  step: number;
}

/** One image as large as the panel lets it be, over all else. */
export class TyImageView extends PageElement {
  static override properties = { shown: { state: true } };
  declare model: ChartsModel;
  declare images: ImagesModel;
  declare cache: ImageCache;
  declare shown: Shown | undefined;

  constructor() {
    super();
    this.addController(follow(() => this.images.onChange(() => this.shown && this.requestUpdate())));
  }

  open(shown: Shown): void {
    this.shown = shown;
    void this.updateComplete.then(() => this.querySelector('dialog')?.showModal());
  }

  protected override render(): TemplateResult | typeof nothing {
    const { shown } = this;
    const run = shown && this.model.runs.get(shown.runId);
    if (!shown || !run) return nothing;
    const all = this.images.of(shown.runId, shown.key);
    const image = imageAt(all, shown.step);
    const look = looksOf(this.model.runs.all, this.model.legend.baseline).get(run.id)!;
    return html`
      <dialog
        class="image-view"
        aria-label=${t('{0} of {1}', shown.key, run.name)}
        @close=${() => (this.shown = undefined)}
        @click=${(event: MouseEvent) => event.target === event.currentTarget && this.#close()}
      >
        <header>
          <span class=${swatchClass(look)}></span>
          <h3>${run.name} <span class="count">${shown.key}</span></h3>
          ${
            all.length > 1
              ? slider({
                  label: t('Step'),
                  title: t('Step of the image'),
                  min: 0,
                  max: all.length - 1,
                  step: 1,
                  value: image ? all.indexOf(image) : 0,
                  format: (index) => String(all[index]?.step ?? ''),
                  onInput: (index) => (this.shown = { ...shown, step: all[index]!.step }),
                })
              : html`<span class="one-step">${t('Step {0}', image?.step)}</span>`
          }
          <vscode-button
            appearance="secondary"
            @click=${() => image && this.model.ask({ type: 'openFile', runId: run.id, path: image.path })}
            >${t('Open in Editor')}</vscode-button
          >
          <button
            class="icon-button"
            aria-label=${t('Close')}
            title=${t('Close (Escape)')}
            @click=${() => this.#close()}
          >
            <span class="icon icon-close"></span>
          </button>
        </header>
        <div class="image-stage">
          <ty-image
            .cache=${this.cache}
            .runId=${run.id}
            .image=${image}
            .isFull=${true}
            .isInView=${true}
          ></ty-image>
        </div>
      </dialog>
    `;
  }

  #close(): void {
    this.querySelector('dialog')?.close();
  }
}

customElements.define('ty-image-view', TyImageView);
