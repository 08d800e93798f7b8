/** One tree of a folder and the repositories in it. */
import { gitBytes, type GitPlace } from './git.js';
import { word } from './keeper.js';

/** The tree of a repository inside. */
export interface InnerTree {
  /** From the root, with `/`. */
  path: string;
  tree: string;
}

/**
 * The tree with gitlinks replaced by the files of the inner repositories.
 * @param place where all objects can be read, with an index that may be overwritten
 * @param inner an outer one before those in it
 */
export async function wholeTree(place: GitPlace, tree: string, inner: readonly InnerTree[]): Promise<string> {
  if (inner.length === 0) return tree;
  await gitBytes(place, ['read-tree', tree]);
  for (const { path, tree } of inner) {
    const removal = `0 ${'0'.repeat(tree.length)} 0\t${path}\0`;
    await gitBytes(place, ['update-index', '-z', '--index-info'], removal);
    await gitBytes(place, ['read-tree', `--prefix=${path}/`, tree]);
  }
  return word(await gitBytes(place, ['write-tree']));
}
