import path from 'node:path';
import * as vscode from 'vscode';
import { MLPROJECT } from '../../job/job-file-name.js';
import { settings } from '../settings.js';
import { saysJobFile } from './binding.js';

/** Files that may be job files: those of the language YAML, which has the `MLproject` of MLflow, too. */
export const YAML: vscode.DocumentFilter = { language: 'yaml', scheme: 'file' };

/** Whether a document is a job file: by its name, by what it says, or by the setting. */
export function isBound(document: vscode.TextDocument): boolean {
  if (document.uri.scheme !== 'file') return false;
  if (path.basename(document.uri.fsPath) === MLPROJECT) return true;
  if (vscode.languages.match(YAML, document) === 0) return false;
  if (saysJobFile(document.getText())) return true;
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  return settings.jobFiles(document.uri).some((glob) => {
    const pattern = folder ? new vscode.RelativePattern(folder, glob) : glob;
    return vscode.languages.match({ ...YAML, pattern }, document) > 0;
  });
}
