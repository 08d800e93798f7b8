import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TrainyardError } from '../base/errors.js';
import { LocalWorkspace } from '../workspace/local/workspace.js';
import type { Run } from '../workspace/types.js';

export const serverEntry = fileURLToPath(new URL('./server.js', import.meta.url));

export function openWorkspace(): LocalWorkspace {
  return new LocalWorkspace({ serverEntry });
}

const SHORTEST_PREFIX = 4;

/** The run that an id, the start of one, or a name means. @throws NOT_FOUND | BAD_REQUEST when it means several */
export async function findRun(workspace: LocalWorkspace, given: string): Promise<Run> {
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

const execute = promisify(execFile);

/** Full hash of a revision of the repository here. @throws BAD_REQUEST */
export async function resolveCommit(revision: string): Promise<string> {
  try {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
    return (await execute('git', args)).stdout.trim();
  } catch (cause) {
    throw new TrainyardError('BAD_REQUEST', `“${revision}” is not a commit of this repository.`, {
      cause,
    });
  }
}

/** The repository's root around `folder`; undefined without one, or without git. */
export async function repositoryRoot(folder: string): Promise<string | undefined> {
  // Those of a hook lead to its repository, whatever the folder.
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, ...env } = process.env;
  try {
    return (await execute('git', ['-C', folder, 'rev-parse', '--show-toplevel'], { env })).stdout.trim();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
