import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.js';
import type { Interpreter } from '../../job/interpreter.js';

/** The choice of no interpreter in particular: which is found then, or why there is none. */
export async function automaticItem(
  finding: Promise<Interpreter>,
): Promise<{ item: vscode.QuickPickItem; path?: string }> {
  try {
    const { path, source, note } = await finding;
    const detail = [path, note].filter(Boolean).join(' · ');
    return { item: { label: vscode.l10n.t('$(star-full) Automatic'), description: source, detail }, path };
  } catch (error) {
    return { item: { label: vscode.l10n.t('$(warning) Automatic'), detail: messageOf(error) } };
  }
}
