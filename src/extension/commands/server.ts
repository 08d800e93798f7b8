import * as vscode from 'vscode';
import { findServer, shutdown } from '../../workspace/local/launch.js';
import { settingLines, type Shell, SHELLS } from '../../workspace/local/tracking.js';
import { COMMANDS } from '../command-ids.js';
import { formatBytes, formatDuration } from '../format.js';
import { localOf } from '../local.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';

/** The local server, for when a person wants to look behind the curtain. */
export function registerServerCommands(
  register: Register,
  workspaces: Workspaces,
  log: vscode.LogOutputChannel,
): void {
  register(COMMANDS.showOutput, () => log.show());

  register(COMMANDS.copyEnvironment, async (given?: unknown) => {
    const workspace = localOf(workspaces, given);
    const shell = SHELLS.find((known) => known === given) ?? (await pickShell());
    if (!shell) return;
    const variables = await workspace.trackingVariables();
    await vscode.env.clipboard.writeText(settingLines(variables, shell));
    void vscode.window.showInformationMessage(
      shell === 'python'
        ? vscode.l10n.t(
            'Copied, including the server token. Paste it at the start of a notebook or script to log to this workspace.',
          )
        : vscode.l10n.t(
            'Copied, including the server token. Paste it into a terminal, and programs started there log to this workspace.',
          ),
    );
  });

  register(COMMANDS.serverStatus, async (row) => {
    const workspace = localOf(workspaces, row);
    if (!(await workspace.isUp())) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('The Trainyard server is not running. It starts when needed.'),
      );
      return;
    }
    const status = await workspace.status();
    const lines = [
      vscode.l10n.t('Process {0}, version {1}, Node.js {2}', status.pid, status.version, status.node),
      vscode.l10n.t(
        'Uptime {0}, memory {1}',
        formatDuration(Date.now() - status.startedAt),
        formatBytes(status.memoryBytes),
      ),
      vscode.l10n.t(
        '{0} runs in {1} experiments, {2}',
        status.runs,
        status.experiments,
        formatBytes(status.storeBytes),
      ),
      vscode.l10n.t('{0} running, {1} waiting', status.running, status.queued),
      vscode.l10n.t('URL {0}, home folder {1}', status.url, status.home),
    ];
    const stop = vscode.l10n.t('Stop Server');
    const title =
      workspaces.all.length > 1
        ? vscode.l10n.t('Trainyard Server of {0}', workspace.label)
        : vscode.l10n.t('Trainyard Server');
    const picked = await vscode.window.showInformationMessage(
      title,
      { modal: true, detail: lines.join('\n') },
      stop,
    );
    if (picked === stop)
      await vscode.commands.executeCommand(COMMANDS.stopServer, { workspaceId: workspace.id });
  });

  register(COMMANDS.stopServer, async (row) => {
    const server = await findServer(localOf(workspaces, row).home);
    if (server) await shutdown(server);
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'The Trainyard server has stopped. Running jobs continue, and the server starts again when needed.',
      ),
    );
  });
}

async function pickShell(): Promise<Shell | undefined> {
  const inTerminal = vscode.l10n.t('in a terminal');
  const items: (vscode.QuickPickItem & { shell: Shell })[] = [
    { label: 'Python', description: vscode.l10n.t('in a notebook or script'), shell: 'python' },
    { label: 'bash, zsh', description: inTerminal, shell: 'sh' },
    { label: 'fish', description: inTerminal, shell: 'fish' },
    { label: 'PowerShell', description: inTerminal, shell: 'powershell' },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Copy Environment'),
    placeHolder: vscode.l10n.t('Where will you paste it?'),
  });
  return picked?.shell;
}
