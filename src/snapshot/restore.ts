/** Writes a snapshot's tree into a folder, byte for byte. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, TrainyardError } from '../base/errors.js';
import { gitBytes, type GitPlace } from './git.js';
import { innerSource, type Source, sourceOf } from './inner.js';
import { objectsPlace } from './keep.js';
import { GITLINK, parseIndex, shown } from './listing.js';
import { formatOf, neutralPlace, withNeutral } from './neutral.js';
import { makeFolder } from './sharing.js';
import { type Snapshot } from './snapshot.js';
import { inTurns } from './turns.js';

/**
 * For people: `destination` must be empty or not exist, and is unchanged if something fails.
 * @throws CONFLICT, NOT_FOUND (the repository is gone), GIT_FAILED
 */
export async function restore(snapshot: Snapshot, destination: string): Promise<void> {
  const existed = existsSync(destination);
  if (existed && !(await isEmptyFolder(destination)))
    throw new TrainyardError('CONFLICT', `${destination} is not an empty folder.`, {
      hint: 'Choose a folder that does not exist yet.',
    });
  try {
    // A folder of the person's, though it is this process that makes it.
    if (snapshot.umask !== undefined) await makeFolder(destination, 0o777 & ~snapshot.umask);
    await checkout(snapshot, destination);
  } catch (error) {
    for (const name of existed ? await readdir(destination) : [''])
      await rm(join(destination, name), { recursive: true, force: true });
    throw error;
  }
}

async function isEmptyFolder(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).length === 0;
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}

/**
 * For jobs: `destination` is created if missing, and assumed to be empty. Inner repositories are filled, too; the
 * folder of a submodule that was not initialised stays empty.
 * @throws NOT_FOUND (the repository is gone, or the code of an inner one), GIT_FAILED
 */
export async function checkout(snapshot: Snapshot, destination: string): Promise<void> {
  objectsPlace(snapshot);
  await mkdir(destination, { recursive: true });
  await fill(sourceOf(snapshot), await realpath(destination), snapshot.umask);
  await makeEmpty(snapshot, destination);
}

/** Creates the empty folders of a snapshot. Names that are not UTF-8 cannot be stored, so they are left out. */
export async function makeEmpty({ empty = [], umask }: Snapshot, destination: string): Promise<void> {
  for (const name of empty)
    if (!name.includes('\ufffd')) {
      const folder = join(destination, name);
      if (umask === undefined) await mkdir(folder, { recursive: true });
      else await makeFolder(folder, 0o777 & ~umask);
    }
}

/** @param umask of the files; without it, that of this process */
async function fill(source: Source, destination: string, umask: number | undefined): Promise<void> {
  const links = await withNeutral(formatOf(source.tree), async (side) => {
    const place = neutralPlace(side, {
      root: destination,
      index: join(side, 'index'),
      objectsOf: source.gitDir,
      umask,
    });
    await gitBytes(place, ['read-tree', '--reset', '-u', source.tree]);
    return gitlinksOf(place);
  });
  await inTurns(links, async ({ path, commit }) => {
    const inner = await innerSource(source, path, commit);
    if (inner !== undefined) await fill(inner, await realpath(join(destination, path)), umask);
  });
}

/** The submodules in an index. */
async function gitlinksOf(place: GitPlace): Promise<{ path: string; commit: string }[]> {
  const entries = parseIndex(await gitBytes(place, ['ls-files', '-s', '-v', '-z']));
  const links = [...entries.values()].filter(({ mode }) => mode === GITLINK);
  return links.map(({ name, oid }) => ({ path: shown(name), commit: oid }));
}
