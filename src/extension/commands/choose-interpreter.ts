import path from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS } from '../command-ids.js';
import { allInterpreters, automaticInterpreter, type InterpreterParts } from '../submit/interpreter.js';
import type { SubmitMemory } from '../submit/script-options.js';
import { findScript, type Script } from '../submit/script.js';
import { automaticItem } from './automatic-item.js';
import type { Register } from './register.js';

export interface ChooseInterpreterParts extends InterpreterParts {
  memory: SubmitMemory;
}

interface Choice extends vscode.QuickPickItem {
  program?: string;
  isAutomatic?: true;
}

/**
 * Chooses what runs the Python scripts of a folder, and offers to submit the script that the call was about.
 * Answers the program, '' for the automatic one, undefined when nothing was chosen.
 */
export function registerChooseInterpreter(register: Register, parts: ChooseInterpreterParts): void {
  const { chosen, memory } = parts;
  register(COMMANDS.chooseInterpreter, async (argument) => {
    const script = await scriptFor(argument);
    if (!script) return undefined;
    const program = await pick(script, parts);
    if (program === undefined) return undefined;
    await chosen.choose(script.folder, program || undefined);
    // What was chosen for the script alone would win.
    await memory.forgetInterpreter(script.uri.toString());
    void offerSubmit(script, program);
    return program;
  });
}

/** A folder stands for the scripts in it. */
async function scriptFor(argument: unknown): Promise<Script | undefined> {
  if (!(argument instanceof vscode.Uri)) return findScript(argument);
  const { type } = await vscode.workspace.fs.stat(argument);
  if (!(type & vscode.FileType.Directory)) return findScript(argument);
  const folder = vscode.workspace.getWorkspaceFolder(argument)?.uri.fsPath ?? argument.fsPath;
  return { uri: vscode.Uri.joinPath(argument, '*.py'), folder };
}

async function pick(script: Script, { chosen, log }: ChooseInterpreterParts): Promise<string | undefined> {
  const automatic = await automaticItem(automaticInterpreter(script, log));
  const now = chosen.of(script.folder);
  const isNow = (program: string) => (program === now ? { description: vscode.l10n.t('chosen now') } : {});
  const items: Choice[] = [
    { ...automatic.item, isAutomatic: true },
    ...(await allInterpreters(script, log)).map(({ path: program, source }) => ({
      label: `$(symbol-misc) ${source}`,
      detail: program,
      program,
      ...isNow(program),
    })),
    { label: vscode.l10n.t('$(folder-opened) Choose a Program…') },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Interpreter for {0}', path.basename(script.folder)),
    placeHolder: vscode.l10n.t('Which Python runs the scripts of this folder?'),
    matchOnDetail: true,
  });
  if (!picked) return undefined;
  if (picked.isAutomatic) return '';
  if (picked.program !== undefined) return picked.program;
  const [file] = (await vscode.window.showOpenDialog({ title: picked.label, canSelectMany: false })) ?? [];
  return file?.fsPath;
}

async function offerSubmit(script: Script, program: string): Promise<void> {
  const name = path.basename(script.uri.fsPath);
  const text = program
    ? vscode.l10n.t('{0} now runs the Python scripts of {1}.', program, path.basename(script.folder))
    : vscode.l10n.t(
        'The Python for the scripts of {0} is found automatically.',
        path.basename(script.folder),
      );
  const submit = vscode.l10n.t('Submit {0}', name);
  const buttons = name.includes('*') ? [] : [submit];
  if ((await vscode.window.showInformationMessage(text, ...buttons)) === submit)
    await vscode.commands.executeCommand(COMMANDS.submit, script.uri);
}
