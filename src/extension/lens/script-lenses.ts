import path from 'node:path';
import * as vscode from 'vscode';
import type { Run } from '../../workspace/types.js';
import { COMMANDS } from '../command-ids.js';
import { settings } from '../settings.js';
import { lensLine } from './lens-line.js';
import type { NewestRuns } from './newest-runs.js';

/** What can stand in a filter as it is. */
const PLAIN_NAME = /^[\w.-]+$/;

/** Above the line that makes a Python file a script: submit it, and how its newest run at the open commit went. */
export class ScriptLenses implements vscode.CodeLensProvider {
  readonly #newest: NewestRuns;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(newest: NewestRuns) {
    this.#newest = newest;
    this.onDidChangeCodeLenses = newest.onDidChange;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!settings.codeLens()) return [];
    const line = lensLine(document.getText());
    if (line === undefined) return [];
    const at = new vscode.Range(line, 0, line, 0);
    const submit = {
      title: vscode.l10n.t('Submit'),
      tooltip: vscode.l10n.t('Submit this script to Trainyard'),
      command: COMMANDS.submit,
      arguments: [document.uri],
    };
    return [new vscode.CodeLens(at, submit), ...(await this.#lastRun(document.uri, at))];
  }

  async #lastRun({ fsPath }: vscode.Uri, at: vscode.Range): Promise<vscode.CodeLens[]> {
    const name = path.basename(fsPath);
    if (!PLAIN_NAME.test(name)) return [];
    const wanted = {
      key: fsPath,
      filter: `tags.\`mlflow.source.name\` LIKE '%${name}'`,
      fits: (run: Run) => scriptOf(run) === fsPath,
    };
    const tooltip = vscode.l10n.t('Show the newest run of this script at the open commit');
    return this.#newest.lensOf(wanted, at, tooltip);
  }
}

/** Absolute path of the script of a run; undefined when it is not known. */
function scriptOf({ code }: Run): string | undefined {
  return code?.script === undefined ? undefined : path.resolve(code.root || '/', ...code.script.split('/'));
}
