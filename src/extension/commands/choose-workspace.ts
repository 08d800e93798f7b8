import * as vscode from 'vscode';
import type { Workspace } from '../../workspace/workspace.js';
import { workspaceIdOf } from '../local.js';
import type { Workspaces } from '../workspaces.js';

export interface ChooseWorkspaceOptions {
  placeholder: string;
  /** Which can be chosen. */
  fits?: (workspace: Workspace) => boolean;
}

/** The workspace of a row; else the only one that fits, or the one that a person chooses. Undefined when nobody chose. */
export async function chooseWorkspace(
  workspaces: Workspaces,
  row: unknown,
  { placeholder, fits = () => true }: ChooseWorkspaceOptions,
): Promise<Workspace | undefined> {
  const id = workspaceIdOf(row);
  if (id !== undefined) return workspaces.of({ workspace: id });
  const all = workspaces.all.filter(fits);
  if (all.length <= 1) return all[0];
  const items = all.map((workspace) => ({
    label: workspace.label,
    description: workspace.id === workspaces.activeId ? vscode.l10n.t('active') : '',
    workspace,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: placeholder }))?.workspace;
}
