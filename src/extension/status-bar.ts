import * as vscode from 'vscode';
import { VIEWS } from './view-ids.js';
import type { Compute } from '../workspace/types.js';
import type { Workspace } from '../workspace/workspace.js';
import { logError } from './errors.js';
import { isUp } from './local.js';
import { Coalescer } from './runs/coalescer.js';
import type { Workspaces } from './workspaces.js';

const USED_KEY = 'used';
const GAP = 500;

/**
 * The active workspace, and how many runs are active in all. Hidden in folders where Trainyard was never used; counts from
 * when something first asked for runs, and listens for as long as there are active ones. It starts no server but that of
 * the active workspace.
 */
export class StatusBar implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;
  readonly #state: vscode.Memento;
  readonly #workspaces: Workspaces;
  readonly #onCount: (active: number) => void;
  readonly #counting: Coalescer;
  readonly #log: vscode.LogOutputChannel;
  #listening: { dispose(): void } | undefined;
  /** Ids of the workspaces that it listens to. */
  #listened = '';
  readonly #changes: { dispose(): void };
  #running = 0;
  #queued = 0;

  constructor(
    workspaces: Workspaces,
    state: vscode.Memento,
    onCount: (active: number) => void,
    log: vscode.LogOutputChannel,
  ) {
    this.#workspaces = workspaces;
    this.#state = state;
    this.#onCount = onCount;
    this.#log = log;
    this.#counting = new Coalescer(
      () => this.#count(),
      GAP,
      (error) => logError(error, log),
    );
    this.#item = vscode.window.createStatusBarItem('trainyard.status', vscode.StatusBarAlignment.Left);
    this.#item.name = vscode.l10n.t('Trainyard');
    this.#item.command = `${VIEWS.runs}.focus`;
    this.#show(0, 0);
    this.#changes = workspaces.onDidChange(() => this.#show(this.#running, this.#queued));
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
    this.#counting.trigger();
  }

  dispose(): void {
    this.#changes.dispose();
    this.#listening?.dispose();
    this.#counting.dispose();
    this.#item.dispose();
  }

  async #count(): Promise<void> {
    const counted = await this.#counted();
    // Before it counts: what changes meanwhile is counted again.
    this.#listen(counted);
    const compute = (await Promise.all(counted.map((workspace) => this.#computeOf(workspace)))).flat();
    const sum = (ids: (of: (typeof compute)[number]) => string[]) =>
      compute.reduce((total, one) => total + ids(one).length, 0);
    const running = sum((one) => one.running);
    const queued = sum((one) => one.queued);
    this.#show(running, queued);
    const active = running + queued + sum((one) => one.collecting);
    this.#onCount(active);
    if (active === 0) this.#listen([]);
  }

  /** One that does not answer keeps no other from being counted. */
  async #computeOf({ jobs }: Workspace): Promise<Compute[]> {
    try {
      return (await jobs?.compute()) ?? [];
    } catch (error) {
      logError(error, this.#log);
      return [];
    }
  }

  /** Those whose jobs can be counted without starting anything, and the active one. */
  async #counted(): Promise<Workspace[]> {
    const { all, activeId } = this.#workspaces;
    const withJobs = all.filter(({ jobs }) => jobs !== undefined);
    const isCounted = await Promise.all(
      withJobs.map(async (workspace) => workspace.id === activeId || (await isUp(workspace))),
    );
    return withJobs.filter((_, i) => isCounted[i]);
  }

  #listen(counted: readonly Workspace[]): void {
    const names = counted.map(({ id }) => id).join();
    if (names === this.#listened) return;
    this.#listened = names;
    this.#listening?.dispose();
    this.#listening = this.#workspaces.onEvent(
      (event) => {
        if (event.type === 'reset' || (event.type === 'run' && event.parts.includes('state')))
          this.#counting.trigger();
      },
      ({ id }) => counted.some((workspace) => workspace.id === id),
    );
  }

  #show(running: number, queued: number): void {
    this.#running = running;
    this.#queued = queued;
    const label = this.#workspaces.labelOf(this.#workspaces.activeId);
    const counts = [
      running > 0 && vscode.l10n.t('{0} running', running),
      queued > 0 && vscode.l10n.t('{0} waiting', queued),
    ].filter(Boolean);
    this.#item.text = ['$(beaker) ' + label, ...counts].join(' · ');
    this.#item.tooltip =
      this.#workspaces.listed.length > 1
        ? vscode.l10n.t('Trainyard: jobs are submitted to {0}. Click to show runs.', label)
        : vscode.l10n.t('Trainyard: show runs');
    this.#item.accessibilityInformation = {
      label: [vscode.l10n.t('Trainyard workspace {0}', label), ...counts].join(', '),
    };
  }
}
