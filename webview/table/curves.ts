import type { CurveCell } from '../../src/panels/table-messages.js';
import type { Curve } from '../../src/workspace/types.js';

/** As many as many screens show; a curve is some 1,000 bytes. */
const MOST = 4000;
/** Requests are only sent once scrolling has stopped. */
const REST_MS = 60;

interface Kept {
  curve: Curve;
  isFresh: boolean;
}

const keyOf = ({ runId, metric }: CurveCell) => `${runId}\n${metric}`;

/** The curves of cells, requested when they come into view and cached within limits. */
export class Curves {
  readonly #ask: (cells: CurveCell[]) => void;
  /** By use, the longest unused first. */
  readonly #curves = new Map<string, Kept>();
  /** What is being asked for and was not changed since. */
  #asked = new Set<string>();
  #inSight: CurveCell[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: (cells: CurveCell[]) => void) {
    this.#ask = ask;
  }

  get(cell: CurveCell): Curve | undefined {
    return this.#curves.get(keyOf(cell))?.curve;
  }

  /** The cells that are in sight now. */
  want(cells: CurveCell[]): void {
    this.#inSight = cells;
    for (const cell of cells) {
      const key = keyOf(cell);
      const kept = this.#curves.get(key);
      if (!kept) continue;
      this.#curves.delete(key);
      this.#curves.set(key, kept);
    }
    if (this.#timer !== undefined || (cells.length === 0 && this.#asked.size === 0)) return;
    this.#timer = setTimeout(() => this.#askNow(), REST_MS);
  }

  put(curves: readonly (CurveCell & Curve)[]): void {
    for (const { runId, metric, ...curve } of curves) {
      const key = keyOf({ runId, metric });
      this.#curves.delete(key);
      // What changed after it was asked for is drawn, and asked for again.
      this.#curves.set(key, { curve, isFresh: this.#asked.delete(key) });
    }
    for (const key of this.#curves.keys()) {
      if (this.#curves.size <= MOST) break;
      this.#curves.delete(key);
    }
  }

  /** New points may be there. */
  changed(runIds: ReadonlySet<string>): void {
    const isOf = (key: string) => runIds.has(key.slice(0, key.indexOf('\n')));
    for (const [key, kept] of this.#curves) if (isOf(key)) kept.isFresh = false;
    for (const key of this.#asked) if (isOf(key)) this.#asked.delete(key);
  }

  #askNow(): void {
    this.#timer = undefined;
    const missing = this.#inSight.filter((cell) => this.#curves.get(keyOf(cell))?.isFresh !== true);
    const wanted = new Set(missing.map(keyOf));
    const isSame = wanted.size === this.#asked.size && [...wanted].every((key) => this.#asked.has(key));
    if (isSame) return;
    this.#asked = wanted;
    this.#ask(missing);
  }
}
