/**
 * New objects enter a repository as a pack with a `.keep` file, so that a concurrent `git gc --prune=now` that has
 * already read the refs does not remove them. After an hour the pack becomes a normal one.
 */
import { chmod, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ifMissing } from '../base/errors.js';
import { gitBytes, type GitPlace } from './git.js';
import { word } from './keeper.js';
import { makeFolder, type Modes } from './sharing.js';

/** Milliseconds; no gc takes longer from reading the refs to its last deletion. */
export const HOLD = 60 * 60_000;

const SETTINGS = ['pack.packSizeLimit=0', 'pack.writeReverseIndex=false', 'pack.window=0', 'pack.depth=0'];
const OURS = 'trainyard ';

/**
 * Packs the objects of the given trees that are not in the bases, and adds the pack to `gitDir`. Writes nothing if the
 * bases have everything.
 * @param place where all objects can be read
 * @param work folder on the same disk for drafts
 * @param ref the ref that will keep them
 * @throws GIT_FAILED when one of them is missing
 */
export async function hold(
  place: GitPlace,
  { gitDir, work, modes, ref }: { gitDir: string; work: string; modes: Modes; ref: string },
  trees: readonly string[],
  bases: readonly string[],
): Promise<void> {
  const packing = { ...place, settings: [...(place.settings ?? []), ...SETTINGS] };
  const wanted = [...trees, ...bases.map((base) => `^${base}`)].join('\n');
  const command = ['pack-objects', '-q', '--revs', '--non-empty', join(work, 'pack')];
  const hash = word(await gitBytes(packing, command, `${wanted}\n`));
  if (hash === '') return;
  const folder = join(gitDir, 'objects', 'pack');
  await makeFolder(folder, modes.folder);
  const name = join(folder, `pack-${hash}`);
  await writeFile(`${name}.keep`, `${OURS}${ref}\n`);
  await chmod(`${name}.keep`, modes.file);
  // Git sees a pack by its index.
  for (const end of ['pack', 'idx']) await rename(join(work, `pack-${hash}.${end}`), `${name}.${end}`);
}

/** From now on git may collect what these refs held. */
export async function releasePacks(gitDir: string, refs: ReadonlySet<string>): Promise<void> {
  for (const { file, ref } of await held(gitDir)) if (refs.has(ref)) await rm(file, { force: true });
}

/** The same for what was held long enough. */
export async function releaseOldPacks(gitDir: string, now = Date.now()): Promise<void> {
  for (const { file, time } of await held(gitDir)) if (now - time > HOLD) await rm(file, { force: true });
}

async function held(gitDir: string): Promise<{ file: string; ref: string; time: number }[]> {
  const folder = join(gitDir, 'objects', 'pack');
  const found: { file: string; ref: string; time: number }[] = [];
  for (const name of (await readdir(folder).catch(ifMissing)) ?? []) {
    if (!name.endsWith('.keep')) continue;
    const file = join(folder, name);
    try {
      const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
      if (text.startsWith(OURS)) found.push({ file, ref: text.slice(OURS.length).trim(), time: mtimeMs });
    } catch (error) {
      // Somebody else let go of it.
      ifMissing(error);
    }
  }
  return found;
}
