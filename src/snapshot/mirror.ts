/**
 * A persistent checkout that is updated from one snapshot to the next incrementally. It has our own index, so checkout
 * and index alone show what a job created: the original repository may be gone by then.
 */
import { createHash } from 'node:crypto';
import { type Dirent } from 'node:fs';
import { chmod, lstat, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../base/errors.js';
import { gitBytes, type GitPlace } from './git.js';
import { innerSource, sourceOf } from './inner.js';
import { objectsPlace } from './keep.js';
import { foldersOf, parentOf, pathOf, shown, splitNul } from './listing.js';
import { formatOf, makeNeutral, neutralPlace, type ObjectFormat } from './neutral.js';
import { makeEmpty } from './restore.js';
import { type Snapshot } from './snapshot.js';

export interface Mirror {
  /** The checkout: absolute, without symbolic links. */
  folder: string;
  /** A git folder of our own beside it. */
  git: string;
}

/** A repository that a checkout holds: the outer one, or one inside. */
export interface Part {
  /** From the checkout, with `/`; '' is the outer one. */
  path: string;
  gitDir: string;
  tree: string;
}

/** Where objects are read from, and how files are created. */
interface Where {
  gitDir?: string;
  umask?: number;
}

/** What must not change for a checkout to be updated to another snapshot. */
interface Layout {
  /** Of the objects. */
  format: ObjectFormat;
  /** Of the repositories in it. */
  paths: string[];
  /** Of submodules that were not initialised: their folders are empty, and git does not look into them. */
  hollow: string[];
  /** Of its files. */
  umask?: number;
}

/** In our git folder. */
const LAYOUT = 'layout.json';

/** A change of size, time or inode is always checked, whatever the person's configuration says. */
const SETTINGS = ['core.trustCtime=true', 'core.checkStat=default', 'core.ignoreStat=false'];

/**
 * Makes the checkout equal to `snapshot`, byte for byte, whatever happened to its files. Unknown files stay;
 * `moveStrays` removes them.
 * @throws NOT_FOUND (the repository is gone) | GIT_FAILED; the checkout is then in doubt
 */
export async function bringTo(mirror: Mirror, snapshot: Snapshot): Promise<void> {
  objectsPlace(snapshot);
  const parts = await partsOf(snapshot);
  const paths = parts.map(({ path }) => path);
  const hollow = snapshot.submodules.map(({ path }) => path).filter((path) => !paths.includes(path));
  const format = formatOf(snapshot.tree);
  const layout: Layout = { format, paths, hollow, umask: snapshot.umask };
  const written = JSON.stringify(layout);
  const file = join(mirror.git, LAYOUT);
  const before = await readFile(file, 'utf8').catch(ifGone);
  if (before !== written) {
    // Files of a repository that no longer exists would belong to nobody.
    if (before !== undefined) await empty(mirror);
    await makeNeutral(mirror.git, format);
    await writeFile(file, written);
  }
  // A git that was killed left it; nobody else writes here.
  for (const name of await readdir(mirror.git))
    if (name.endsWith('.lock')) await rm(join(mirror.git, name), { force: true });
  for (const { path, gitDir, tree } of parts) {
    await mkdir(join(mirror.folder, path), { recursive: true });
    await gitBytes(placeOf(mirror, path, { gitDir, umask: snapshot.umask }), [
      'read-tree',
      '--reset',
      '-u',
      tree,
    ]);
  }
  await makeEmpty(snapshot, mirror.folder);
}

async function empty({ folder, git }: Mirror): Promise<void> {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
  for (const name of await readdir(git))
    if (name.startsWith('index')) await rm(join(git, name), { force: true });
}

/** The outer one first, and each before those inside it. @throws NOT_FOUND (the code of an inner one is gone) */
export async function partsOf(snapshot: Snapshot): Promise<Part[]> {
  const parts: Part[] = [{ path: '', gitDir: snapshot.gitDir, tree: snapshot.tree }];
  for (const { path, commit } of [...snapshot.submodules].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const source = await innerSource(sourceOf(snapshot), path, commit);
    if (source) parts.push({ path, gitDir: source.gitDir, tree: source.tree });
  }
  return parts;
}

function placeOf(
  { folder, git }: Mirror,
  path: string,
  { gitDir: objectsOf = git, umask }: Where = {},
): GitPlace {
  const key = path === '' ? '' : `-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`;
  const root = join(folder, path);
  return neutralPlace(git, { root, index: join(git, `index${key}`), objectsOf, settings: SETTINGS, umask });
}

async function layoutOf({ git }: Mirror): Promise<Layout> {
  return JSON.parse(await readFile(join(git, LAYOUT), 'utf8')) as Layout;
}

/** Files that a job created in a checkout. */
export interface Made {
  /** Relative to the checkout, with `/`, sorted. */
  files: string[];
  /** Folders that could not be read. */
  closed: { folder: string; error: unknown }[];
}

/**
 * Files that are not in the snapshot, or differ from it in content, mode or type. Nothing is ignored; deleted files and
 * symbolic links are not included.
 * @throws GIT_FAILED
 */
export async function madeFiles(mirror: Mirror): Promise<Made> {
  const made: Made = { files: [], closed: [] };
  const { paths, hollow } = await layoutOf(mirror);
  for (const path of paths) {
    const listed = await gitBytes(placeOf(mirror, path), ['ls-files', '-m', '-o', '-z', '--directory']);
    const inside = path === '' ? '' : `${path}/`;
    for (const name of new Set(splitNul(listed).map(shown)))
      if (name.endsWith('/')) await addBelow(mirror.folder, inside + name.slice(0, -1), made);
      else if (await isFile(join(mirror.folder, inside + name))) made.files.push(inside + name);
  }
  for (const folder of hollow) await addBelow(mirror.folder, folder, made);
  made.files.sort();
  return made;
}

/** Do not follow a link that a job put in place of a folder: its target does not belong to the job. */
async function isFile(file: string): Promise<boolean> {
  const stat = await lstat(file).catch(ifGone);
  return stat?.isFile() === true && (await realpath(dirname(file))) === dirname(file);
}

/** The git folder of a repository that a job created is not one of its files. */
async function addBelow(root: string, folder: string, made: Made): Promise<void> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) made.closed.push({ folder, error });
    return;
  }
  for (const entry of entries) {
    const name = `${folder}/${entry.name}`;
    if (entry.isFile()) made.files.push(name);
    else if (entry.isDirectory() && entry.name !== '.git') await addBelow(root, name, made);
  }
}

