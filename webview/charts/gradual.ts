import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Medium charts of a usual panel, with the row below it. */
const AT_ONCE = 20;
const MORE = 40;

/**
 * Puts the first charts on the page at once and the rest while the browser has nothing else to do, so that hundreds open as
 * quickly as a few.
 */
export class Gradual implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #room = AT_ONCE;
  #left = 0;
  #isShort = false;
  #idle = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostUpdate(): void {
    this.#left = this.#room;
    this.#isShort = false;
  }

  /** Those of the next charts of a rendering that it has room for. */
  take(charts: readonly string[]): readonly string[] {
    const taken = charts.slice(0, this.#left);
    this.#left -= taken.length;
    if (taken.length < charts.length) this.#isShort = true;
    return taken;
  }

  hostUpdated(): void {
    if (!this.#isShort || this.#idle !== 0) return;
    this.#idle = requestIdleCallback(() => {
      this.#idle = 0;
      this.#room += MORE;
      this.#host.requestUpdate();
    });
  }

  hostDisconnected(): void {
    cancelIdleCallback(this.#idle);
    this.#idle = 0;
  }
}
