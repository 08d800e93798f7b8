import path from 'node:path';
import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { SCRIPT_EXTENSIONS } from '../../job/interpreter.js';

/** A script that can be submitted. */
export interface Script {
  uri: vscode.Uri;
  /** Folder it runs in and whose code is kept: the workspace folder around it, else its own. */
  folder: string;
}

/**
 * The script that a menu named, else the one in the active editor.
 * @throws BAD_REQUEST when it is no script on disk
 */
export function scriptOf(argument: unknown): Script {
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  if (!uri)
    throw new TrainyardError('BAD_REQUEST', vscode.l10n.t('No script is open.'), {
      hint: vscode.l10n.t('Open a training script, or right-click one in the Explorer.'),
    });
  if (uri.scheme !== 'file')
    throw new TrainyardError(
      'BAD_REQUEST',
      vscode.l10n.t('{0} is not a file on disk.', path.posix.basename(uri.path)),
      {
        hint: vscode.l10n.t('Save it to a folder first.'),
      },
    );
  if (!SCRIPT_EXTENSIONS.includes(path.extname(uri.fsPath).toLowerCase()))
    throw new TrainyardError(
      'BAD_REQUEST',
      vscode.l10n.t('Trainyard does not know how to run {0}.', path.basename(uri.fsPath)),
      { hint: vscode.l10n.t('It runs {0} files.', SCRIPT_EXTENSIONS.join(', ')) },
    );
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? path.dirname(uri.fsPath);
  return { uri, folder };
}

/** Writes unsaved edits down as the setting says; false when a person wants to stop here. */
export async function saveEdits(mode: 'always' | 'prompt' | 'never'): Promise<boolean> {
  const dirty = vscode.workspace.textDocuments.filter(({ isDirty, isUntitled }) => isDirty && !isUntitled);
  if (dirty.length === 0 || mode === 'never') return true;
  if (mode === 'prompt') {
    const save = { title: vscode.l10n.t('Save and Submit') };
    const leave = { title: vscode.l10n.t('Submit Without Saving') };
    const question = vscode.l10n.t('Save the edited files before the script is submitted?');
    const picked = await vscode.window.showWarningMessage(question, { modal: true }, save, leave);
    if (picked !== save) return picked === leave;
  }
  const saved = await Promise.all(dirty.map((document) => document.save()));
  return saved.every(Boolean);
}
