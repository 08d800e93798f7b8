import * as vscode from 'vscode';
import type { ServerStatus } from '../../workspace/types.js';
import { COMMANDS } from '../command-ids.js';
import { formatBytes } from '../format.js';
import { isLocal } from '../local.js';
import { VIEWS } from '../view-ids.js';
import type { ListedWorkspace, PlacedEvent, Workspaces } from '../workspaces.js';
import { errorLeaf, leaf, type Leaf } from './leaf.js';
import { LeafView } from './live-view.js';
import { listProblemLeaf, workspaceContext, workspaceIcon } from './workspace-rows.js';

/** The workspaces: where runs and models are kept. No server is started for it, but that of the active one. */
export class WorkspacesView extends LeafView {
  readonly #status = new Map<string, ServerStatus>();

  constructor(workspaces: Workspaces, log: vscode.LogOutputChannel) {
    super(VIEWS.workspaces, workspaces, log);
  }

  protected forget(): void {
    this.#status.clear();
  }

  protected applyEvents(events: readonly PlacedEvent[]): Promise<void> {
    const concerns = (event: PlacedEvent) =>
      event.type === 'reset' || (event.type === 'run' && event.parts.includes('state'));
    if (events.some(concerns)) this.refresh();
    return Promise.resolve();
  }

  protected override async roots(): Promise<Leaf[]> {
    const { listed, problem } = this.workspaces;
    const rows = await Promise.all(listed.map((each) => this.#rowOf(each)));
    return problem === undefined ? rows : [listProblemLeaf(VIEWS.workspaces, problem), ...rows];
  }

  protected rootsOf(): Promise<Leaf[]> {
    return Promise.resolve([]);
  }

  async #rowOf(listed: ListedWorkspace): Promise<Leaf> {
    const { entry, workspace } = listed;
    const isActive = entry.id === this.workspaces.activeId;
    const isAlone = this.workspaces.listed.length === 1;
    let status: ServerStatus | undefined;
    let error = listed.error;
    try {
      if (isLocal(workspace) && (isActive || (await workspace.isUp()))) {
        this.listenTo(entry.id);
        status = this.#status.get(entry.id) ?? (await workspace.status());
        this.#status.set(entry.id, status);
      }
    } catch (cause) {
      error = cause;
    }
    const id = `workspace/${entry.id}`;
    const retry = { title: vscode.l10n.t('Retry'), command: COMMANDS.refresh };
    const title = vscode.l10n.t('Show Server Status');
    const row = leaf({
      id,
      label: entry.name,
      description: [isActive && !isAlone && vscode.l10n.t('active'), ...descriptionOf(listed, status)]
        .filter(Boolean)
        .join(' · '),
      icon: workspaceIcon(entry.kind),
      context: workspaceContext(listed, isActive),
      expanded: true,
      ...(error !== undefined && {
        children: () => [errorLeaf(id, error, retry, { workspaceId: entry.id })],
      }),
      ...(isLocal(workspace) && {
        command: { title, command: COMMANDS.serverStatus, arguments: [{ workspaceId: entry.id }] },
      }),
      tooltip: () => new vscode.MarkdownString().appendText(tooltipOf(listed, status)),
    });
    return { ...row, workspaceId: entry.id };
  }
}

function descriptionOf({ entry, workspace }: ListedWorkspace, status: ServerStatus | undefined): string[] {
  if (!status) return isLocal(workspace) ? [vscode.l10n.t('not running')] : [entry.uri ?? ''];
  const { runs, running } = status;
  return [
    runs === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', runs),
    ...(running > 0 ? [vscode.l10n.t('{0} running', running)] : []),
  ];
}

function tooltipOf({ entry, workspace }: ListedWorkspace, status: ServerStatus | undefined): string {
  if (!isLocal(workspace)) return [entry.name, entry.uri].filter(Boolean).join('\n\n');
  if (!status) return vscode.l10n.t('Runs on this computer, stored in {0}', workspace.home);
  return vscode.l10n.t(
    'Runs on this computer, stored in {0} ({1})',
    status.home,
    formatBytes(status.storeBytes),
  );
}
