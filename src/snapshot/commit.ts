/** Commits of snapshot trees, on top of HEAD. No branch moves. */
import { createHash } from 'node:crypto';
import { gitBytes, type GitPlace } from './git.js';
import { formatOf } from './neutral.js';

/** A commit as git stores it, whether or not it is stored. */
export interface CommitText {
  oid: string;
  bytes: Buffer;
}

const AUTHOR = 'Trainyard <trainyard@localhost>';

/** @param date `seconds zone`, as git writes it; now when it is absent */
export function commitOf(
  tree: string,
  head: string | null,
  message: string,
  date = `${Math.floor(Date.now() / 1000)} +0000`,
): CommitText {
  const parent = head === null ? '' : `parent ${head}\n`;
  const text = `tree ${tree}\n${parent}author ${AUTHOR} ${date}\ncommitter ${AUTHOR} ${date}\n\n${message}`;
  const bytes = Buffer.from(text);
  const oid = createHash(formatOf(tree)).update(`commit ${bytes.length}\0`).update(bytes).digest('hex');
  return { oid, bytes };
}

/**
 * The commit of an inner repository's tree: HEAD if it has that tree, otherwise a commit that only depends on the tree.
 */
export async function innerCommit(place: GitPlace, head: string, tree: string): Promise<CommitText> {
  const bytes = await gitBytes(place, ['cat-file', 'commit', head]);
  const text = bytes.toString('latin1');
  if (text.startsWith(`tree ${tree}\n`)) return { oid: head, bytes };
  const date = /^committer .*> (\d+ [+-]\d{4})$/m.exec(text)?.[1];
  return commitOf(tree, head, 'Working folder as it was for a run of Trainyard\n', date);
}
