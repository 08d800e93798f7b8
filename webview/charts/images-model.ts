import { compareNames } from '../../src/base/order.js';
import type { LoggedImage } from '../../src/panels/messages.js';

/** Images of one run and key, by step. */
type Images = readonly LoggedImage[];

/** The newest image at or before a step; null: the newest of all. */
export function imageAt(images: Images, step: number | null): LoggedImage | undefined {
  if (step === null) return images.at(-1);
  let low = 0;
  let high = images.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (images[middle]!.step <= step) low = middle + 1;
    else high = middle;
  }
  return images[low - 1];
}

/** The images of the runs, and the step shown. */
export class ImagesModel {
  readonly #listeners = new Set<() => void>();
  /** run → key → images */
  readonly #byRun = new Map<string, ReadonlyMap<string, Images>>();
  /** One step for all keys; else each has its own. */
  #isLinked = true;
  /** null: the newest, as it comes. */
  #step: number | null = null;
  /** While they are not linked: of keys whose slider was moved. */
  readonly #steps = new Map<string, number | null>();

  onChange(listener: () => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  set(runId: string, images: Images): void {
    const byKey = new Map<string, LoggedImage[]>();
    for (const image of images) {
      const known = byKey.get(image.key);
      if (known) known.push(image);
      else byKey.set(image.key, [image]);
    }
    if (byKey.size > 0) this.#byRun.set(runId, byKey);
    else this.#byRun.delete(runId);
    this.#emit();
  }

  keepOnly(runIds: ReadonlySet<string>): void {
    for (const id of this.#byRun.keys()) if (!runIds.has(id)) this.#byRun.delete(id);
  }

  /** Keys that any of these runs has images of, by name. */
  keys(runIds: readonly string[]): string[] {
    return [...new Set(runIds.flatMap((id) => [...(this.#byRun.get(id)?.keys() ?? [])]))].sort(compareNames);
  }

  of(runId: string, key: string): Images {
    return this.#byRun.get(runId)?.get(key) ?? [];
  }

  /** Steps at which any of these runs has an image of the key, ascending. */
  steps(key: string, runIds: readonly string[]): number[] {
    const steps = new Set(runIds.flatMap((id) => this.of(id, key).map(({ step }) => step)));
    return [...steps].sort((a, b) => a - b);
  }

  /** The step that is shown of a key; null: the newest. */
  step(key: string): number | null {
    const own = this.#steps.get(key);
    return own === undefined ? this.#step : own;
  }

  get isLinked(): boolean {
    return this.#isLinked;
  }

  /** When linked again, all keys move to the step of this one; when unlinked, each stays where it is. */
  link(isLinked: boolean, key: string | undefined): void {
    if (isLinked && key !== undefined) this.#step = this.step(key);
    this.#steps.clear();
    this.#isLinked = isLinked;
    this.#emit();
  }

  /** The last step means the newest image, and new ones are followed. */
  setStep(key: string, step: number, runIds: readonly string[]): void {
    const keys = this.#isLinked ? this.keys(runIds) : [key];
    const last = Math.max(...keys.map((other) => this.steps(other, runIds).at(-1) ?? -Infinity));
    const wanted = step >= last ? null : step;
    if (this.#isLinked) this.#step = wanted;
    else this.#steps.set(key, wanted);
    this.#emit();
  }

  #emit(): void {
    for (const listener of this.#listeners) listener();
  }
}
