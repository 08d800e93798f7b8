import * as vscode from 'vscode';
import type { Question } from '../../workspace/registry.js';

export interface Answers {
  /** By the names of the questions. */
  settings: Record<string, string>;
  secrets: Record<string, string>;
}

/** Asks what a kind of workspace needs, one thing at a time. Undefined when a person stopped it. */
export async function askQuestions(
  title: string,
  questions: readonly Question[],
): Promise<Answers | undefined> {
  const settings: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  for (const question of questions) {
    if (question.when && !question.when(settings)) continue;
    const answer = await ask(title, question);
    if (answer === undefined) return undefined;
    if (answer !== '') (question.input === 'secret' ? secrets : settings)[question.name] = answer;
  }
  return { settings, secrets };
}

/** '' when it is left empty. */
async function ask(title: string, question: Question): Promise<string | undefined> {
  const { input = 'text', label, prompt, placeholder, optional } = question;
  if (Array.isArray(input)) {
    const options = { title, placeHolder: prompt ?? label, ignoreFocusOut: true };
    return (await vscode.window.showQuickPick(input, options))?.value;
  }
  if (input === 'folder' || input === 'file') return askPath(title, question, input);
  return vscode.window.showInputBox({
    title,
    prompt: prompt ?? label,
    placeHolder: placeholder,
    password: input === 'secret',
    ignoreFocusOut: true,
    validateInput: (text) => {
      const answer = text.trim();
      if (answer === '') return optional ? undefined : vscode.l10n.t('{0} is required.', label);
      return question.problemOf?.(answer);
    },
  });
}

async function askPath(
  title: string,
  { label, prompt, optional }: Question,
  input: 'folder' | 'file',
): Promise<string | undefined> {
  const choose = {
    label: input === 'folder' ? vscode.l10n.t('Choose a Folder…') : vscode.l10n.t('Choose a File…'),
  };
  if (optional) {
    const skip = { label: vscode.l10n.t('Use the Default') };
    const options = { title, placeHolder: prompt ?? label, ignoreFocusOut: true };
    const picked = await vscode.window.showQuickPick([skip, choose], options);
    if (!picked || picked === skip) return picked && '';
  }
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: prompt ?? label,
      canSelectFolders: input === 'folder',
      canSelectFiles: input === 'file',
      canSelectMany: false,
    })) ?? [];
  return uri?.fsPath;
}
