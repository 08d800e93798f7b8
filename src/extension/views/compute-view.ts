import * as vscode from 'vscode';
import type { Compute, Run, WorkspaceEvent } from '../../workspace/types.js';
import { runsById } from '../runs/runs-by-id.js';
import { VIEWS } from '../view-ids.js';
import type { Workspaces } from '../workspaces.js';
import { messageLeaf, type Leaf } from './leaf.js';
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

interface ComputeNode {
  readonly kind: 'compute';
  readonly compute: Compute;
}

/** Where jobs can run, and what runs there and waits. */
export class ComputeView extends LiveView<ComputeNode | PlacedRun> {
  #compute: Compute[] | undefined;

  constructor(workspaces: Workspaces, log: vscode.LogOutputChannel) {
    super(VIEWS.compute, workspaces, log);
  }

  protected forget(): void {
    this.#compute = undefined;
  }

  protected applyEvents(events: readonly WorkspaceEvent[]): Promise<void> {
    const concerns = (event: WorkspaceEvent) =>
      event.type === 'reset' || (event.type === 'run' && event.parts.includes('state'));
    if (events.some(concerns)) this.refresh();
    return Promise.resolve();
  }

  protected async roots(): Promise<ComputeNode[]> {
    this.#compute ??= await this.workspaces.active.jobs.compute();
    return this.#compute.map((compute) => ({ kind: 'compute', compute }));
  }

  protected async childrenOf(node: ComputeNode | PlacedRun): Promise<(PlacedRun | Leaf)[]> {
    const workspace = this.workspaces.active;
    if (node.kind === 'run') return runSections({ run: node.run, files: new Map() }, idOf(node), workspace);
    const { name, running, queued, collecting } = node.compute;
    const runs = await runsById(workspace, [...collecting, ...running, ...queued]);
    if (runs.length === 0) return [messageLeaf(`${idOf(node)}/none`, vscode.l10n.t('Nothing runs here'))];
    return runs.map((run) => ({ kind: 'run', run, place: name }));
  }

  protected itemOf(node: ComputeNode | PlacedRun): vscode.TreeItem {
    return node.kind === 'run' ? activeRunItem(node.run, idOf(node)) : computeItem(node.compute, idOf(node));
  }

  protected tooltipOf(node: ComputeNode | PlacedRun): vscode.MarkdownString {
    if (node.kind === 'run') return runTooltip(node.run);
    const { label, detail, problem } = node.compute;
    return new vscode.MarkdownString().appendText([label, detail, problem].filter(Boolean).join('\n\n'));
  }
}

function idOf(node: ComputeNode | PlacedRun): string {
  return node.kind === 'run' ? `compute/${node.place}/${node.run.id}` : `compute/${node.compute.name}`;
}

function computeItem(compute: Compute, id: string): vscode.TreeItem {
  const { label, detail, ready, problem, running, queued, slots } = compute;
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  const load = [
    running.length > 0 && vscode.l10n.t('{0} of {1} running', running.length, slots),
    queued.length > 0 && vscode.l10n.t('{0} waiting', queued.length),
  ];
  item.id = id;
  item.description = [...load, problem ?? detail].filter(Boolean).join(' · ');
  item.iconPath = ready
    ? new vscode.ThemeIcon('server')
    : new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.contextValue = rowContext({ kind: 'compute' });
  item.accessibilityInformation = { label: `${label}, ${item.description}` };
  return item;
}
