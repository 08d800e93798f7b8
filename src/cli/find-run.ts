import { TrainyardError } from '../base/errors.js';
import { readList } from '../workspace/configuration/file.js';
import { type WorkspaceEntry, type WorkspaceList, workspaceNamed } from '../workspace/configuration/list.js';
import { homeOf } from '../workspace/local/launch.js';
import type { Run } from '../workspace/types.js';
import type { Workspace } from '../workspace/workspace.js';
import { openWorkspace } from './context.js';

const SHORTEST_PREFIX = 4;

export interface FoundRun {
  workspace: Workspace;
  run: Run;
}

/**
 * The run that an id, the start of one, or a name means; of the workspace of this call, or of one that is named in front:
 * `team/2f81c3d0`.
 * @param around the workspace that is meant where none is named; default: that of this call
 * @throws NOT_FOUND | BAD_REQUEST when it means several
 */
export async function findRun(given: string, around?: Workspace): Promise<FoundRun> {
  const [named, id] = splitReference(await readList(homeOf({})), given);
  const workspace = named || !around ? await openWorkspace(named) : around;
  return { workspace, run: await findIn(workspace, id) };
}

/**
 * The workspace that is named in front, and what is left to find the run by. Names of workspaces and of runs may have
 * slashes in them: the longest workspace name counts.
 */
export function splitReference(list: WorkspaceList, given: string): [WorkspaceEntry | undefined, string] {
  for (let slash = given.lastIndexOf('/'); slash > 0; slash = given.lastIndexOf('/', slash - 1)) {
    const found = workspaceNamed(list, given.slice(0, slash));
    if (found) return [found, given.slice(slash + 1)];
  }
  return [undefined, given];
}

async function findIn(workspace: Workspace, given: string): Promise<Run> {
  if (/^[0-9a-f]{32}$/.test(given)) return workspace.run(given);
  const literal = given.replaceAll(/[%_'"\\]/g, '');
  const found = new Map<string, Run>();
  const ask = async (filter: string) => {
    const { runs } = await workspace.runs({ filter, limit: 10, lifecycle: 'all' });
    for (const run of runs) found.set(run.id, run);
  };
  if (literal === given && given.length >= SHORTEST_PREFIX) await ask(`attributes.run_id LIKE '${given}%'`);
  if (!given.includes("'")) await ask(`attributes.run_name = '${given}'`);
  const [run, ...others] = found.values();
  if (!run)
    throw new TrainyardError('NOT_FOUND', `There is no run “${given}”.`, {
      hint: 'List the runs with: trainyard runs',
    });
  if (others.length > 0)
    throw new TrainyardError('BAD_REQUEST', `“${given}” matches ${others.length + 1} runs.`, {
      hint: `Use more of the ID: ${[run, ...others].map(({ id }) => id.slice(0, 12)).join(', ')}.`,
    });
  return run;
}
