/** Finds the objects of a snapshot and of the repositories inside it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TrainyardError } from '../base/errors.js';
import { gitText } from './git.js';
import { namesOf, treeIn } from './keep.js';
import { type Inner, type Snapshot } from './snapshot.js';

/** A tree and where it comes from. */
export interface Source {
  gitDir: string;
  /** Of the tree; git may have collected it. */
  commit: string;
  tree: string;
  /** The working folder that was taken. */
  origin: string;
  /** The repositories in it that are known; paths from there. */
  submodules: Inner[];
}

export function sourceOf({ gitDir, commit, tree, root, submodules }: Snapshot): Source {
  return { gitDir, commit, tree, origin: root, submodules };
}

/**
 * What the gitlink at `path` leads to; undefined for a submodule that was not initialised.
 * @throws NOT_FOUND when its code was there and is no longer
 */
export async function innerSource(outer: Source, path: string, commit: string): Promise<Source | undefined> {
  const known = outer.submodules.find((inner) => inner.path === path);
  if (known?.gitDir === null) return undefined;
  const origin = join(outer.origin, path);
  const prefix = `${path}/`;
  const submodules = outer.submodules
    .filter((inner) => inner.path.startsWith(prefix))
    .map((inner) => ({ ...inner, path: inner.path.slice(prefix.length) }));
  // Where it was; where it is now, should it have been moved; where git keeps those that are not checked out.
  for (const find of [
    () => known?.gitDir,
    () => gitDirAt(origin),
    () => join(outer.gitDir, 'modules', path),
  ]) {
    const gitDir = await find();
    const tree = gitDir && (await treeIn(gitDir, namesOf(known, commit)));
    if (tree) return { gitDir, commit, tree, origin, submodules };
  }
  // Older snapshots do not record whether it existed.
  if (known?.gitDir === undefined) return undefined;
  throw new TrainyardError(
    'NOT_FOUND',
    `The repository ${path} in ${outer.origin} no longer has the commit ${commit.slice(0, 12)} of this run.`,
    {
      hint: `It was in ${known.gitDir}. Put that back, or fetch the commit there (git submodule update --init), and try again.`,
    },
  );
}

async function gitDirAt(folder: string): Promise<string | undefined> {
  if (!existsSync(join(folder, '.git'))) return undefined;
  try {
    return await gitText({ cwd: folder }, ['rev-parse', '--path-format=absolute', '--git-common-dir']);
  } catch (error) {
    if (TrainyardError.is(error, 'GIT_FAILED')) return undefined;
    throw error;
  }
}
