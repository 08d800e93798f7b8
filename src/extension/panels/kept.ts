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

  constructor(memento: Memento, key: string, failed: (error: unknown) => void) {
    this.#memento = memento;
    this.#key = key;
    this.#failed = failed;
    this.#value = memento.get<T>(key);
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
