import type { FromRun, ToRun } from '../../src/panels/run-messages.js';
import type { ShownTable } from '../../src/panels/table.js';

type Told = Pick<Extract<ToRun, { type: 'table' }>, 'table' | 'sha256'>;

/** The tables that the page has read: asked for when they come into sight, and again when files of the run changed. */
export class TablesModel {
  readonly #post: (message: FromRun) => void;
  readonly #told = new Map<string, Told>();
  readonly #inSight = new Set<string>();
  /** Asked for, and no file has changed since. */
  readonly #fresh = new Set<string>();

  constructor(post: (message: FromRun) => void) {
    this.#post = post;
  }

  /** Or a sentence why there is none; undefined until it is known. */
  table(path: string): ShownTable | string | undefined {
    return this.#told.get(path)?.table;
  }

  look(path: string, isInSight: boolean): void {
    if (!isInSight) this.#inSight.delete(path);
    else {
      this.#inSight.add(path);
      this.#ask(path);
    }
  }

  receive({ path, table, sha256 }: Extract<ToRun, { type: 'table' }>): void {
    this.#told.set(path, { table, ...(sha256 !== undefined && { sha256 }) });
  }

  /** Some files of the run have changed; it is not known which. */
  refresh(): void {
    this.#fresh.clear();
    for (const path of this.#inSight) this.#ask(path);
  }

  forget(): void {
    this.#told.clear();
    this.#inSight.clear();
    this.#fresh.clear();
  }

  #ask(path: string): void {
    if (this.#fresh.has(path)) return;
    this.#fresh.add(path);
    const known = this.#told.get(path)?.sha256;
    this.#post({ type: 'table', path, ...(known !== undefined && { known }) });
  }
}
