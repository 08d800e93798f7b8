import path from 'node:path';
import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { codeFolderOf } from '../../job/code-folder.js';
import type { FileProblem } from '../../job/file/problem.js';
import { isJobFileName } from '../../job/job-file-name.js';
import { isBound } from '../job-files/is-bound.js';
import type { KnownJobFiles } from '../job-files/known-job-files.js';

/**
 * The job file that a menu named, else the one in the active editor, else one that a person picks from those in the
 * workspace; undefined when nobody picked.
 * @throws BAD_REQUEST when it is none by its name, or not on disk, or there is none
 */
export async function findJobFile(
  argument: unknown,
  known: Pick<KnownJobFiles, 'all'>,
): Promise<vscode.Uri | undefined> {
  if (argument instanceof vscode.Uri) return requireJobFile(argument);
  const open = vscode.window.activeTextEditor?.document;
  if (open && isBound(open)) return requireJobFile(open.uri);
  const found = await known.all();
  if (found.length === 0)
    throw new TrainyardError('BAD_REQUEST', vscode.l10n.t('No job file was found.'), {
      hint: vscode.l10n.t('Save a run or a script as a job file, or open a folder that contains one.'),
    });
  const items = found.map((uri) => ({
    uri,
    label: path.posix.basename(uri.path),
    description: vscode.workspace.asRelativePath(uri),
    resourceUri: uri,
    iconPath: vscode.ThemeIcon.File,
  }));
  items.sort((a, b) => a.description.localeCompare(b.description));
  const placeHolder = vscode.l10n.t('Submit which job file?');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.uri;
}

function requireJobFile(uri: vscode.Uri): vscode.Uri {
  const name = path.posix.basename(uri.path);
  if (uri.scheme !== 'file')
    throw new TrainyardError('BAD_REQUEST', vscode.l10n.t('{0} is not a file on disk.', name), {
      hint: vscode.l10n.t('Save it to a folder first.'),
    });
  if (!isJobFileName(uri.fsPath))
    throw new TrainyardError('BAD_REQUEST', vscode.l10n.t('{0} is not a job file.', name), {
      hint: vscode.l10n.t('Job files are YAML files, and MLproject.'),
    });
  return uri;
}

/** Where the runs of a job file go when nobody names an experiment. */
export function usualExperiment(uri: vscode.Uri): string {
  const opened = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
  return path.basename(codeFolderOf(uri.fsPath, opened)) || 'Default';
}

/** What is wrong with a file, as `refuseWrong` says it; undefined for another error. */
export function fileProblemsOf(
  error: unknown,
): { file: string; problems: readonly FileProblem[] } | undefined {
  if (!TrainyardError.is(error, 'BAD_REQUEST')) return undefined;
  const details = error.details as { file?: string; problems?: readonly FileProblem[] } | undefined;
  const { file, problems = [] } = details ?? {};
  return file !== undefined && problems.length > 0 ? { file, problems } : undefined;
}

/** Opens a file at its first problem and says what is wrong. The Problems view has them all. */
export async function showFileProblems(file: string, problems: readonly FileProblem[]): Promise<void> {
  const [first] = problems;
  if (!first) return;
  const { start, end } = first.range;
  const selection = new vscode.Range(start.line, start.column, end.line, end.column);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection });
  const name = path.basename(file);
  const said = [first.text, first.hint].filter(Boolean).join(' ');
  const text =
    problems.length === 1
      ? vscode.l10n.t('{0} was not submitted. Line {1}: {2}', name, start.line + 1, said)
      : vscode.l10n.t(
          '{0} was not submitted. It has {1} errors; the first, in line {2}: {3}',
          name,
          problems.length,
          start.line + 1,
          said,
        );
  const show = vscode.l10n.t('Show Problems');
  // Nobody waits until a person has read it.
  void vscode.window.showErrorMessage(text, show).then((picked) => {
    if (picked === show) void vscode.commands.executeCommand('workbench.actions.view.problems');
  });
}
