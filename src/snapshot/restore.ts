/** Writes a snapshot's tree into a folder, byte for byte. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TrainyardError } from '../base/errors.js';
import { gitBytes, type GitPlace, gitText } from './git.js';
import { objectsPlace } from './keep.js';
import { GITLINK, parseIndex, shown } from './listing.js';
import { formatOf, neutralPlace, withNeutral } from './neutral.js';
import { type Snapshot } from './snapshot.js';

/**
 * The way for people: `destination` must be empty or not exist, and is as before when something fails.
 * @throws CONFLICT, NOT_FOUND (the repository is gone), GIT_FAILED
 */
export async function restore(snapshot: Snapshot, destination: string): Promise<void> {
  const existed = existsSync(destination);
  if (existed && !(await isEmptyFolder(destination)))
    throw new TrainyardError('CONFLICT', `${destination} is not an empty folder.`, {
      hint: 'Choose a folder that does not exist yet.',
    });
  try {
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
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}

/**
 * The way for jobs: `destination` is made when it is missing and taken to be empty. Submodules are filled with
 * the commit that is recorded, if the working folder that was taken still has it, and left empty otherwise.
 * @throws NOT_FOUND (the repository is gone), GIT_FAILED
 */
export async function checkout(snapshot: Snapshot, destination: string): Promise<void> {
  objectsPlace(snapshot);
  await mkdir(destination, { recursive: true });
  await fill(
    { gitDir: snapshot.gitDir, commit: snapshot.commit, origin: snapshot.root },
    await realpath(destination),
  );
}

/** A tree and where it comes from. */
export interface Source {
  gitDir: string;
  commit: string;
  /** The working folder it comes from, where its submodules are found. */
  origin: string;
}

async function fill(source: Source, destination: string): Promise<void> {
  const links = await withNeutral(formatOf(source.commit), async (side) => {
    const place = neutralPlace(side, {
      root: destination,
      index: join(side, 'index'),
      objectsOf: source.gitDir,
    });
    await gitBytes(place, ['read-tree', '--reset', '-u', source.commit]);
    return gitlinksOf(place);
  });
  await Promise.all(
    links.map(async ({ path, commit }) => {
      const inner = await innerSource(join(source.origin, path), commit);
      if (inner !== undefined) await fill(inner, await realpath(join(destination, path)));
    }),
  );
}

/** The submodules in an index. */
export async function gitlinksOf(place: GitPlace): Promise<{ path: string; commit: string }[]> {
  const entries = parseIndex(await gitBytes(place, ['ls-files', '-s', '-v', '-z']));
  const links = [...entries.values()].filter(({ mode }) => mode === GITLINK);
  return links.map(({ name, oid }) => ({ path: shown(name), commit: oid }));
}

/** undefined: the submodule is not there, or does not have the commit. */
export async function innerSource(origin: string, commit: string): Promise<Source | undefined> {
  if (!existsSync(join(origin, '.git'))) return undefined;
  try {
    const gitDir = await gitText({ cwd: origin }, [
      'rev-parse',
      '--path-format=absolute',
      '--git-common-dir',
    ]);
    await gitBytes({ cwd: origin }, ['cat-file', '-e', `${commit}^{tree}`]);
    return { gitDir, commit, origin };
  } catch (error) {
    if (TrainyardError.is(error, 'GIT_FAILED')) return undefined;
    throw error;
  }
}
