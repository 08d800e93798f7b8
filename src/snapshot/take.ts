/** Takes a snapshot: the working folder as it is, as a commit on top of HEAD, kept by a ref of the run. */
import { TrainyardError } from '../base/errors.js';
import { gitBytes } from './git.js';
import { locate, type Repository } from './locate.js';
import { neutralPlace } from './neutral.js';
import { type Snapshot, type TakeOptions } from './snapshot.js';
import { writeTree } from './tree.js';

/**
 * Nothing of the person's is touched: not the index, HEAD, branches, files, stash, hooks or reflog. Added are
 * objects, the ref, and `trainyard/` in the git folder.
 *
 * @throws NOT_FOUND (no such folder), BAD_REQUEST (run id), LARGE_FILES, GIT_FAILED (with git's words)
 */
export async function take(options: TakeOptions): Promise<Snapshot> {
  const ref = refOf(options.runId);
  const repository = await locate(options.folder, options.hiddenRoot);
  const { tree, ...found } = await writeTree(repository, options, options.hiddenRoot);
  const commit = await commitTree(repository, tree, options.message);
  await gitBytes({ cwd: repository.root, env: { GIT_DIR: repository.gitDir } }, ['update-ref', ref, commit]);
  const { gitDir, root, hidden, head, branch, remote } = repository;
  return { gitDir, root, hidden, commit, tree, ref, head, branch, remote, ...found };
}

async function commitTree(repository: Repository, tree: string, message: string): Promise<string> {
  const { root, side, gitDir, head } = repository;
  const place = neutralPlace(side, { root, index: '', objectsOf: gitDir });
  const parent = head === null ? [] : ['-p', head];
  return (await gitBytes(place, ['commit-tree', tree, ...parent], message)).toString('ascii').trim();
}

function refOf(runId: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(runId)) return `refs/trainyard/runs/${runId}`;
  throw new TrainyardError('BAD_REQUEST', `"${runId}" is no run id.`, {
    hint: 'Use letters, digits, hyphens and underscores.',
  });
}
