import * as vscode from 'vscode';
import { refOf, runKey } from '../../workspace/run-ref.js';
import type { Run } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { runUri } from '../runs/run-file-system.js';
import { parseRunUriPath, splitPath } from '../runs/run-uri.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';
import type { RunChooser } from './run-chooser.js';

/** Opens and copies the files that a run wrote. */
export function registerRunFileCommands(
  register: Register,
  workspaces: Workspaces,
  choose: RunChooser,
): void {
  register(COMMANDS.openFiles, async (...args) => {
    const run = await choose.run(args, {
      placeholder: vscode.l10n.t('Open a file of which run?'),
    });
    if (!run) return;
    const path = await pickFile(workspaces.of(run), run);
    if (path !== undefined) await open(runUri({ runId: runKey(refOf(run)), area: 'files', path }));
  });

  register(COMMANDS.openFile, async (uri) => {
    if (uri instanceof vscode.Uri) await open(uri);
  });

  register(COMMANDS.saveFile, async (row) => {
    const uri = uriOf(row);
    if (!uri) return;
    const { name } = splitPath(uri.path);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const target = await vscode.window.showSaveDialog({
      defaultUri: folder && vscode.Uri.joinPath(folder, name),
    });
    if (target) await vscode.workspace.fs.copy(uri, target, { overwrite: true });
  });
}

/** With the editor that fits the file: an image is shown as one. */
async function open(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', uri, { preview: true });
}

function uriOf(row: unknown): vscode.Uri | undefined {
  if (typeof row !== 'object' || row === null || !('runId' in row) || !('path' in row)) return undefined;
  // The path of a row begins with its area.
  const path = parseRunUriPath(`/run/${String(row.path)}`);
  return path && runUri({ ...path, runId: String(row.runId) });
}

/** Walks the run's folders until a file is chosen. */
async function pickFile(workspace: Workspace, { id, name: title }: Run): Promise<string | undefined> {
  for (let folder = ''; ;) {
    const files = await workspace.files(id, folder);
    if (files.length === 0 && folder === '') {
      const { filesElsewhere } = await workspace.run(id);
      void vscode.window.showInformationMessage(
        filesElsewhere === undefined
          ? vscode.l10n.t('{0} has no files.', title)
          : vscode.l10n.t('The files of {0} are at {1}', title, filesElsewhere),
      );
      return undefined;
    }
    const up =
      folder === '' ? [] : [{ label: '$(arrow-up) ..', isFolder: true, path: splitPath(folder).folder }];
    const items = files.map(({ path, isFolder }) => ({
      label: `$(${isFolder ? 'folder' : 'file'}) ${splitPath(path).name}`,
      isFolder,
      path,
    }));
    const picked = await vscode.window.showQuickPick([...up, ...items], { title, placeHolder: folder });
    if (!picked) return undefined;
    if (!picked.isFolder) return picked.path;
    folder = picked.path;
  }
}
