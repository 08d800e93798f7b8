import path from 'node:path';
import process from 'node:process';
import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.js';
import { findInterpreter, type Interpreter, interpreterAt, listInterpreters } from '../../job/interpreter.js';
import { settings } from '../settings.js';
import type { ChosenInterpreters } from './chosen-interpreters.js';
import { selectedPython } from './python-extension.js';
import type { Script } from './script.js';

export interface InterpreterParts {
  chosen: ChosenInterpreters;
  log: vscode.LogOutputChannel;
}

/**
 * What runs a script for which nobody named a program: the choice for its folder, else what is found by itself.
 * @throws NO_INTERPRETER
 */
export async function defaultInterpreter(script: Script, parts: InterpreterParts): Promise<Interpreter> {
  const chosen = isPython(script) ? parts.chosen.of(script.folder) : undefined;
  if (chosen === undefined) return automaticInterpreter(script, parts.log);
  const source = vscode.l10n.t('chosen for {0}', path.basename(script.folder));
  return interpreterAt(chosen, script.folder, source, { env: process.env });
}

/**
 * The setting, the selection in the Python extension, then what is found beside the script and on the PATH.
 * @throws NO_INTERPRETER
 */
export async function automaticInterpreter(
  script: Script,
  log: vscode.LogOutputChannel,
): Promise<Interpreter> {
  if (isPython(script)) {
    const set = settings.python(script.uri)?.replaceAll('${workspaceFolder}', () => script.folder);
    if (set) {
      const source = vscode.l10n.t('setting trainyard.python');
      return interpreterAt(set, script.folder, source, { env: process.env });
    }
    const selected = await selectionOf(script, log);
    if (selected) return { path: selected, source: vscode.l10n.t('Python extension') };
  }
  return findInterpreter(queryFor(script));
}

/** Everything that could run a script, each once. */
export async function allInterpreters(script: Script, log: vscode.LogOutputChannel): Promise<Interpreter[]> {
  const selected = isPython(script) ? await selectionOf(script, log) : undefined;
  const found = listInterpreters(queryFor(script)).filter(({ path: program }) => program !== selected);
  return selected ? [{ path: selected, source: vscode.l10n.t('Python extension') }, ...found] : found;
}

const queryFor = ({ uri, folder }: Script) => ({ script: uri.fsPath, codeFolder: folder, env: process.env });

/** Another extension's failure is no reason not to run the script: there is something to fall back on. */
function selectionOf(script: Script, log: vscode.LogOutputChannel): Promise<string | undefined> {
  return selectedPython(script.uri).catch((error: unknown) => {
    log.warn(`The Python extension did not tell its interpreter: ${messageOf(error)}`);
    return undefined;
  });
}

export function isPython(script: Script): boolean {
  return path.extname(script.uri.fsPath).toLowerCase() === '.py';
}
