import * as vscode from 'vscode';
import { refOf, runKey } from '../../workspace/run-ref.js';
import type { CodeDiff, Run } from '../../workspace/types.js';
import { inFolder } from './run-failure.js';
import { runUriAs } from './run-file-system.js';

/** A file as the editor compares it: under which name, and its two sides; one of them is missing when it came or went. */
export type Change = [label: vscode.Uri, left: vscode.Uri | undefined, right: vscode.Uri | undefined];

/** The files that differ between the code of a run and that of another, or the folder it came from. */
export function changesOf({ files }: Pick<CodeDiff, 'files'>, run: Run, other: Run | undefined): Change[] {
  // Without a folder of the person the names are those in the code.
  const named = (file: string) => vscode.Uri.file(inFolder(run, file) ?? `/${file}`);
  const ofRun = (of: Run, file: string) =>
    runUriAs(named(file), { runId: runKey(refOf(of)), area: 'code', path: file });
  const right = (file: string) => (other ? ofRun(other, file) : named(file));
  return files.map(({ path: file, from, status }) => [
    right(file),
    status === 'added' ? undefined : ofRun(run, from ?? file),
    status === 'deleted' ? undefined : right(file),
  ]);
}
