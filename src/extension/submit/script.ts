import path from 'node:path';
import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { codeFolderOf } from '../../job/code-folder.js';
import { SCRIPT_EXTENSIONS } from '../../job/interpreter.js';

/** A script that can be submitted. */
export interface Script {
  uri: vscode.Uri;
  /** Folder it runs in and whose code is kept, see codeFolderOf. */
  folder: string;
}

/** Most scripts that are offered; more are found with the Explorer. */
const MOST_OFFERED = 500;
/** Folders with scripts of other people. */
const NOT_OFFERED = '**/{.venv,venv,env,.tox,node_modules,site-packages,.git}/**';

/**
 * The script that a menu named, else the one in the active editor, else one that a person picks from those in the
 * workspace; undefined when nobody picked.
 * @throws BAD_REQUEST when it is no script on disk, or there is none
 */
export async function findScript(argument: unknown): Promise<Script | undefined> {
  if (argument instanceof vscode.Uri) return scriptAt(argument);
  const open = vscode.window.activeTextEditor?.document.uri;
  if (open && (isScript(open) || open.scheme === 'untitled')) return scriptAt(open);
  const names = SCRIPT_EXTENSIONS.map((extension) => extension.slice(1)).join(',');
  const found = await vscode.workspace.findFiles(`**/*.{${names}}`, NOT_OFFERED, MOST_OFFERED);
  if (found.length === 0)
    throw new TrainyardError('BAD_REQUEST', vscode.l10n.t('No training script was found.'), {
      hint: vscode.l10n.t(
        'Open a script, or a folder that contains one. Supported file types: {0}.',
        SCRIPT_EXTENSIONS.join(', '),
      ),
    });
  const items = found.map(toItem).sort((a, b) => a.depth - b.depth || a.path.localeCompare(b.path));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Submit which script?'),
  });
  return picked && scriptAt(picked.uri);
}

function toItem(uri: vscode.Uri) {
  const name = vscode.workspace.asRelativePath(uri);
  const folder = path.posix.dirname(name);
  return {
    uri,
    path: name,
    depth: name.split('/').length,
    label: path.posix.basename(name),
    description: folder === '.' ? '' : folder,
    resourceUri: uri,
    iconPath: vscode.ThemeIcon.File,
  };
}

/** @throws BAD_REQUEST when it is no script on disk */
export function scriptAt(uri: vscode.Uri): Script {
  if (uri.scheme !== 'file')
    throw new TrainyardError(
      'BAD_REQUEST',
      vscode.l10n.t('{0} is not a file on disk.', path.posix.basename(uri.path)),
      {
        hint: vscode.l10n.t('Save it to a folder first.'),
      },
    );
  if (!isScript(uri))
    throw new TrainyardError(
      'BAD_REQUEST',
      vscode.l10n.t('Trainyard does not know how to run {0}.', path.basename(uri.fsPath)),
      { hint: vscode.l10n.t('Supported file types: {0}.', SCRIPT_EXTENSIONS.join(', ')) },
    );
  const folder = codeFolderOf(uri.fsPath, vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath);
  return { uri, folder };
}

function isScript(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && SCRIPT_EXTENSIONS.includes(path.extname(uri.fsPath).toLowerCase());
}

/** Writes unsaved edits down as the setting says; false when a person wants to stop here. */
export async function saveEdits(mode: 'always' | 'prompt' | 'never'): Promise<boolean> {
  const dirty = vscode.workspace.textDocuments.filter(({ isDirty, isUntitled }) => isDirty && !isUntitled);
  if (dirty.length === 0 || mode === 'never') return true;
  if (mode === 'prompt') {
    const save = { title: vscode.l10n.t('Save and Submit') };
    const leave = { title: vscode.l10n.t('Submit Without Saving') };
    const question = vscode.l10n.t('Save the edited files before the job is submitted?');
    const picked = await vscode.window.showWarningMessage(question, { modal: true }, save, leave);
    if (picked !== save) return picked === leave;
  }
  const saved = await Promise.all(dirty.map((document) => document.save()));
  return saved.every(Boolean);
}
