import * as vscode from 'vscode';
import type { Workspace } from '../workspace/workspace.js';
import { logError } from './errors.js';
import { isLocal } from './local.js';
import { SETTINGS, settings, TARGET_SETTINGS, touchesSetting } from './settings.js';
import type { Workspaces } from './workspaces.js';

const PUSHED = [
  SETTINGS.parallelJobs,
  SETTINGS.grace,
  SETTINGS.sizeLimit,
  SETTINGS.dataCacheLimit,
  ...TARGET_SETTINGS,
];

/** Brings the editor's settings of the server to it: when they change and it runs, and before the first job. */
export class ServerSettingsSync implements vscode.Disposable {
  readonly #workspaces: Workspaces;
  readonly #listening: vscode.Disposable;
  #pushed = new WeakSet<Workspace>();

  constructor(workspaces: Workspaces, log: vscode.LogOutputChannel) {
    this.#workspaces = workspaces;
    this.#listening = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!touchesSetting(event, ...PUSHED)) return;
      this.#pushed = new WeakSet();
      this.#pushIfUp().catch((error: unknown) => logError(error, log));
    });
  }

  /** To the server of a workspace of this computer; others have none. */
  async pushOnce(workspace: Workspace): Promise<void> {
    if (!isLocal(workspace) || this.#pushed.has(workspace)) return;
    const changes = settings.server();
    if (Object.keys(changes).length > 0) await workspace.changeSettings(changes);
    this.#pushed.add(workspace);
  }

  dispose(): void {
    this.#listening.dispose();
  }

  async #pushIfUp(): Promise<void> {
    const pushes = this.#workspaces.all.map(async (workspace) => {
      if (isLocal(workspace) && (await workspace.isUp())) await this.pushOnce(workspace);
    });
    await Promise.all(pushes);
  }
}
