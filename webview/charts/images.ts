import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { PageElement } from '../shared/page-element.js';
import type { ChartRun } from '../../src/panels/messages.js';
import { slider } from '../controls/slider.js';
import { follow } from '../shared/follow.js';
import type { ImageCache } from './image-cache.js';
import { TyImage } from './image-tile.js';
import { imageAt, type ImagesModel } from './images-model.js';
import type { TyImageView } from './image-view.js';
import './image-view.js';
import type { ChartsModel } from './model.js';
import { looksOf, type RunLook, swatchClass } from './palette.js';
import { t } from '../shared/l10n.js';

/** No metric can have it. */
const SECTION = { prefix: '/images', collapsed: false };
const AHEAD = '200px 0px';

/** What the runs show of themselves: a row for each key, an image for each run, and a slider for the step. */
export class TyImages extends PageElement {
  declare model: ChartsModel;
  declare images: ImagesModel;
  declare cache: ImageCache;
  /** The key whose slider was moved last: the others go there when they are linked. */
  #moved: string | undefined;
  readonly #inView = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries)
        if (target instanceof TyImage) target.isInView = isIntersecting;
    },
    { rootMargin: AHEAD },
  );
  #watched: ReadonlySet<Element> = new Set();

  constructor() {
    super();
    this.addController(
      follow(() => this.model.onChange(({ what }) => what === 'structure' && this.requestUpdate())),
    );
    this.addController(follow(() => this.images.onChange(() => this.requestUpdate())));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#inView.disconnect();
    this.#watched = new Set();
  }

  protected override updated(): void {
    const tiles = new Set(this.querySelectorAll('.tiles ty-image'));
    for (const tile of this.#watched) if (!tiles.has(tile)) this.#inView.unobserve(tile);
    for (const tile of tiles) if (!this.#watched.has(tile)) this.#inView.observe(tile);
    this.#watched = tiles;
  }

  protected override render(): TemplateResult {
    const { model, images } = this;
    const runs = model.legend.shownRuns;
    const keys = images.keys(runs.map(({ id }) => id)).filter((key) => model.sections.search.matches(key));
    const isOpen = model.sections.isOpen(SECTION);
    return html`
      <section class="images">
        <h2>
          <button aria-expanded=${isOpen} @click=${() => model.arrangement.toggleSection(SECTION)}>
            <span class="icon icon-chevron-${isOpen ? 'down' : 'right'}"></span>
            <span>${t('Images')}</span>
            <span class="count">${keys.length}</span>
          </button>
          ${isOpen && keys.length > 1 ? this.#linkBox() : nothing}
        </h2>
        ${
          isOpen
            ? repeat(
                keys,
                (key) => key,
                (key) => this.#row(key, runs),
              )
            : nothing
        }
      </section>
      <ty-image-view .images=${images} .cache=${this.cache} .model=${model}></ty-image-view>
    `;
  }

  #linkBox(): TemplateResult {
    return html`<label class="check" title=${t('Moves the sliders of all images together')}>
      <input
        type="checkbox"
        .checked=${this.images.isLinked}
        @change=${(event: Event) => this.images.link((event.target as HTMLInputElement).checked, this.#moved)}
      />
      ${t('Link steps')}
    </label>`;
  }

  #row(key: string, shown: readonly ChartRun[]): TemplateResult {
    const runs = shown.filter((run) => this.images.of(run.id, key).length > 0);
    const ids = runs.map(({ id }) => id);
    const step = this.images.step(key);
    const looks = looksOf(this.model.runs.all, this.model.legend.baseline);
    return html`
      <div class="image-row" role="group" aria-label=${key}>
        <header>
          <h3 title=${key}>${key}</h3>
          ${this.#slider(key, ids, step)}
        </header>
        <ul class="tiles">
          ${repeat(
            runs,
            (run) => run.id,
            (run) => this.#tile(run, key, step, looks.get(run.id)!),
          )}
        </ul>
      </div>
    `;
  }

  #slider(key: string, runIds: readonly string[], step: number | null): TemplateResult {
    const steps = this.images.steps(key, runIds);
    if (steps.length === 1) return html`<span class="one-step">${t('Step {0}', steps[0])}</span>`;
    const at =
      step === null
        ? steps.length - 1
        : Math.max(
            0,
            steps.findLastIndex((each) => each <= step),
          );
    return slider({
      label: t('Step'),
      title: t('Step of the images shown. At the end, new images appear as they are logged.'),
      min: 0,
      max: steps.length - 1,
      step: 1,
      value: at,
      format: (index) => String(steps[index] ?? ''),
      onInput: (index) => {
        this.#moved = key;
        this.images.setStep(
          key,
          steps[index]!,
          this.model.legend.shownRuns.map(({ id }) => id),
        );
      },
    });
  }

  #tile(run: ChartRun, key: string, step: number | null, look: RunLook): TemplateResult {
    const all = this.images.of(run.id, key);
    const image = imageAt(all, step);
    return html`
      <li>
        <button
          class="tile"
          ?disabled=${!image}
          aria-label=${image ? t('{0} of {1}, step {2}; open', key, run.name, image.step) : t('{0} of {1}: none yet', key, run.name)}
          @click=${() => image && this.#view.open({ runId: run.id, key, step: image.step })}
        >
          <ty-image .cache=${this.cache} .runId=${run.id} .image=${image}></ty-image>
          ${image ? nothing : html`<span class="none">${t('from step {0}', all[0]?.step)}</span>`}
        </button>
        <p class="caption">
          <span class=${swatchClass(look)}></span>
          <span class="caption-name" title=${run.name}>${run.name}</span>
          <span class="caption-step">${image?.step}</span>
        </p>
      </li>
    `;
  }

  get #view(): TyImageView {
    return this.querySelector('ty-image-view')!;
  }
}

customElements.define('ty-images', TyImages);
