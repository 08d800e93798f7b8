import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { wordsOnPlace } from '../../job/datastore.js';
import { facetOf } from '../../workspace/facets.js';
import { secretNameOf } from '../../workspace/local/datastores.js';
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
    const workspace = await chooseWorkspace(workspaces, row, {
      placeholder: vscode.l10n.t('The secret of a datastore of which workspace?'),
      fits: ({ datastores }) => datastores !== undefined,
    });
    if (!workspace) return;
    const datastores = facetOf(workspace, 'datastores');
    const all = (await datastores.list()).filter(({ place }) => place.kind !== 'folder');
    if (all.length === 0)
      throw new TrainyardError('NOT_FOUND', vscode.l10n.t('There is no datastore that has a secret.'), {
        hint: vscode.l10n.t('Create one with: {0}', 'trainyard datastore create'),
      });
    const items = all.map(({ name, place }) => ({ label: name, description: wordsOnPlace(place) }));
    const placeHolder = vscode.l10n.t('The secret of which datastore?');
    const picked = await vscode.window.showQuickPick(items, { placeHolder });
    if (!picked) return;
    const { label: name } = picked;
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
    await datastores.signIn(name, value);
  });
}
