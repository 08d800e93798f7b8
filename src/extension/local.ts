import { TrainyardError } from '../base/errors.js';
import type { LocalWorkspace } from '../workspace/local/workspace.js';
import type { Workspace } from '../workspace/workspace.js';
import type { Workspaces } from './workspaces.js';

/** Workspaces of this computer have a server that can be looked at, and is started when it is needed. */
export function isLocal(workspace: Workspace | undefined): workspace is LocalWorkspace {
  return workspace?.kind === 'local';
}

/**
 * The workspace of this computer that a command means: that of its row, else the active one.
 * @throws NOT_SUPPORTED when it is not one of this computer
 */
export function localOf(workspaces: Workspaces, row: unknown): LocalWorkspace {
  const id = workspaceIdOf(row) ?? workspaces.activeId;
  const workspace = workspaces.of({ workspace: id });
  if (isLocal(workspace)) return workspace;
  throw new TrainyardError(
    'NOT_SUPPORTED',
    `The workspace “${workspace.label}” has no server on this computer.`,
  );
}

/** Id of the workspace that a row stands for; undefined for anything else. */
export function workspaceIdOf(row: unknown): string | undefined {
  return typeof row === 'object' &&
    row !== null &&
    'workspaceId' in row &&
    typeof row.workspaceId === 'string'
    ? row.workspaceId
    : undefined;
}

/** Whether asking a workspace starts nothing: its server runs, or is somebody else's. */
export async function isUp(workspace: Workspace): Promise<boolean> {
  return !isLocal(workspace) || workspace.isUp();
}
