import path from 'node:path';
import process from 'node:process';
import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.js';
import { findInterpreter, type Interpreter } from '../../job/interpreter.js';
import { settings } from '../settings.js';
import { selectedPython } from './python-extension.js';
import type { Script } from './script.js';

/**
 * What runs a script when nobody chose: the setting, the selection in the Python extension, then what is found beside
 * the script and on the PATH. @throws NO_INTERPRETER
 */
export async function defaultInterpreter(script: Script, log: vscode.LogOutputChannel): Promise<Interpreter> {
  if (isPython(script)) {
    const set = settings.python(script.uri);
    if (set) return { path: set, source: vscode.l10n.t('setting trainyard.python') };
    // Another extension's failure is no reason not to run the script: there is something to fall back on.
    const selected = await selectedPython(script.uri).catch((error: unknown) => {
      log.warn(`The Python extension did not tell its interpreter: ${messageOf(error)}`);
      return undefined;
    });
    if (selected) return { path: selected, source: vscode.l10n.t('Python extension') };
  }
  return findInterpreter({ script: script.uri.fsPath, codeFolder: script.folder, env: process.env });
}

export function isPython(script: Script): boolean {
  return path.extname(script.uri.fsPath).toLowerCase() === '.py';
}
