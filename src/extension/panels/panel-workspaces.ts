import { TrainyardError } from '../../base/errors.js';
import { experimentKey, parseRunKey, runKey, type RunKey } from '../../workspace/run-ref.js';
import type { Points, PointsRequest, Run } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';

/** What panels read of a workspace. */
export type PanelWorkspace = Pick<
  Workspace,
  | 'id'
  | 'label'
  | 'experiments'
  | 'runs'
  | 'run'
  | 'points'
  | 'files'
  | 'readFile'
  | 'onEvent'
  | 'edit'
  | 'code'
  | 'jobs'
  | 'registry'
>;

/** What a workspace can do besides. */
export type Facets = Pick<PanelWorkspace, 'edit' | 'code' | 'jobs' | 'registry'>;

export interface PanelWorkspaces {
  readonly all: readonly PanelWorkspace[];
}

export const keyOf = (run: Pick<Run, 'workspace' | 'id'>): RunKey =>
  runKey({ workspace: run.workspace, run: run.id });

export const experimentKeyOf = (run: Pick<Run, 'workspace' | 'experimentId'>): string =>
  experimentKey({ workspace: run.workspace, experiment: run.experimentId });

/** @throws NOT_FOUND when it was removed */
export function workspaceOf(workspaces: PanelWorkspaces, id: string): PanelWorkspace {
  const found = workspaces.all.find((workspace) => workspace.id === id);
  if (!found)
    throw new TrainyardError('NOT_FOUND', `The workspace “${id}” is not in the list of workspaces.`, {
      hint: 'Add it again to see its runs.',
    });
  return found;
}

/** What can be done with a run: nothing when its workspace was removed. */
export function facetsOf({ all }: PanelWorkspaces, run: Pick<Run, 'workspace'>): Facets {
  return all.find(({ id }) => id === run.workspace) ?? {};
}

/** What the workspace of a run is called, where there are several; else there is nothing to tell apart. */
export function placeOf({ all }: PanelWorkspaces, run: Pick<Run, 'workspace'>): string | undefined {
  return all.length > 1 ? labelOf({ all }, run.workspace) : undefined;
}

/** The workspace of a run, and the run's id in it. @throws NOT_FOUND when the workspace was removed */
export function locate(workspaces: PanelWorkspaces, key: RunKey): { workspace: PanelWorkspace; id: string } {
  const { workspace, run } = parseRunKey(key);
  return { workspace: workspaceOf(workspaces, workspace), id: run };
}

/** Whatever names runs by key, divided by their workspaces: to each its own ids. */
export function byWorkspace<T>(
  all: readonly T[],
  keyOf: (each: T) => RunKey,
): Map<string, { of: T; id: string }[]> {
  const parts = new Map<string, { of: T; id: string }[]>();
  for (const of of all) {
    const { workspace, run: id } = parseRunKey(keyOf(of));
    const part = parts.get(workspace);
    if (part) part.push({ of, id });
    else parts.set(workspace, [{ of, id }]);
  }
  return parts;
}

/** What people call it; of one that was removed, its id. */
export function labelOf({ all }: PanelWorkspaces, id: string): string {
  return all.find((workspace) => workspace.id === id)?.label ?? id;
}

/**
 * Points of runs of any workspaces, in the order of the requests, whose `runId` is a key, as is that of the answers.
 * Rejects when one of the workspaces fails.
 */
export async function pointsOf(
  workspaces: PanelWorkspaces,
  requests: readonly PointsRequest[],
  maxPoints: number,
  signal?: AbortSignal,
): Promise<Points[]> {
  const parts = byWorkspace([...requests.entries()], ([, { runId }]) => runId);
  const answer: Points[] = [];
  await Promise.all(
    [...parts].map(async ([id, part]) => {
      const asked = part.map(({ of: [, request], id: runId }) => ({ ...request, runId }));
      const points = await workspaceOf(workspaces, id).points(asked, maxPoints, signal);
      for (const [i, each] of points.entries()) {
        const [place, { runId }] = part[i]!.of;
        answer[place] = { ...each, runId };
      }
    }),
  );
  return answer;
}
