import type { Memento } from 'vscode';

/**
 * What a panel shows, kept by the workspace. The editor writes down what a page keeps only every now and then, so that a
 * page that has just opened would come back from a reload without it.
 */
export class Kept<T> {
  readonly #memento: Memento;
  readonly #key: string;
  readonly #failed: (error: unknown) => void;
  #value: T | undefined;

  /** @param read makes what an earlier version kept what is kept now */
  constructor(memento: Memento, key: string, read: (kept: T) => T, failed: (error: unknown) => void) {
    this.#memento = memento;
    this.#key = key;
    this.#failed = failed;
    const kept = memento.get<T>(key);
    this.#value = kept === undefined ? undefined : read(kept);
  }

  /** Undefined before anything was shown. */
  get value(): T | undefined {
    return this.#value;
  }

  set value(value: T) {
    this.#value = value;
    this.#memento.update(this.#key, value).then(undefined, this.#failed);
  }
}
