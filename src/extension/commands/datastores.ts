import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { wordsOnPlace } from '../../job/datastore.js';
import { facetOf } from '../../workspace/facets.js';
import { secretNameOf } from '../../workspace/local/datastores.js';
import type { Datastore } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import type { WorkspaceSecrets } from '../workspace-secrets.js';
import type { Workspaces } from '../workspaces.js';
import { chooseWorkspace } from './choose-workspace.js';
import type { Register } from './register.js';

/** The editor keeps secrets of datastores, and hands them to the server with the jobs that may need them. */
export function registerDatastoreCommands(
  register: Register,
  { workspaces, secrets }: { workspaces: Workspaces; secrets: WorkspaceSecrets },
): void {
  register(COMMANDS.setDatastoreSecret, async (row) => {
    const chosen = await chooseDatastore(workspaces, row, {
      ofWhich: vscode.l10n.t('The secret of a datastore of which workspace?'),
      which: vscode.l10n.t('The secret of which datastore?'),
      fits: ({ place }) => place.kind !== 'folder',
      none: vscode.l10n.t('There is no datastore that has a secret.'),
    });
    if (!chosen) return;
    const { workspace, name } = chosen;
    const value = await vscode.window.showInputBox({
      title: name,
      prompt: vscode.l10n.t(
        'Secret of {0}: ID:SECRET for S3; a key, a signature or a connection string for Azure. The editor stores it. Empty: forget it.',
        name,
      ),
      password: true,
      ignoreFocusOut: true,
    });
    if (value === undefined) return;
    if (value === '') return secrets.delete(workspace.id, secretNameOf(name));
    await secrets.set(workspace.id, secretNameOf(name), value);
    await facetOf(workspace, 'datastores').signIn(name, value);
  });

  register(COMMANDS.removeDatastore, async (row) => {
    const chosen = await chooseDatastore(workspaces, row, {
      ofWhich: vscode.l10n.t('Remove a datastore of which workspace?'),
      which: vscode.l10n.t('Remove which datastore?'),
      fits: () => true,
      none: vscode.l10n.t('There are no datastores.'),
    });
    if (!chosen) return;
    const { workspace, name } = chosen;
    const remove = vscode.l10n.t('Remove');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Remove the datastore {0}?', name),
      {
        modal: true,
        detail: vscode.l10n.t('Trainyard forgets where it is, and its secret. What is in it stays.'),
      },
      remove,
    );
    if (answer !== remove) return;
    await facetOf(workspace, 'datastores').remove(name);
    // Another by this name is another place.
    await secrets.delete(workspace.id, secretNameOf(name));
  });
}

interface Choice {
  /** Placeholders of the two steps. */
  ofWhich: string;
  which: string;
  fits(datastore: Datastore): boolean;
  /** What is said when none fits. */
  none: string;
}

async function chooseDatastore(
  workspaces: Workspaces,
  row: unknown,
  { ofWhich, which, fits, none }: Choice,
): Promise<{ workspace: Workspace; name: string } | undefined> {
  const workspace = await chooseWorkspace(workspaces, row, {
    placeholder: ofWhich,
    fits: ({ datastores }) => datastores !== undefined,
  });
  if (!workspace) return undefined;
  const all = (await facetOf(workspace, 'datastores').list()).filter(fits);
  if (all.length === 0)
    throw new TrainyardError('NOT_FOUND', none, {
      hint: vscode.l10n.t('Create one with: {0}', 'trainyard datastore create'),
    });
  const items = all.map(({ name, place }) => ({ label: name, description: wordsOnPlace(place) }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: which });
  return picked && { workspace, name: picked.label };
}