/**
 * Moves everything that is not in the snapshot, except the `.git` of the checkout itself, into `away`, a folder on the
 * same disk, since removing takes longer. Makes unreadable files of a job accessible again.
 * @param since ms since the epoch: before the checkout was updated
 * @throws GIT_FAILED and what the system says; the checkout is then in doubt
 */
export async function moveStrays(mirror: Mirror, away: string, since: number): Promise<void> {
  await mkdir(away, { recursive: true });
  let count = 0;
  const move = (path: Buffer) => rename(path, join(away, String(count++))).catch(ifGone);
  const { paths, hollow } = await layoutOf(mirror);
  // Git makes them again.
  for (const path of hollow) await move(Buffer.from(join(mirror.folder, path)));
  for (const path of paths) {
    const place = placeOf(mirror, path);
    const under = (name: string) => pathOf(join(mirror.folder, path), name);
    const known = await entriesOf(place);
    const folders = new Set<string>(['']);
    for (const folder of known.flatMap(({ name }) => foldersOf(name))) {
      if (folders.has(folder) || !folders.has(parentOf(folder))) continue;
      if (await open(under(folder.slice(0, -1)))) folders.add(folder);
    }
    // Git stores times in seconds, so it misses a change of permissions within the second of a write.
    for (const { name, changed } of known)
      if (changed >= Math.floor(since / 1000) && folders.has(parentOf(name)) && (await isClosed(under(name))))
        await move(under(name));
    // Git never lists those.
    for (const folder of folders) if (path !== '' || folder !== '') await move(under(`${folder}.git`));
    const strays = splitNul(await gitBytes(place, ['ls-files', '-o', '-z', '--directory']));
    for (const name of strays) await move(under(name.replace(/\/$/, '')));
  }
}

/** The files in an index: byte names, and times of last change in seconds since the epoch. */
async function entriesOf(place: GitPlace): Promise<{ name: string; changed: number }[]> {
  const listed = (await gitBytes(place, ['ls-files', '-z', '--debug'])).toString('latin1');
  const entries = listed.matchAll(/([^\0]+)\0 +ctime: (\d+):\d+\n(?: +[a-z]+: [^\n]*\n){4}/g);
  return [...entries].map(([, name = '', changed]) => ({ name, changed: Number(changed) }));
}

async function isClosed(file: Buffer): Promise<boolean> {
  const stat = await lstat(file).catch(ifGone);
  return stat?.isFile() === true && (stat.mode & 0o600) !== 0o600;
}

/** @returns false if it is not a folder: a job may have replaced it by a link */
async function open(folder: Buffer): Promise<boolean> {
  const stat = await lstat(folder).catch(ifGone);
  if (!stat?.isDirectory()) return false;
  if ((stat.mode & 0o700) !== 0o700) await chmod(folder, stat.mode | 0o700);
  return true;
}

function ifGone(error: unknown): undefined {
  if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
  throw error;
}
