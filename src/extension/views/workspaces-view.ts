import * as vscode from 'vscode';
import type { ServerStatus, WorkspaceEvent } from '../../workspace/types.js';
import { formatBytes } from '../format.js';
import { COMMANDS } from '../command-ids.js';
import { VIEWS } from '../view-ids.js';
import type { Workspaces } from '../workspaces.js';
import { leaf, type Leaf } from './leaf.js';
import { LeafView } from './live-view.js';
import { rowContext } from './row-context.js';

/** The workspaces: where runs and models are kept. */
export class WorkspacesView extends LeafView {
  #status: ServerStatus | undefined;

  constructor(workspaces: Workspaces, log: vscode.LogOutputChannel) {
    super(VIEWS.workspaces, workspaces, log);
  }

  protected forget(): void {
    this.#status = undefined;
  }

  protected applyEvents(events: readonly WorkspaceEvent[]): Promise<void> {
    const concerns = (event: WorkspaceEvent) =>
      event.type === 'reset' || (event.type === 'run' && event.parts.includes('state'));
    if (events.some(concerns)) this.refresh();
    return Promise.resolve();
  }

  protected async roots(): Promise<Leaf[]> {
    const status = (this.#status ??= await this.workspaces.active.status());
    const { label } = this.workspaces.active;
    const runs = status.runs === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', status.runs);
    const title = vscode.l10n.t('Show Server Status');
    return [
      leaf({
        id: 'workspace/local',
        label,
        description: [runs, status.running > 0 && vscode.l10n.t('{0} running', status.running)]
          .filter(Boolean)
          .join(' · '),
        icon: 'device-desktop',
        context: rowContext({ kind: 'workspace' }),
        command: { title, command: COMMANDS.serverStatus },
        tooltip: () =>
          new vscode.MarkdownString().appendText(
            vscode.l10n.t(
              'Runs on this computer, stored in {0} ({1})',
              status.home,
              formatBytes(status.storeBytes),
            ),
          ),
      }),
    ];
  }
}
