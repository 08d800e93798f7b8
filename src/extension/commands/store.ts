import * as vscode from 'vscode';
import type { StoreRecovery } from '../../workspace/local/contract.js';
import { findServer, shutdown } from '../../workspace/local/launch.js';
import { maintainStore } from '../../workspace/local/maintenance.js';
import { COMMANDS } from '../command-ids.js';
import { formatTime } from '../format.js';
import { localOf } from '../local.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';

/** For a store that was damaged or lost, on machines that do not have the command line. */
export function registerStoreCommands(register: Register, workspaces: Workspaces, serverEntry: string): void {
  register(COMMANDS.recoverStore, async (row) => {
    const { home } = localOf(workspaces, row);
    const recover = vscode.l10n.t('Recover');
    const picked = await vscode.window.showWarningMessage(
      vscode.l10n.t('Recover the store in {0}?', home),
      {
        modal: true,
        detail: vscode.l10n.t(
          'The store is rebuilt from the database, its second copy, the job folders and the files. Nothing is removed; the old store is set aside. Running jobs continue.',
        ),
      },
      recover,
    );
    if (picked !== recover) return;
    const made = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Recovering the store') },
      async () => {
        const server = await findServer(home);
        if (server) await shutdown(server);
        return maintainStore('recover', { home, serverEntry });
      },
    );
    await vscode.commands.executeCommand(COMMANDS.refresh);
    void vscode.window.showInformationMessage(recovered(made));
  });
}

function recovered({
  runs,
  lostChanges,
  lastChangeAt,
  filesRun,
  missingObjects,
  setAside,
}: StoreRecovery): string {
  const parts = [
    runs === 1 ? vscode.l10n.t('1 run was recovered.') : vscode.l10n.t('{0} runs were recovered.', runs),
  ];
  if (lostChanges !== 0)
    parts.push(
      lastChangeAt === null
        ? vscode.l10n.t('The latest logged values may be missing.')
        : vscode.l10n.t('Anything logged after {0} is missing.', formatTime(lastChangeAt)),
    );
  if (filesRun !== null)
    parts.push(vscode.l10n.t('Files that belong to no run are now in the run “Recovered files”.'));
  if (missingObjects.length > 0) parts.push(vscode.l10n.t('{0} files are missing.', missingObjects.length));
  if (setAside !== null) parts.push(vscode.l10n.t('The old store is in {0}.', setAside));
  return parts.join(' ');
}
