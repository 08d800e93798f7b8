/**
 * Keeper trees: what a run's ref points to. Git keeps what a tree holds as it keeps what a commit holds, but no log,
 * graph or branch list shows a ref to a tree. A keeper has
 *
 *     code     the tree of the code
 *     head     the tree of HEAD when it was taken; absent where there was none
 *     commit   the snapshot's commit, as `git hash-object -t commit -w` writes it again
 */
import { gitBytes, type GitPlace } from './git.js';
import { alone } from './neutral.js';

export interface Kept {
  /** Tree of the code. */
  tree: string;
  headTree: string | null;
  /** The commit as git stores it. */
  commit: Buffer;
}

/** Writes the keeper. @param into where new objects are written */
export async function writeKeeper(into: GitPlace, { tree, headTree, commit }: Kept): Promise<string> {
  const place = alone(into);
  const blob = word(await gitBytes(place, ['hash-object', '-w', '--stdin'], commit));
  const lines = [`040000 tree ${tree}\tcode\n`, `100644 blob ${blob}\tcommit\n`];
  if (headTree !== null) lines.push(`040000 tree ${headTree}\thead\n`);
  return word(await gitBytes(place, ['mktree', '--missing'], lines.join('')));
}

/** What a command prints that prints one word. */
export function word(output: Buffer): string {
  return output.toString('utf8').trim();
}
