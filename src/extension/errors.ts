import * as vscode from 'vscode';
import { messageOf, TrainyardError } from '../base/errors.js';

/** Something a person can do about an error, offered as a button. */
export interface Remedy {
  title: string;
  run: () => unknown;
}

/** Writes an error to the log and tells it: message, hint, and buttons. What a person cancelled is no error. */
export async function showError(
  error: unknown,
  log: vscode.LogOutputChannel,
  remedies: readonly Remedy[] = [],
): Promise<void> {
  if (isCancelled(error)) return;
  logError(error, log);
  const hint = TrainyardError.is(error) ? error.hint : undefined;
  const text = [messageOf(error), hint].filter(Boolean).join(' ');
  // What a person asked for wrongly is told whole; the output has no more of it.
  const output = { title: vscode.l10n.t('Show Output'), run: () => log.show(true) };
  const all = TrainyardError.is(error, 'BAD_REQUEST') ? remedies : [...remedies, output];
  const picked = await vscode.window.showErrorMessage(text, ...all);
  await picked?.run();
}

export function isCancelled(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    TrainyardError.is(error, 'CANCELLED') ||
    (error instanceof Error && error.name === 'AbortError')
  );
}

/** A domain error is told in a line; anything else is our fault and needs its stack. */
export function logError(error: unknown, log: vscode.LogOutputChannel): void {
  if (TrainyardError.is(error) && error.code !== 'INTERNAL') {
    log.error(`${error.code}: ${error.message}${error.hint ? ` ${error.hint}` : ''}`);
  } else log.error(error instanceof Error ? error : messageOf(error));
}
