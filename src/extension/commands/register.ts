import * as vscode from 'vscode';
import type { CommandId } from '../command-ids.js';
import { showError } from '../errors.js';

/** What the editor passes is not typed: each handler checks what it needs of it. */
export type Handler = (...args: unknown[]) => unknown;
export type Register = (id: CommandId, handler: Handler) => void;

/** Registers commands whose errors are written to the log and shown. A command that failed answers undefined. */
export function commandRegister(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Register {
  return (id, handler) => {
    const guarded = async (...args: unknown[]) => {
      log.debug(id);
      try {
        return await handler(...args);
      } catch (error) {
        void showError(error, log);
        return undefined;
      }
    };
    context.subscriptions.push(vscode.commands.registerCommand(id, guarded));
  };
}
