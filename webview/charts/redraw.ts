/** Minimum time between two drawings for new points. Ten per second look live. */
const LIVE_INTERVAL_MS = 100;
/** The time that charts may take in a frame; the rest are drawn in the next ones, so that the page stays responsive. */
const FRAME_MS = 10;

const waiting = new Set<Redraw>();
let frame = 0;

function run(): void {
  frame = 0;
  const end = performance.now() + FRAME_MS;
  for (const redraw of [...waiting]) {
    // One that was drawn may have taken others away.
    if (!waiting.has(redraw)) continue;
    redraw.run();
    if (performance.now() > end) break;
  }
  if (waiting.size > 0) frame ||= requestAnimationFrame(run);
}

/** Schedules drawing: user actions in the next frame, new points at most ten times a second. */
export class Redraw {
  readonly #draw: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = -Infinity;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  now(): void {
    waiting.add(this);
    frame ||= requestAnimationFrame(run);
  }

  soon(): void {
    const wait = this.#drawnAt + LIVE_INTERVAL_MS - performance.now();
    if (wait <= 0) this.now();
    else this.#timer ??= setTimeout(() => this.now(), wait);
  }

  run(): void {
    this.cancel();
    this.#drawnAt = performance.now();
    this.#draw();
  }

  cancel(): void {
    waiting.delete(this);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
