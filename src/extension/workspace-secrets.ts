import type * as vscode from 'vscode';
import type { Credentials } from '../workspace/registry.js';

const PREFIX = 'workspace/';

/** Secrets of workspaces, such as the token of a server. They stay in the editor's SecretStorage. */
export class WorkspaceSecrets {
  readonly #storage: vscode.SecretStorage;

  constructor(storage: vscode.SecretStorage) {
    this.#storage = storage;
  }

  /** @param workspace id */
  of(workspace: string): Credentials {
    return { get: async (name) => this.#storage.get(keyOf(workspace, name)) };
  }

  async set(workspace: string, name: string, value: string): Promise<void> {
    await this.#storage.store(keyOf(workspace, name), value);
  }

  async delete(workspace: string, name: string): Promise<void> {
    await this.#storage.delete(keyOf(workspace, name));
  }

  /** Forgets all that it has of a workspace. */
  async forget(workspace: string): Promise<void> {
    const keys = await this.#storage.keys();
    const own = keys.filter((key) => key.startsWith(keyOf(workspace, '')));
    await Promise.all(own.map((key) => this.#storage.delete(key)));
  }
}

const keyOf = (workspace: string, name: string) => `${PREFIX}${workspace}/${name}`;
