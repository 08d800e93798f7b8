import { facetOf } from '../../workspace/facets.js';
import type { Run } from '../../workspace/types.js';
import type { Edit } from '../../workspace/workspace.js';
import type { Workspaces } from '../workspaces.js';

/** Changes runs of any workspaces, those of one together. @throws NOT_SUPPORTED before anything is changed */
export async function eachWorkspace(
  runs: readonly Run[],
  workspaces: Workspaces,
  change: (edit: Edit, runIds: string[]) => Promise<void>,
): Promise<void> {
  const edits = [...new Set(runs.map(({ workspace }) => workspace))].map((workspace) => ({
    edit: facetOf(workspaces.of({ workspace }), 'edit'),
    ids: runs.filter((run) => run.workspace === workspace).map(({ id }) => id),
  }));
  await Promise.all(edits.map(({ edit, ids }) => change(edit, ids)));
}
