import * as vscode from 'vscode';
import type { ContextKey } from './context-key-names.js';

/** Sets a key that `when` clauses of package.json ask for. */
export function setContext(key: ContextKey, value: boolean | readonly string[]): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
