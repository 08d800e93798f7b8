/** Repositories inside the working folder: submodules, and clones that somebody put there. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TrainyardError } from '../base/errors.js';
import { filtersOff, gitBytes, type GitPlace } from './git.js';
import { shown, splitNul } from './listing.js';
import { neutralPlace } from './neutral.js';
import { type Repository } from './locate.js';

/** A folder that a gitlink records. */
export interface Nested {
  /** Byte name, see listing.ts. */
  name: string;
  commit: string;
  dirty: boolean;
}

/**
 * What stands at `name`: a repository at a commit, or `'files'` where there is none that git could record
 * (no commit yet, or a broken one), so its files are kept as files. undefined: no folder at all.
 * `recorded`: the commit in the person's index, for a submodule that is not initialised.
 */
export async function inspectNested(
  root: string,
  name: string,
  recorded: string | undefined,
): Promise<Nested | 'files' | undefined> {
  const folder = folderOf(root, name);
  const found = await children(folder);
  if (found === undefined) return undefined;
  if (found.includes('.git')) return (await repositoryState(folder, name)) ?? 'files';
  return found.length === 0 && recorded !== undefined ? { name, commit: recorded, dirty: false } : 'files';
}

function folderOf(root: string, name: string): string {
  const text = shown(name);
  if (Buffer.from(text).toString('latin1') === name) return join(root, text);
  throw new TrainyardError(
    'NOT_SUPPORTED',
    `The repository ${text} in ${root} has a name that is not UTF-8.`,
    {
      hint: 'Rename it, or name it in .gitignore.',
    },
  );
}

async function children(folder: string): Promise<string[] | undefined> {
  try {
    return (await lstat(folder)).isDirectory() ? await readdir(folder) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function repositoryState(folder: string, name: string): Promise<Nested | undefined> {
  let lines: string[];
  try {
    const names = splitNul(await gitBytes({ cwd: folder }, ['config', '-z', '--list', '--name-only']));
    const settings = filtersOff(names.map(shown));
    const status = ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=normal', '--no-renames'];
    lines = splitNul(await gitBytes({ cwd: folder, settings }, status));
  } catch (error) {
    // A `.git` that leads nowhere, or that git does not trust: the files are all there is.
    if (TrainyardError.is(error, 'GIT_FAILED')) return undefined;
    throw error;
  }
  const commit = lines.map((line) => /^# branch\.oid ([0-9a-f]+)$/.exec(line)?.[1]).find(Boolean);
  if (commit === undefined) return undefined;
  return { name, commit, dirty: lines.some((line) => !line.startsWith('# ')) };
}

/** Names of the files under `name` that nothing ignores, as if the folder were no repository. */
export async function expandNested(repository: Repository, name: string, noIndex: string): Promise<string[]> {
  const place: GitPlace = neutralPlace(repository.side, {
    root: folderOf(repository.root, name),
    index: noIndex,
    objectsOf: repository.gitDir,
  });
  const found = splitNul(await gitBytes(place, ['ls-files', '-o', '-z', '--exclude-standard']));
  const deeper = found.filter((inner) => inner.endsWith('/')).map((inner) => `${name}/${inner.slice(0, -1)}`);
  const files = found.filter((inner) => !inner.endsWith('/')).map((inner) => `${name}/${inner}`);
  const inside = await Promise.all(deeper.map((folder) => expandNested(repository, folder, noIndex)));
  return [...files, ...inside.flat()];
}
