/** Least time between two drawings for new points. Ten a second look live; more would only cost. */
const LIVE_INTERVAL_MS = 100;

/** Gathers reasons to draw: what a person does is drawn in the next frame, new points at most ten times a second. */
export class Redraw {
  readonly #draw: () => void;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = -Infinity;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  now(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.cancel();
      this.#drawnAt = performance.now();
      this.#draw();
    });
  }

  soon(): void {
    const wait = this.#drawnAt + LIVE_INTERVAL_MS - performance.now();
    if (wait <= 0) this.now();
    else this.#timer ??= setTimeout(() => this.now(), wait);
  }

  cancel(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#frame = 0;
    this.#timer = undefined;
  }
}
