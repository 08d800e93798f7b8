import path from 'node:path';
import * as vscode from 'vscode';
import { refOf, runKey } from '../../workspace/run-ref.js';
import type { CodeDiff, Run } from '../../workspace/types.js';
import { runUriAs } from './run-file-system.js';

/** A file as the editor compares it: under which name, and its two sides; one of them is missing when it came or went. */
export type Change = [label: vscode.Uri, left: vscode.Uri | undefined, right: vscode.Uri | undefined];

/** The files that differ between the code of a run and that of another, or the folder it came from. */
export function changesOf({ files }: Pick<CodeDiff, 'files'>, run: Run, other: Run | undefined): Change[] {
  const inFolder = (file: string) => vscode.Uri.file(path.join(run.code?.root ?? '', ...file.split('/')));
  const ofRun = (of: Run, file: string) =>
    runUriAs(inFolder(file), { runId: runKey(refOf(of)), area: 'code', path: file });
  const right = (file: string) => (other ? ofRun(other, file) : inFolder(file));
  return files.map(({ path: file, from, status }) => [
    right(file),
    status === 'added' ? undefined : ofRun(run, from ?? file),
    status === 'deleted' ? undefined : right(file),
  ]);
}
