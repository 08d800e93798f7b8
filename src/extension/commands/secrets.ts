import * as vscode from 'vscode';
import { COMMANDS } from '../command-ids.js';
import { isVariableName } from '../submit/assignments.js';
import type { JobSecrets } from '../submit/secrets.js';
import type { Register } from './register.js';

/** Sets and deletes secrets. A value is never shown again: it can be replaced only. */
export function registerSecretCommands(register: Register, secrets: JobSecrets): void {
  register(COMMANDS.manageSecrets, async () => {
    interface Choice extends vscode.QuickPickItem {
      name?: string;
    }
    const names = await secrets.names();
    const items: Choice[] = [
      { label: vscode.l10n.t('$(add) New Secret…') },
      ...names.map((name) => ({ label: `$(key) ${name}`, name })),
    ];
    const picked = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Secrets for Jobs'),
      placeHolder: vscode.l10n.t('Jobs get the secrets that you choose in Submit With Options…'),
    });
    if (!picked) return;
    if (picked.name === undefined) await addSecret(secrets);
    else await changeSecret(secrets, picked.name);
  });
}

async function addSecret(secrets: JobSecrets): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('New Secret'),
    prompt: vscode.l10n.t('Name of the environment variable'),
    placeHolder: 'HF_TOKEN',
    validateInput: (value) =>
      value === '' || isVariableName(value)
        ? undefined
        : vscode.l10n.t('Use only letters, digits and _, and do not start with a digit.'),
  });
  if (name) await askValue(secrets, name);
}

async function changeSecret(secrets: JobSecrets, name: string): Promise<void> {
  const replace = { label: vscode.l10n.t('$(edit) Replace Value…') };
  const remove = { label: vscode.l10n.t('$(trash) Delete') };
  const picked = await vscode.window.showQuickPick([replace, remove], { title: name });
  if (picked === replace) await askValue(secrets, name);
  else if (picked === remove) await secrets.delete(name);
}

async function askValue(secrets: JobSecrets, name: string): Promise<void> {
  const value = await vscode.window.showInputBox({
    title: name,
    prompt: vscode.l10n.t('Value of {0}. The editor stores it, and only jobs receive it.', name),
    password: true,
    ignoreFocusOut: true,
  });
  if (value) await secrets.set(name, value);
}
