import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Medium charts of a usual panel, with the row below it. */
const AT_ONCE = 20;
const MORE = 40;

/**
 * Adds the first charts to the page at once and the rest while the browser is idle, so that hundreds open as fast as a
 * few.
 */
export class Gradual implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #room = AT_ONCE;
  /** Room that a rendering has left; below 0 for as many as it left out. */
  #left = 0;
  #idle = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostUpdate(): void {
    this.#left = this.#room;
  }

  /** Those of the next charts of a rendering that it has room for. */
  take(charts: readonly string[]): readonly string[] {
    const taken = charts.slice(0, Math.max(0, this.#left));
    this.#left -= charts.length;
    return taken;
  }

  hostUpdated(): void {
    if (this.#left >= 0 || this.#idle !== 0) return;
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
