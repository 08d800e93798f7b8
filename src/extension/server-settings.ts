import * as vscode from 'vscode';
import { findServer, homeOf } from '../workspace/local/launch.js';
import { logError } from './errors.js';
import { SETTINGS, settings, touchesSetting } from './settings.js';
import type { Workspaces } from './workspaces.js';

/** Brings the editor's settings of the server to it: when they change and it runs, and before the first job. */
export class ServerSettingsSync implements vscode.Disposable {
  readonly #workspaces: Workspaces;
  readonly #listening: vscode.Disposable;
  #isPushed = false;

  constructor(workspaces: Workspaces, log: vscode.LogOutputChannel) {
    this.#workspaces = workspaces;
    this.#listening = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!touchesSetting(event, SETTINGS.parallelJobs, SETTINGS.grace, SETTINGS.sizeLimit)) return;
      this.#isPushed = false;
      this.#pushIfUp().catch((error: unknown) => logError(error, log));
    });
  }

  async pushOnce(): Promise<void> {
    if (this.#isPushed) return;
    const changes = settings.server();
    if (Object.keys(changes).length > 0) await this.#workspaces.active.changeSettings(changes);
    this.#isPushed = true;
  }

  dispose(): void {
    this.#listening.dispose();
  }

  async #pushIfUp(): Promise<void> {
    if (await findServer(homeOf({ home: settings.home() }))) await this.pushOnce();
  }
}
