import * as vscode from 'vscode';
import { refOf, runKey } from '../../workspace/run-ref.js';
import type { Compute, Run } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { formatBytes } from '../format.js';
import { runsById } from '../runs/runs-by-id.js';
import { VIEWS } from '../view-ids.js';
import type { PlacedEvent, Workspaces } from '../workspaces.js';
import { messageLeaf, type Leaf, valueLeaf } from './leaf.js';
import { LiveView } from './live-view.js';
import { rowContext } from './row-context.js';
import { activeRunItem, runSections } from './run-rows.js';
import { runTooltip } from './run-tooltip.js';

/** A run where it runs. Menus find the run in it as in a row of the Runs view. */
export interface PlacedRun {
  readonly kind: 'run';
  readonly run: Run;
  readonly place: string;
}

/** Milliseconds until a view that is in sight asks again. */
const ASK_AGAIN = 10_000;

export interface ComputeNode {
  readonly kind: 'compute';
  /** Id of its workspace. */
  readonly workspace: string;
  readonly compute: Compute;
}

/** Where jobs can run, and what runs there and waits. */
export class ComputeView extends LiveView<ComputeNode | PlacedRun> {
  /** By workspace. */
  readonly #compute = new Map<string, Compute[]>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(workspaces: Workspaces, log: vscode.LogOutputChannel) {
    super(VIEWS.compute, workspaces, log);
  }

  override dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    super.dispose();
  }

  protected forget(): void {
    this.#compute.clear();
  }

  /** What runs uses more or less with time, and what is not ready may be soon: no event tells of either. */
  #askAgain(id: string, all: readonly Compute[]): void {
    clearTimeout(this.#timers.get(id));
    if (!all.some(({ ready, running }) => !ready || running.length > 0)) return;
    const again = () => {
      if (!this.view.visible) return;
      this.#compute.delete(id);
      this.redrawWorkspace(id);
    };
    this.#timers.set(id, setTimeout(again, ASK_AGAIN));
  }

  protected applyEvents(events: readonly PlacedEvent[]): Promise<void> {
    const concerns = (event: PlacedEvent) =>
      event.type === 'reset' || (event.type === 'run' && event.parts.includes('state'));
    const stale = new Set(events.filter(concerns).map(({ workspace }) => workspace));
    for (const id of stale) {
      this.#compute.delete(id);
      this.redrawWorkspace(id);
    }
    return Promise.resolve();
  }

  protected async rootsOf({ id, jobs }: Workspace): Promise<(ComputeNode | Leaf)[]> {
    if (!jobs) return [messageLeaf(`compute/${id}/none`, vscode.l10n.t('This workspace runs no jobs'))];
    const all = this.#compute.get(id) ?? (await jobs.compute());
    this.#compute.set(id, all);
    this.#askAgain(id, all);
    return all.map((compute) => ({ kind: 'compute', workspace: id, compute }));
  }

  protected async childrenOf(node: ComputeNode | PlacedRun): Promise<(PlacedRun | Leaf)[]> {
    const workspace = this.workspaces.of(node.kind === 'run' ? node.run : node);
    if (node.kind === 'run') return runSections({ run: node.run, files: new Map() }, idOf(node), workspace);
    const { name, running, queued, collecting } = node.compute;
    const runs = await runsById(workspace, [...collecting, ...running, ...queued]);
    const rows: (PlacedRun | Leaf)[] = runs.map((run) => ({ kind: 'run', run, place: name }));
    const { problem, facts = [] } = node.compute;
    if (problem !== undefined) rows.push(messageLeaf(`${idOf(node)}/problem`, problem, RETRY(), 'warning'));
    else if (runs.length === 0)
      rows.push(messageLeaf(`${idOf(node)}/none`, vscode.l10n.t('Nothing runs here')));
    const factRows = facts.map(({ label, value }) =>
      valueLeaf(`${idOf(node)}/fact/${label}`, label, value, 'info'),
    );
    return [...rows, ...factRows];
  }

  protected itemOf(node: ComputeNode | PlacedRun): vscode.TreeItem {
    if (node.kind === 'compute') return computeItem(node.compute, idOf(node));
    const item = activeRunItem(node.run, idOf(node), this.workspaces.of(node.run));
    const usage = usageOf(node.run);
    if (usage !== undefined && node.run.state === 'running')
      item.description = [item.description, usage].filter(Boolean).join(' · ');
    return item;
  }

  protected tooltipOf(node: ComputeNode | PlacedRun): vscode.MarkdownString {
    if (node.kind === 'run') return runTooltip(node.run);
    const { label, detail, problem } = node.compute;
    return new vscode.MarkdownString().appendText([label, detail, problem].filter(Boolean).join('\n\n'));
  }
}

const RETRY = () => ({ title: vscode.l10n.t('Retry'), command: COMMANDS.refresh });

/** What a run uses now: `250 % CPU, 1.2 GB`. */
function usageOf({ metrics }: Run): string | undefined {
  const cpu = metrics['system/cpu_utilization_percentage']?.value;
  const memory = metrics['system/system_memory_usage_megabytes']?.value;
  if (cpu === undefined || memory === undefined) return undefined;
  return vscode.l10n.t('{0} % CPU, {1}', Math.round(cpu), formatBytes(memory * 1e6));
}

function idOf(node: ComputeNode | PlacedRun): string {
  return node.kind === 'run'
    ? `compute/${node.place}/${runKey(refOf(node.run))}`
    : `compute/${node.workspace}/${node.compute.name}`;
}

function computeItem(compute: Compute, id: string): vscode.TreeItem {
  const { label, detail, ready, problem, running, queued, slots } = compute;
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(label, ready || running.length > 0 ? Expanded : Collapsed);
  const load = [
    running.length > 0 && vscode.l10n.t('{0} of {1} running', running.length, slots),
    queued.length > 0 && vscode.l10n.t('{0} waiting', queued.length),
  ];
  item.id = id;
  item.description = [...load, problem ?? detail].filter(Boolean).join(' · ');
  item.iconPath = ready
    ? new vscode.ThemeIcon('server')
    : new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.contextValue = rowContext({ kind: 'compute', prune: compute.canPrune });
  item.accessibilityInformation = { label: `${label}, ${item.description}` };
  return item;
}
