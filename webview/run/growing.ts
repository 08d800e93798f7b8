import type { ReactiveController, ReactiveControllerHost } from 'lit';

const STEP = 40;

/**
 * For long lists: draws some rows, and more when the last one comes near, so that five thousand rows open as fast as
 * five. The host element shows a `.more` after its rows while there are more.
 */
export class Growing implements ReactiveController {
  count = STEP;
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #observer: IntersectionObserver;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
    this.#observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        this.count += STEP;
        host.requestUpdate();
      },
      { rootMargin: '200px' },
    );
  }

  reset(): void {
    this.count = STEP;
  }

  hostUpdated(): void {
    this.#observer.disconnect();
    const more = this.#host.querySelector('.more');
    if (more) this.#observer.observe(more);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }
}
