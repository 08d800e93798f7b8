import path from 'node:path';
import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { refOf, runKey } from '../../workspace/run-ref.js';
import type { Run } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import type { CodeLine } from '../../panels/code-line.js';
import { inFolder } from './run-failure.js';
import { runUri } from './run-file-system.js';
import { facetOf } from '../../workspace/facets.js';

/**
 * Opens a line of a run's code: in the person's file while it is what ran, else in the version that ran, and says so.
 * @throws NOT_FOUND when neither is there
 */
export async function openCodeLine(
  workspace: Pick<Workspace, 'label' | 'code'>,
  run: Pick<Run, 'id' | 'workspace' | 'code'>,
  { file, line }: CodeLine,
): Promise<void> {
  const place = inFolder(run, file);
  const own = place === undefined ? undefined : vscode.Uri.file(place);
  const [now, then] = await Promise.all([own && textOf(own), textOfRun(workspace, run.id, file)]);
  // What git ignores is no part of the run's code; it is linked in.
  if (own && now !== undefined && (then === undefined || plain(now) === plain(then)))
    return openLine(own, line);
  if (then === undefined)
    throw new TrainyardError('NOT_FOUND', vscode.l10n.t('The file {0} no longer exists.', place ?? file));
  await openLine(runUri({ runId: runKey(refOf(run)), area: 'code', path: file }), line);
  if (!own) return;
  const name = path.posix.basename(file);
  if (now === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} is no longer in the folder. This is the version that ran.', name),
    );
    return;
  }
  const message = vscode.l10n.t('{0} has changed since. This is the version that ran.', name);
  const open = vscode.l10n.t('Open Current File');
  // It stays for as long as a person wants; the line is open already.
  void vscode.window
    .showInformationMessage(message, open)
    .then((picked) => (picked === open ? openLine(own, line) : undefined));
}

/** @param line from 1; of a file that is shorter by now, its last */
export async function openLine(uri: vscode.Uri, line: number): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at), preview: true });
}

/** As the editor has it when it is not saved; else as the disk has it, of which the editor learns a moment later. */
async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open?.isDirty) return open.getText();
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return undefined;
    throw error;
  }
}

async function textOfRun(
  workspace: Pick<Workspace, 'label' | 'code'>,
  runId: string,
  file: string,
): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await facetOf(workspace, 'code').read(runId, file));
  } catch (error) {
    if (TrainyardError.is(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

/** The ends of lines are git's business. */
const plain = (text: string) => text.replaceAll('\r\n', '\n');
