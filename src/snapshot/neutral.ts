/**
 * A git folder of our own in front of the person's objects. Its info/attributes outranks every
 * .gitattributes, so no line ending is converted and no filter (LFS's neither) is run, in either direction;
 * and its index is ours, so the person's is never locked or written.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ifMissing } from '../base/errors.js';
import { type GitPlace } from './git.js';
import { makeFolder, type Modes, modesUnder, PRIVATE } from './sharing.js';

export type ObjectFormat = 'sha1' | 'sha256';

/** `!working-tree-encoding` and not `-`: git refuses to unset that one, it can only be unspecified. */
const ATTRIBUTES = '* -text !eol !crlf -filter -ident !working-tree-encoding -export-ignore -export-subst\n';

/**
 * Makes `folder` a git folder with neutral attributes; does nothing if it already is one.
 * @param exclude gitignore patterns of its own
 */
export async function makeNeutral(
  folder: string,
  format: ObjectFormat,
  { exclude = '', modes = modesUnder(PRIVATE, undefined) }: { exclude?: string; modes?: Modes } = {},
): Promise<void> {
  await makeFolder(folder, modes.folder);
  await Promise.all(['info', 'objects', 'refs'].map((name) => makeFolder(join(folder, name), modes.folder)));
  const config =
    format === 'sha1'
      ? '[core]\n\trepositoryformatversion = 0\n\tbare = true\n'
      : '[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n';
  await Promise.all([
    settle(join(folder, 'info', 'attributes'), ATTRIBUTES, modes.file),
    settle(join(folder, 'info', 'exclude'), exclude, modes.file),
    settle(join(folder, 'config'), config, modes.file),
    settle(join(folder, 'HEAD'), 'ref: refs/heads/none\n', modes.file),
  ]);
}

/** Writes a file atomically unless it already has that content, since another snapshot may be reading it. */
export async function settle(path: string, text: string, mode: number): Promise<void> {
  if ((await readFile(path, 'utf8').catch(ifMissing)) === text) return;
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text);
  await chmod(draft, mode);
  await rename(draft, path);
}

/**
 * A command on the working folder `root`, with our git folder, our index and the objects of `objectsOf`.
 * @param into folder that new objects are written to, instead of among those
 */
export function neutralPlace(
  folder: string,
  {
    root,
    index,
    objectsOf,
    into,
    settings,
    umask,
  }: {
    root: string;
    index: string;
    objectsOf: string;
    into?: string;
    settings?: string[];
    umask?: number;
  },
): GitPlace {
  return {
    cwd: root,
    settings,
    umask,
    env: {
      GIT_DIR: folder,
      GIT_WORK_TREE: root,
      GIT_INDEX_FILE: index,
      GIT_OBJECT_DIRECTORY: into ?? join(objectsOf, 'objects'),
      ...(into !== undefined && alternates([objectsOf])),
    },
  };
}

/** The same place without alternates, so that every object is written. */
export function alone(place: GitPlace): GitPlace {
  return { ...place, env: { ...place.env, GIT_ALTERNATE_OBJECT_DIRECTORIES: '' } };
}

/** The objects of other git folders, for a command to read. */
export function alternates(gitDirs: readonly string[]): { GIT_ALTERNATE_OBJECT_DIRECTORIES: string } {
  const folders = [...new Set(gitDirs)].map((gitDir) => quoted(join(gitDir, 'objects')));
  return { GIT_ALTERNATE_OBJECT_DIRECTORIES: folders.join(delimiter) };
}

/** A path as git unquotes it in its lists. */
export function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&')}"`;
}

/** Runs `work` with a temporary neutral git folder. */
export async function withNeutral<T>(format: ObjectFormat, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-git-'));
  try {
    await makeNeutral(folder, format);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The format of an object's name, by its length. */
export function formatOf(oid: string): ObjectFormat {
  return oid.length === 64 ? 'sha256' : 'sha1';
}
