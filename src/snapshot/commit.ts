/** Commits of trees that snapshots wrote. They are on top of HEAD, and no branch moves. */
import { gitBytes } from './git.js';
import { type Repository } from './locate.js';
import { neutralPlace } from './neutral.js';

/** @param date `seconds zone`, as git writes it; now when it is absent */
export async function commitTree(
  { root, side, gitDir, head, settings, umask }: Repository,
  tree: string,
  message: string,
  date?: string,
): Promise<string> {
  const place = neutralPlace(side, { root, index: '', objectsOf: gitDir, settings, umask });
  const parent = head === null ? [] : ['-p', head];
  const dates = date && { GIT_AUTHOR_DATE: `@${date}`, GIT_COMMITTER_DATE: `@${date}` };
  const env = { ...place.env, ...dates };
  return (await gitBytes({ ...place, env }, ['commit-tree', tree, ...parent], message))
    .toString('ascii')
    .trim();
}

/** The commit of an inner repository's tree: HEAD when that is its tree, else always the same one for the same tree. */
export async function innerCommit(repository: Repository, head: string, tree: string): Promise<string> {
  const { root, side, gitDir } = repository;
  const place = neutralPlace(side, { root, index: '', objectsOf: gitDir });
  const text = (await gitBytes(place, ['cat-file', 'commit', head])).toString('latin1');
  if (text.startsWith(`tree ${tree}\n`)) return head;
  const date = /^committer .*> (\d+ [+-]\d{4})$/m.exec(text)?.[1];
  return commitTree(repository, tree, 'Working folder as it was for a run of Trainyard\n', date);
}
