/**
 * A git folder for the script of a job: HEAD, branches, tags and settings are those of the person's repository, and the
 * objects are read from there. What the script does with it touches nothing of the person's.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gitBytes } from './git.js';
import { objectsPlace } from './keep.js';
import { type Mirror } from './mirror.js';
import { alternates, formatOf, quoted } from './neutral.js';
import { type Snapshot } from './snapshot.js';

export interface PrivateGit {
  /** The git folder to create; must not exist. */
  folder: string;
  /** Where the script finds the person's git folder. */
  gitDir: string;
}

/**
 * Gives the checkout of a snapshot a `.git` that refers to a folder of its own. The index is that of HEAD, so that git
 * shows the person's edits as usual. Does nothing for a folder without git.
 * @throws GIT_FAILED
 */
export async function givePrivateGit(
  snapshot: Snapshot,
  mirror: Mirror,
  { folder, gitDir }: PrivateGit,
): Promise<void> {
  const { head, branch, commit, hidden } = snapshot;
  if (hidden || /[\r\n]/.test(gitDir + folder)) return;
  for (const name of ['refs', 'objects/info', 'info'])
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  const refs = await gitBytes(objectsPlace(snapshot), [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    'refs/heads',
    'refs/remotes',
    'refs/tags',
  ]);
  const ours = branch === null ? undefined : `refs/heads/${branch}`;
  const lines = refs
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '' && line.slice(line.indexOf(' ') + 1) !== latin1(ours));
  // A branch whose commit is gone on, and one that has none yet.
  if (ours !== undefined && head !== null) lines.push(`${head} ${latin1(ours)}`);
  lines.sort((a, b) => (a.slice(a.indexOf(' ')) < b.slice(b.indexOf(' ')) ? -1 : 1));
  await Promise.all([
    writeFile(join(folder, 'packed-refs'), `# pack-refs with: sorted \n${lines.join('\n')}\n`, 'latin1'),
    writeFile(join(folder, 'HEAD'), `${ours === undefined ? head : `ref: ${ours}`}\n`),
    writeFile(join(folder, 'config'), configOf(gitDir, commit)),
    copyIfThere(join(snapshot.gitDir, 'info', 'exclude'), join(folder, 'info', 'exclude')),
    copyIfThere(join(snapshot.gitDir, 'info', 'attributes'), join(folder, 'info', 'attributes')),
    copyIfThere(join(snapshot.gitDir, 'shallow'), join(folder, 'shallow')),
    copyIfThere(join(mirror.git, 'index'), join(folder, 'index')),
  ]);
  await toHead(snapshot, mirror, folder);
  await writeFile(join(folder, 'objects', 'info', 'alternates'), `${quoted(join(gitDir, 'objects'))}\n`);
  await writeFile(join(mirror.folder, '.git'), `gitdir: ${folder}\n`);
}

/** Files equal to HEAD keep their times in the index, so that nobody has to read them. */
async function toHead(
  { gitDir, head, changedFiles }: Snapshot,
  { folder: root }: Mirror,
  folder: string,
): Promise<void> {
  if (head !== null && changedFiles === 0) return;
  const env = {
    GIT_DIR: folder,
    GIT_WORK_TREE: root,
    GIT_INDEX_FILE: join(folder, 'index'),
    ...alternates([gitDir]),
  };
  await gitBytes({ cwd: root, env }, ['read-tree', ...(head === null ? ['--empty'] : ['--reset', head])]);
}

/** The person's settings, except those that locate the files. */
function configOf(gitDir: string, commit: string): string {
  const core =
    formatOf(commit) === 'sha1'
      ? '[core]\n\trepositoryformatversion = 0\n'
      : '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n';
  // Git can read JSON strings: a quoted value with escaped quotes and backslashes.
  return `${core}[include]\n\tpath = ${JSON.stringify(join(gitDir, 'config'))}\n[core]\n\tbare = false\n`;
}

async function copyIfThere(from: string, to: string): Promise<void> {
  if (existsSync(from)) await copyFile(from, to);
}

function latin1(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text).toString('latin1');
}
