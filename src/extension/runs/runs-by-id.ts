import { currentKey } from '../../panels/keys.js';
import { parseRunKey, refOf, runKey, type RunKey } from '../../workspace/run-ref.js';
import type { Run } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';

/** Runs asked for by id in one question: with a person's own filter it stays below what the server takes. */
export const IDS_AT_ONCE = 100;

/** A filter that lets these runs pass. Ids are the server's own: letters, digits and hyphens. */
export function idFilter(ids: readonly string[]): string {
  return `attributes.run_id IN (${ids.map((id) => `'${id}'`).join(', ')})`;
}

/** The runs of these ids, in this order, in a few questions however many they are. Those that are gone are left out. */
export async function runsById(
  workspace: Pick<Workspace, 'runs'>,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<Run[]> {
  const found = new Map<string, Run>();
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
    const filter = idFilter(ids.slice(from, from + IDS_AT_ONCE));
    const { runs } = await workspace.runs({ filter, limit: IDS_AT_ONCE }, signal);
    for (const run of runs) found.set(run.id, run);
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

/**
 * The runs of these keys, in this order, each from its workspace. Those that are gone are left out.
 * @throws NOT_FOUND when a workspace was removed
 */
export async function runsByKey(
  workspaces: { of(ref: { workspace: string }): Pick<Workspace, 'runs'> },
  keys: readonly RunKey[],
  signal?: AbortSignal,
): Promise<Run[]> {
  const ids = new Map<string, string[]>();
  for (const { workspace, run } of keys.map(parseRunKey))
    ids.set(workspace, [...(ids.get(workspace) ?? []), run]);
  const found = await Promise.all(
    [...ids].map(([workspace, own]) => runsById(workspaces.of({ workspace }), own, signal)),
  );
  const byKey = new Map(found.flat().map((run) => [runKey(refOf(run)), run]));
  return keys.flatMap((key) => byKey.get(currentKey(key)) ?? []);
}
