import { TrainyardError } from '../base/errors.js';
import { readList } from '../workspace/configuration/file.js';
import { findWorkspace, type WorkspaceEntry } from '../workspace/configuration/list.js';
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
  const slash = given.indexOf('/');
  const named = slash > 0 ? await workspaceNamed(given.slice(0, slash)) : undefined;
  const workspace = named || !around ? await openWorkspace(named) : around;
  return { workspace, run: await findIn(workspace, named ? given.slice(slash + 1) : given) };
}

/** Undefined for what is no workspace: the name of a run may have a slash in it. */
async function workspaceNamed(nameOrId: string): Promise<WorkspaceEntry | undefined> {
  const list = await readList(homeOf({}));
  try {
    return findWorkspace(list, nameOrId);
  } catch (error) {
    if (TrainyardError.is(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
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
