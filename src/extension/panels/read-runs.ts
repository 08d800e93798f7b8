import { errorData } from '../../base/errors.js';
import type { ShownWorkspace } from '../../panels/shown-workspace.js';
import { parseRunKey, runKey, type RunKey } from '../../workspace/run-ref.js';
import type { Run } from '../../workspace/types.js';
import { runsById } from '../runs/runs-by-id.js';
import { byWorkspace, type PanelWorkspaces } from './panel-workspaces.js';

/** How far runs are read. */
export interface Reading {
  runs: ReadonlyMap<RunKey, Run>;
  /** Runs that their workspaces do not have. */
  missing: readonly RunKey[];
  /** Those that were asked, in the order of the runs. */
  workspaces: readonly ShownWorkspace[];
}

/** After which those that have answered are told of, though others have not. */
const PATIENCE_MS = 1_000;

/**
 * Reads runs from their workspaces, all at the same time. `tell` is called when all have answered; after a second with
 * those that have, and again with each that comes later. Rejects with the first error when all have failed.
 */
export async function readRuns(
  workspaces: PanelWorkspaces,
  keys: readonly RunKey[],
  signal: AbortSignal,
  tell: (reading: Reading) => void,
): Promise<void> {
  const parts = byWorkspace(keys, (key) => key);
  const runs = new Map<RunKey, Run>();
  const shown = new Map<string, ShownWorkspace>();
  let isPatient = true;
  let firstError: unknown;
  for (const id of parts.keys()) shown.set(id, { id, label: workspaces.labelOf(id), isPending: true });
  const isPending = () => [...shown.values()].some((each) => each.isPending);
  const isAnyRead = () => [...shown.values()].some((each) => !each.isPending && !each.problem);
  const tellNow = () => {
    if (signal.aborted) return;
    const missing = keys.filter((key) => {
      const workspace = shown.get(parseRunKey(key).workspace)!;
      return !runs.has(key) && !workspace.isPending && !workspace.problem;
    });
    tell({ runs, missing, workspaces: [...shown.values()] });
  };
  const timer = setTimeout(() => {
    isPatient = false;
    if (isPending() && isAnyRead()) tellNow();
  }, PATIENCE_MS);
  try {
    await Promise.all(
      [...parts].map(async ([id, part]) => {
        const { label } = shown.get(id)!;
        try {
          const ids = part.map((each) => each.id);
          for (const run of await runsById(workspaces.of({ workspace: id }), ids, signal))
            runs.set(runKey({ workspace: id, run: run.id }), run);
          shown.set(id, { id, label });
        } catch (error) {
          firstError ??= error;
          shown.set(id, { id, label, problem: errorData(error) });
        }
        if (!isPatient && isPending() && isAnyRead()) tellNow();
      }),
    );
  } finally {
    clearTimeout(timer);
  }
  if (parts.size > 0 && !isAnyRead()) throw firstError;
  tellNow();
}
