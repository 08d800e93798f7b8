import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { type ErrorData, hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import type { InstalledCommand } from '../../cli/path/install.js';
import { COMMANDS } from '../command-ids.js';
import { logError } from '../errors.js';
import type { Register } from './register.js';

/** The `trainyard` command in the PATH. The command line does it itself; what follows calls it and tells what it said. */
export function registerPathCommands(
  register: Register,
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): void {
  register(COMMANDS.installPath, async () => {
    const installed = await install(context);
    const { command, shadowedBy, addToPath } = installed;
    if (addToPath !== undefined) return tellHowToAdd(command, addToPath);
    if (shadowedBy !== undefined)
      return void vscode.window.showWarningMessage(
        vscode.l10n.t("'trainyard' is in {0}, but a terminal finds {1} first.", command, shadowedBy),
      );
    void vscode.window.showInformationMessage(
      vscode.l10n.t("'trainyard' is in the PATH: {0}. Try it in a new terminal.", command),
    );
  });

  register(COMMANDS.uninstallPath, async () => {
    const { removed } = await callCli<{ removed: string[] }>(context, 'uninstall-path');
    await forget(context);
    void vscode.window.showInformationMessage(
      removed.length > 0
        ? vscode.l10n.t("'trainyard' was removed from the PATH.")
        : vscode.l10n.t("'trainyard' is not installed in the PATH."),
    );
  });

  void refresh(context).catch((error: unknown) => logError(error, log));
}

async function tellHowToAdd(command: string, line: string): Promise<void> {
  const copy = vscode.l10n.t('Copy Command');
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      "'trainyard' is in {0}, but that folder is not in the PATH. To add it, run: {1}",
      command,
      line,
    ),
    copy,
  );
  if (picked === copy) await vscode.env.clipboard.writeText(line);
}

async function install(context: vscode.ExtensionContext): Promise<InstalledCommand> {
  const installed = await callCli<InstalledCommand>(context, 'install-path');
  await vscode.workspace.fs.createDirectory(context.globalStorageUri);
  await vscode.workspace.fs.writeFile(noteOf(context), Buffer.from(stampOf(context)));
  return installed;
}

/** The command names the editor's program, which is another after some updates of the editor. */
async function refresh(context: vscode.ExtensionContext): Promise<void> {
  const before = await readNote(context);
  if (before !== undefined && before !== stampOf(context)) await install(context);
}

const stampOf = (context: vscode.ExtensionContext) => `${process.execPath}\n${context.extensionPath}\n`;

/** On this machine: the editor's own state is shared with its other machines. */
const noteOf = ({ globalStorageUri }: vscode.ExtensionContext) =>
  vscode.Uri.joinPath(globalStorageUri, 'path-command');

/** Undefined when the command was not installed from this editor. */
async function readNote(context: vscode.ExtensionContext): Promise<string | undefined> {
  try {
    return Buffer.from(await vscode.workspace.fs.readFile(noteOf(context))).toString();
  } catch (error) {
    if (hasCode(error, 'FileNotFound')) return undefined;
    throw error;
  }
}

async function forget(context: vscode.ExtensionContext): Promise<void> {
  if ((await readNote(context)) !== undefined) await vscode.workspace.fs.delete(noteOf(context));
}

/** @throws what the command line said */
async function callCli<T>(context: vscode.ExtensionContext, command: string): Promise<T> {
  const args = ['--', context.asAbsolutePath('dist/cli.js'), command, '--json'];
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  try {
    return JSON.parse((await promisify(execFile)(process.execPath, args, { env })).stdout) as T;
  } catch (error) {
    throw saidBy(error) ?? error;
  }
}

function saidBy(error: unknown): TrainyardError | undefined {
  const { stderr } = error as { stderr?: string };
  try {
    return TrainyardError.from((JSON.parse(stderr ?? '') as { error: ErrorData }).error);
  } catch (unreadable) {
    if (!(unreadable instanceof SyntaxError)) throw unreadable;
    return new TrainyardError('INTERNAL', stderr?.trim() || messageOf(error), { cause: error });
  }
}
