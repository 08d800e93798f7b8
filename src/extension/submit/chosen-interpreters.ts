import type * as vscode from 'vscode';

const KEY = 'submit.interpreters';

/** The interpreter that a person chose for the scripts of a folder, in the editor's own storage for the workspace. */
export class ChosenInterpreters {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** @param folder absolute path, as `Script.folder` has it */
  of(folder: string): string | undefined {
    const all = this.#all();
    return Object.hasOwn(all, folder) ? all[folder] : undefined;
  }

  /** @param interpreter absolute path; undefined: the one that is found by itself */
  async choose(folder: string, interpreter: string | undefined): Promise<void> {
    const others = Object.entries(this.#all()).filter(([other]) => other !== folder);
    const chosen = interpreter === undefined ? [] : [[folder, interpreter] as const];
    await this.#state.update(KEY, Object.fromEntries([...others, ...chosen]));
  }

  #all(): Record<string, string> {
    return this.#state.get<Record<string, string>>(KEY, {});
  }
}
