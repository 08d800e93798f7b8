import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { LoggedImage } from '../../src/panels/messages.js';
import type { ImageCache } from './image-cache.js';

/** Below this many pixels an image is data, and its pixels are to be seen. */
const PIXELS = 96;

/** An image of a run. It is fetched while it is near the visible part of the page; the one before stays until then. */
export class TyImage extends PageElement {
  static override properties = {
    runId: { type: String },
    image: { attribute: false },
    isFull: { type: Boolean },
    isInView: { state: true },
    url: { state: true },
    problem: { state: true },
  };
  declare cache: ImageCache;
  declare runId: string;
  declare image: LoggedImage | undefined;
  /** Not the small copy. */
  declare isFull: boolean;
  declare isInView: boolean;
  declare url: string | undefined;
  declare problem: string | undefined;
  /** What `url` or `problem` is of. */
  #shown: string | undefined;

  constructor() {
    super();
    this.isInView = false;
    this.isFull = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.cache.leave(this);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('image') && !changed.has('isInView') && !changed.has('runId')) return;
    const path = this.#path;
    if (!this.isInView || path === undefined || `${this.runId}/${path}` === this.#shown) {
      this.cache.leave(this);
      return;
    }
    const { runId } = this;
    const take = (url: string | undefined, problem: string | undefined) => {
      if (runId !== this.runId || path !== this.#path) return;
      this.#shown = `${runId}/${path}`;
      this.url = url;
      this.problem = problem;
    };
    this.cache.want(this, {
      runId,
      path,
      settle: (url) => take(url, undefined),
      fail: (message) => take(undefined, message),
    });
  }

  get #path(): string | undefined {
    return this.isFull ? this.image?.path : this.image?.small;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.image) return nothing;
    if (this.problem !== undefined)
      return html`<span
        class="icon icon-error"
        role="img"
        aria-label=${this.problem}
        title=${this.problem}
      ></span>`;
    if (this.url === undefined) return nothing;
    return html`<img alt="" src=${this.url} @load=${(event: Event) => this.#loaded(event)} />`;
  }

  #loaded(event: Event): void {
    const image = event.target as HTMLImageElement;
    image.classList.toggle('pixels', Math.max(image.naturalWidth, image.naturalHeight) <= PIXELS);
  }
}

customElements.define('ty-image', TyImage);
