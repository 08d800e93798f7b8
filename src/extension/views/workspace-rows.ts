import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { LOCAL_ID } from '../../workspace/run-ref.js';
import { COMMANDS } from '../command-ids.js';
import type { ListedWorkspace } from '../workspaces.js';
import { errorLeaf, type Leaf, messageLeaf } from './leaf.js';
import { rowContext } from './row-context.js';

export function workspaceIcon(kind: string | undefined): string {
  return kind === 'local' ? 'device-desktop' : 'cloud';
}

export function workspaceContext({ entry, workspace }: ListedWorkspace, isActive: boolean): string {
  return rowContext({
    kind: 'workspace',
    active: isActive,
    removable: entry.id !== LOCAL_ID,
    jobs: workspace?.jobs !== undefined,
    purge: workspace?.purge !== undefined,
    server: entry.kind === 'local',
  });
}

/** The list of workspaces cannot be read: what is known of it is shown below. */
export function listProblemLeaf(id: string, problem: unknown): Leaf {
  const row = errorLeaf(`${id}/list`, problem, { title: vscode.l10n.t('Retry'), command: COMMANDS.refresh });
  const file = TrainyardError.is(problem)
    ? (problem.details as { file?: string } | undefined)?.file
    : undefined;
  if (file === undefined) return row;
  const title = vscode.l10n.t('Open File');
  const open = { title, command: 'vscode.open', arguments: [vscode.Uri.file(file)] };
  return {
    ...row,
    children: async () => [
      messageLeaf(`${id}/list/open`, title, open, 'edit'),
      ...((await row.children?.()) ?? []),
    ],
  };
}
