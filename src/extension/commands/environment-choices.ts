import path from 'node:path';
import * as vscode from 'vscode';
import { findEnvironmentFiles } from '../../job/environment/find-files.js';
import { WORD_OF_KIND } from '../../job/environment/project-files.js';
import type { Workspace } from '../../workspace/workspace.js';
import type { Script } from '../submit/script.js';
import type { ScriptOptions } from '../submit/script-options.js';

export interface EnvironmentChoice extends vscode.QuickPickItem {
  environment?: ScriptOptions['environment'];
}

/** What a script may run in besides an interpreter: files of its project, the nearest first, and what the workspace keeps. */
export async function environmentChoices(
  { uri, folder }: Script,
  { environments }: Pick<Workspace, 'environments'>,
): Promise<EnvironmentChoice[]> {
  const files = findEnvironmentFiles(path.dirname(uri.fsPath), folder);
  const kept = (await environments?.list()) ?? [];
  const newest = kept.filter(({ name }, i) => kept[i - 1]?.name !== name);
  return [
    ...files.map(({ file, kind }) => ({
      label: `$(package) ${path.relative(folder, file) || file}`,
      description: WORD_OF_KIND[kind],
      environment: { file },
    })),
    ...newest.map(({ name, version }) => ({
      label: `$(package) azureml:${name}:${version}`,
      description: vscode.l10n.t('workspace'),
      environment: { name, version },
    })),
  ];
}

/** Whether two choices are the same. */
export function isSameEnvironment(a: ScriptOptions['environment'], b: ScriptOptions['environment']): boolean {
  if (!a || !b) return false;
  if ('file' in a || 'file' in b) return 'file' in a && 'file' in b && a.file === b.file;
  return a.name === b.name && a.version === b.version;
}
