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
  /** Those that could be opened. */
  readonly all: readonly PanelWorkspace[];
  /** @throws NOT_FOUND when it was removed | what keeps it from being opened */
  of(ref: { readonly workspace: string }): PanelWorkspace;
  /** What people call it; of one that was removed, its id. */
  labelOf(id: string): string;
  /** Calls back when workspaces came, went or were renamed, until disposed. */
  onDidChange(listener: () => void): { dispose(): void };
}

export const keyOf = (run: Pick<Run, 'workspace' | 'id'>): RunKey =>
  runKey({ workspace: run.workspace, run: run.id });

export const experimentKeyOf = (run: Pick<Run, 'workspace' | 'experimentId'>): string =>
  experimentKey({ workspace: run.workspace, experiment: run.experimentId });

/** Those that are not there. */
export function missingOf(can: Facets): (keyof Facets)[] {
  return (['edit', 'code', 'jobs', 'registry'] as const).filter((facet) => can[facet] === undefined);
}

/** What can be done with a run: nothing when its workspace was removed. */
export function facetsOf({ all }: Pick<PanelWorkspaces, 'all'>, run: Pick<Run, 'workspace'>): Facets {
  return all.find(({ id }) => id === run.workspace) ?? {};
}

/** What the workspace of a run is called, where there are several; else there is nothing to tell apart. */
export function placeOf(workspaces: PanelWorkspaces, run: Pick<Run, 'workspace'>): string | undefined {
  return workspaces.all.length > 1 ? workspaces.labelOf(run.workspace) : undefined;
}

/** The workspace of a run, and the run's id in it. @throws as `of` does */
export function locate(workspaces: PanelWorkspaces, key: RunKey): { workspace: PanelWorkspace; id: string } {
  const ref = parseRunKey(key);
  return { workspace: workspaces.of(ref), id: ref.run };
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

/**
 * Points of runs of any workspaces, in the order of the requests, whose `runId` is a key, as is that of the answers.
 * Rejects when one of the workspaces fails.
 */
export async function pointsOf(
  workspaces: Pick<PanelWorkspaces, 'of'>,
  requests: readonly PointsRequest[],
  maxPoints: number,
  signal?: AbortSignal,
): Promise<Points[]> {
  const parts = byWorkspace([...requests.entries()], ([, { runId }]) => runId);
  const answer: Points[] = [];
  await Promise.all(
    [...parts].map(async ([workspace, part]) => {
      const asked = part.map(({ of: [, request], id: runId }) => ({ ...request, runId }));
      const points = await workspaces.of({ workspace }).points(asked, maxPoints, signal);
      for (const [i, each] of points.entries()) {
        const [place, { runId }] = part[i]!.of;
        answer[place] = { ...each, runId };
      }
    }),
  );
  return answer;
}
