/** Maintenance of a repository with snapshots. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gitBytes, type GitPlace } from './git.js';
import { hold, releaseOldPacks } from './hold.js';
import { objectsPlace, treeIn } from './keep.js';
import { type Kept, writeKeeper } from './keeper.js';
import { alternates } from './neutral.js';
import { makeFolder, modesUnder, umaskOf } from './sharing.js';
import { type Snapshot } from './snapshot.js';
import { WORK } from './tree.js';
import { inTurns } from './turns.js';

export type Home = Pick<Snapshot, 'gitDir' | 'hidden'>;

/**
 * Releases packs that were held long enough, and converts refs of older versions, which point to commits. Does nothing
 * if the repository is gone.
 * @throws GIT_FAILED, also if a run is deleted meanwhile; the rest is done the next time
 */
export async function tidy(home: Home): Promise<void> {
  if (!existsSync(home.gitDir)) return;
  await releaseOldPacks(home.gitDir);
  await carryOver(home);
}

/** Removes objects of a hidden repository that no snapshot uses any more. A person's own repository is left to git. */
export async function collect({ gitDir, hidden }: Home): Promise<void> {
  if (hidden && existsSync(gitDir)) await gitBytes(objectsPlace({ gitDir }), ['gc', '-q', '--prune=now']);
}

/** All refs or none, so that nothing loses its protection in between. */
async function carryOver({ gitDir, hidden }: Home): Promise<void> {
  const old = await oldRefs(gitDir);
  if (old.length === 0) return;
  const umask = await umaskOf(join(gitDir, 'objects'));
  const modes = modesUnder(umask, undefined);
  const side = hidden ? gitDir : join(gitDir, 'trainyard');
  await makeFolder(side, modes.folder);
  const work = await mkdtemp(join(side, WORK));
  try {
    const into = join(work, 'objects');
    await mkdir(into);
    const reading = { ...objectsPlace({ gitDir }), umask };
    const env = { ...reading.env, GIT_OBJECT_DIRECTORY: into, ...alternates([gitDir]) };
    const place: GitPlace = { ...reading, env };
    const found = await inTurns(old, async ({ ref, commit }) => {
      const kept = await contentsOf(gitDir, commit);
      return { ...kept, ref, before: commit, keeper: await writeKeeper(place, kept) };
    });
    const bases = found.flatMap(({ tree, headTree }) => (headTree === null ? [tree] : [tree, headTree]));
    const keepers = found.map(({ keeper }) => keeper);
    await hold(place, { gitDir, work, modes, ref: 'carried over' }, keepers, [...new Set(bases)]);
    const updates = found.map(({ ref, keeper, before }) => `update ${ref}\0${keeper}\0${before}\0`);
    await gitBytes(reading, ['update-ref', '--no-deref', '-z', '--stdin'], updates.join(''));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function oldRefs(gitDir: string): Promise<{ ref: string; commit: string }[]> {
  const format = '--format=%(objecttype) %(objectname) %(refname)';
  const listed = await gitBytes(objectsPlace({ gitDir }), ['for-each-ref', format, 'refs/trainyard/runs/']);
  return listed
    .toString('utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([type]) => type === 'commit')
    .map(([, commit = '', ref = '']) => ({ ref, commit }));
}

/** What a commit of an older version keeps: on top of HEAD, or HEAD itself in a repository inside another. */
async function contentsOf(gitDir: string, name: string): Promise<Kept> {
  const commit = await gitBytes(objectsPlace({ gitDir }), ['cat-file', 'commit', name]);
  const header = commit.toString('latin1').split('\n\n', 1)[0]!;
  const tree = /^tree (\w+)$/m.exec(header)![1]!;
  if (!/^committer Trainyard <trainyard@localhost> /m.test(header)) return { tree, headTree: tree, commit };
  const parent = /^parent (\w+)$/m.exec(header)?.[1];
  const headTree = parent === undefined ? undefined : await treeIn(gitDir, [`${parent}^{tree}`]);
  return { tree, headTree: headTree ?? null, commit };
}
