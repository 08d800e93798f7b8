/** Repositories inside the working folder: submodules and clones. */
import { lstat, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, ifMissing, TrainyardError } from '../base/errors.js';
import { gitBytes, type GitPlace } from './git.js';
import { shown, splitNul } from './listing.js';
import { locate, type Repository } from './locate.js';
import { makeNeutral, neutralPlace } from './neutral.js';
import { inTurns } from './turns.js';

/** A folder that a gitlink records. */
export interface Nested {
  /** Byte name, see listing.ts. */
  name: string;
  /** HEAD of the repository there; the recorded commit for a submodule that is not initialised. */
  commit: string;
  /** null: a submodule that is not initialised */
  repository: Repository | null;
}

/**
 * What is at `name`: a repository at a commit, or `'files'` if git cannot record one (no commit yet, a broken one, or
 * one that we cannot write into), so its files are kept as files. undefined: no folder at all.
 * @param recorded the commit in the person's index, for a submodule that is not initialised
 */
export async function inspectNested(
  outer: Repository,
  name: string,
  recorded: string | undefined,
): Promise<Nested | 'files' | undefined> {
  const folder = folderOf(outer.root, name);
  const found = await children(folder);
  if (found === undefined) return undefined;
  if (found.includes('.git')) {
    const repository = await repositoryAt(folder, outer);
    return repository?.head ? { name, commit: repository.head, repository } : 'files';
  }
  return found.length === 0 && recorded !== undefined
    ? { name, commit: recorded, repository: null }
    : 'files';
}

function folderOf(root: string, name: string): string {
  const text = shown(name);
  if (Buffer.from(text).toString('latin1') === name) return join(root, text);
  throw new TrainyardError(
    'NOT_SUPPORTED',
    `The repository ${text} in ${root} has a name that is not UTF-8.`,
    {
      hint: 'Rename it, or list it in .gitignore.',
    },
  );
}

async function children(folder: string): Promise<string[] | undefined> {
  try {
    return (await lstat(folder)).isDirectory() ? await readdir(folder) : undefined;
  } catch (error) {
    return ifMissing(error);
  }
}

async function repositoryAt(folder: string, { format, umask }: Repository): Promise<Repository | undefined> {
  try {
    const found = await locate(folder, '', umask);
    // Git ignores a `.git` that is not a repository, and finds the outer one.
    if (found.hidden || found.root !== (await realpath(folder)) || found.format !== format) return undefined;
    await makeNeutral(found.side, format, { modes: found.modes });
    return found;
  } catch (error) {
    // A `.git` that is broken, not trusted or read-only: only the files can be kept.
    if (TrainyardError.is(error, 'GIT_FAILED') || hasCode(error, 'EACCES', 'EPERM', 'EROFS'))
      return undefined;
    throw error;
  }
}

/** The files under a folder that nothing ignores, and the top-most ignored paths there; from the outer root. */
export interface Expanded {
  files: string[];
  ignored: string[];
}

/** The files under `name`, as if it were not a repository. */
export async function expandNested(repository: Repository, name: string, noIndex: string): Promise<Expanded> {
  const place: GitPlace = neutralPlace(repository.side, {
    root: folderOf(repository.root, name),
    index: noIndex,
    objectsOf: repository.gitDir,
  });
  const list = ['ls-files', '-o', '-z', '--exclude-standard'];
  const [found, ignored] = await Promise.all([
    gitBytes(place, list).then(splitNul),
    gitBytes(place, [...list, '-i', '--directory']).then(splitNul),
  ]);
  const deeper = found.filter((inner) => inner.endsWith('/')).map((inner) => `${name}/${inner.slice(0, -1)}`);
  const files = found.filter((inner) => !inner.endsWith('/')).map((inner) => `${name}/${inner}`);
  const inside = await inTurns(deeper, (folder) => expandNested(repository, folder, noIndex));
  return {
    files: [...files, ...inside.flatMap((inner) => inner.files)],
    ignored: [...ignored.map((inner) => `${name}/${inner}`), ...inside.flatMap((inner) => inner.ignored)],
  };
}
