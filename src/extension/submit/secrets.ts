import type * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';

const PREFIX = 'job/';

/** Secrets for jobs, by the name of the environment variable they become. Values stay in the editor's SecretStorage. */
export class JobSecrets {
  readonly #storage: vscode.SecretStorage;

  constructor(storage: vscode.SecretStorage) {
    this.#storage = storage;
  }

  async names(): Promise<string[]> {
    const keys = await this.#storage.keys();
    return keys
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length))
      .sort();
  }

  async set(name: string, value: string): Promise<void> {
    await this.#storage.store(PREFIX + name, value);
  }

  async delete(name: string): Promise<void> {
    await this.#storage.delete(PREFIX + name);
  }

  /** @throws NOT_FOUND when one of them has no value: a job must not start without what it was promised */
  async values(names: readonly string[]): Promise<Record<string, string>> {
    const pairs = await Promise.all(
      names.map(async (name) => [name, await this.#storage.get(PREFIX + name)] as const),
    );
    const missing = pairs.filter(([, value]) => value === undefined).map(([name]) => name);
    if (missing.length > 0)
      throw new TrainyardError('NOT_FOUND', `There is no secret ${missing.join(', ')}.`, {
        hint: 'Set it with “Trainyard: Manage Secrets”, or submit with options and leave it out.',
      });
    return Object.fromEntries(pairs) as Record<string, string>;
  }
}
