import * as vscode from 'vscode';
import { VIEWS } from './view-ids.js';
import { logError } from './errors.js';
import { Coalescer } from './runs/coalescer.js';
import type { Workspaces } from './workspaces.js';

const USED_KEY = 'used';
const GAP = 500;

/**
 * The active workspace and how many runs are active. Hidden in folders where Trainyard was never used; counts from
 * when something first asked for runs, and listens for as long as there are active ones.
 */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #state: vscode.Memento;
  readonly #workspaces: Workspaces;
  readonly #onCount: (active: number) => void;
  readonly #counting: Coalescer;
  #listening: { dispose(): void } | undefined;

  constructor(
    workspaces: Workspaces,
    state: vscode.Memento,
    onCount: (active: number) => void,
    log: vscode.LogOutputChannel,
  ) {
    this.#workspaces = workspaces;
    this.#state = state;
    this.#onCount = onCount;
    this.#counting = new Coalescer(
      () => this.#count(),
      GAP,
      (error) => logError(error, log),
    );
    this.#item = vscode.window.createStatusBarItem('trainyard.status', vscode.StatusBarAlignment.Left);
    this.#item.name = vscode.l10n.t('Trainyard');
    this.#item.command = `${VIEWS.runs}.focus`;
    this.#show(0, 0);
    if (this.isUsed) this.#item.show();
  }

  /** Whether Trainyard was used in this workspace. */
  get isUsed(): boolean {
    return this.#state.get(USED_KEY, false);
  }

  /** Something is going on: count, and go on counting while there are active runs. */
  wake(): void {
    if (!this.isUsed) void this.#state.update(USED_KEY, true);
    this.#item.show();
    this.#listening ??= this.#workspaces.active.onEvent((event) => {
      if (event.type === 'reset' || (event.type === 'run' && event.parts.includes('state')))
        this.#counting.trigger();
    });
    this.#counting.trigger();
  }

  dispose(): void {
    this.#listening?.dispose();
    this.#counting.dispose();
    this.#item.dispose();
  }

  async #count(): Promise<void> {
    const compute = await this.#workspaces.active.jobs.compute();
    const sum = (ids: (of: (typeof compute)[number]) => string[]) =>
      compute.reduce((total, one) => total + ids(one).length, 0);
    const running = sum((one) => one.running);
    const queued = sum((one) => one.queued);
    this.#show(running, queued);
    const active = running + queued + sum((one) => one.collecting);
    this.#onCount(active);
    if (active > 0) return;
    this.#listening?.dispose();
    this.#listening = undefined;
  }

  #show(running: number, queued: number): void {
    const { label } = this.#workspaces.active;
    const counts = [
      running > 0 && vscode.l10n.t('{0} running', running),
      queued > 0 && vscode.l10n.t('{0} waiting', queued),
    ].filter(Boolean);
    this.#item.text = ['$(beaker) ' + label, ...counts].join(' · ');
    this.#item.tooltip = vscode.l10n.t('Trainyard: show runs');
    this.#item.accessibilityInformation = {
      label: [vscode.l10n.t('Trainyard workspace {0}', label), ...counts].join(', '),
    };
  }
}
