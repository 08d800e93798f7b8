/**
 * Writes the working folder as a git tree, byte for byte. Names come from the person's index and ignore files,
 * contents from an index of our own that is kept from one snapshot to the next: it has seen every file without
 * conversions, so files that have not changed since cost a look at their time and size.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TrainyardError } from '../base/errors.js';
import { alreadyStored, countChanged } from './changed.js';
import { gitBytes, type GitPlace, gitText } from './git.js';
import { GITLINK, type IndexEntry, joinNul, parseIndex, parseRaw, type RawChange, shown } from './listing.js';
import { type Repository } from './locate.js';
import { listNames, type Names } from './names.js';
import { makeNeutral, neutralPlace } from './neutral.js';
import { judgeLarge, sizesOf } from './sizes.js';
import { type Snapshot, type TakeOptions } from './snapshot.js';

export interface SizePolicy extends Pick<TakeOptions, 'sizeLimit' | 'largeFiles'> {
  /** Large files that git has already, from an earlier snapshot, are no question. */
  onlyNew?: boolean;
}
export type Written = Pick<Snapshot, 'tree' | 'changedFiles' | 'submodules' | 'ignored' | 'leftOut'>;

/** What a folder without git leaves out besides its ignore files: it has nobody who wrote a .gitignore. */
const JUNK = '.venv venv node_modules __pycache__ .ipynb_checkpoints mlruns .mypy_cache '.replaceAll(
  ' ',
  '/\n',
);

/** What our index lacks to be the working folder. */
interface Difference {
  /** Lines for `update-index --index-info`: removals, gitlinks, modes that only the person's index knows. */
  info: string[];
  /** Names to hash. */
  files: string[];
}

/**
 * @param apart a folder of ours that is never taken, wherever it lies
 * @throws LARGE_FILES, GIT_FAILED
 */
export async function writeTree(repository: Repository, policy: SizePolicy, apart: string): Promise<Written> {
  await prepare(repository);
  try {
    return await attempt(repository, policy, apart, true);
  } catch (error) {
    // The index that we kept may name objects that `git gc` has removed since their run was deleted.
    // Hashing everything always works.
    if (!TrainyardError.is(error, 'GIT_FAILED')) throw error;
    return attempt(repository, policy, apart, false);
  }
}

async function prepare({ side, format, hidden }: Repository): Promise<void> {
  try {
    await makeNeutral(side, format, hidden ? JUNK : '');
  } catch (error) {
    throw new TrainyardError('GIT_FAILED', `Trainyard cannot write into ${side}: ${messageOf(error)}`, {
      hint: 'Make the folder writable and try again.',
      cause: error,
    });
  }
}

async function attempt(
  repository: Repository,
  policy: SizePolicy,
  apart: string,
  reuse: boolean,
): Promise<Written> {
  const { side, root, head } = repository;
  const work = await mkdtemp(join(side, 'take-'));
  try {
    const index = join(work, 'index');
    const place = neutralPlace(side, {
      root,
      index,
      objectsOf: repository.gitDir,
      settings: repository.settings,
    });
    if (reuse) await copyIndex(join(side, 'index'), index);
    const [names, known, dirty, unlike] = await Promise.all([
      listNames(repository, join(work, 'none'), apart),
      gitBytes(place, ['ls-files', '-s', '-v', '-z']).then(parseIndex),
      gitBytes(place, ['diff-files', '--raw', '-z', '--ignore-submodules=all']).then(parseRaw),
      changesSince(place, head),
    ]);
    const toHash = candidates(names, known, dirty);
    const settled = policy.onlyNew
      ? []
      : unlike.map(({ name }) => name).filter((name) => names.wanted.has(name));
    const sizes = await sizesOf(root, new Set([...toHash, ...settled]));
    const leftOut = await largeNames(repository, names, sizes, policy);
    const difference = compare(repository, names, known, toHash, sizes, leftOut);
    await update(place, difference);
    const [tree, changes] = await Promise.all([gitText(place, ['write-tree']), changesSince(place, head)]);
    const changedFiles = await countChanged(repository, names, changes);
    // An empty folder has no index.
    if (existsSync(index)) await rename(index, join(side, 'index'));
    return {
      tree,
      changedFiles,
      submodules: names.nested.map(({ name, commit, dirty }) => ({ path: shown(name), commit, dirty })),
      ignored: names.ignored,
      leftOut: [...leftOut].map(([name, bytes]) => ({ path: shown(name), bytes })),
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** How our index differs from HEAD; without a commit everything does. */
async function changesSince(place: GitPlace, head: string | null): Promise<RawChange[]> {
  if (head !== null)
    return parseRaw(await gitBytes(place, ['diff-index', '--cached', '--raw', '-z', '--no-renames', head]));
  const entries = parseIndex(await gitBytes(place, ['ls-files', '-s', '-v', '-z']));
  return [...entries.values()].map(({ name, mode, oid }) => ({
    name,
    status: 'A',
    oldMode: '000000',
    newMode: mode,
    oldOid: '',
    newOid: oid,
  }));
}

/** Names whose content our index does not have. */
function candidates(names: Names, known: Map<string, IndexEntry>, dirty: RawChange[]): Set<string> {
  const gitlinks = new Set(names.nested.map(({ name }) => name));
  const found = new Set<string>();
  for (const name of names.wanted) {
    const entry = known.get(name);
    if (!gitlinks.has(name) && (entry === undefined || entry.mode === GITLINK)) found.add(name);
  }
  for (const { name } of dirty) if (names.wanted.has(name) && !gitlinks.has(name)) found.add(name);
  return found;
}

/** Names to leave out, with their sizes. */
async function largeNames(
  repository: Repository,
  { tracked }: Names,
  sizes: Map<string, number>,
  policy: SizePolicy,
): Promise<Map<string, number>> {
  const large = new Map([...sizes].filter(([, bytes]) => bytes > policy.sizeLimit));
  if (policy.largeFiles === 'include' || large.size === 0) return new Map();
  for (const name of await alreadyStored(repository, tracked, large)) large.delete(name);
  return judgeLarge(large, policy);
}

function compare(
  repository: Repository,
  names: Names,
  known: Map<string, IndexEntry>,
  toHash: Set<string>,
  sizes: Map<string, number>,
  leftOut: Map<string, number>,
): Difference {
  const zero = '0'.repeat(repository.format === 'sha256' ? 64 : 40);
  const removal = (name: string): string => `0 ${zero} 0\t${name}`;
  const info: string[] = [];
  const files = new Set<string>();
  for (const name of known.keys()) if (!names.wanted.has(name) || leftOut.has(name)) info.push(removal(name));
  for (const name of toHash) {
    if (leftOut.has(name)) continue;
    if (sizes.has(name)) files.add(name);
    else if (known.has(name)) info.push(removal(name));
  }
  for (const { name, commit } of names.nested) {
    const entry = known.get(name);
    if (entry?.mode !== GITLINK || entry.oid !== commit) info.push(`${GITLINK} ${commit} 0\t${name}`);
  }
  if (!repository.trustsModes)
    for (const { name, mode, oid } of names.tracked.values()) {
      const entry = known.get(name);
      if (
        mode === GITLINK ||
        mode === entry?.mode ||
        !(entry !== undefined || files.has(name)) ||
        leftOut.has(name)
      )
        continue;
      info.push(`${mode} ${entry?.oid ?? oid} 0\t${name}`);
      files.add(name);
    }
  return { info, files: [...files] };
}

async function update(place: GitPlace, { info, files }: Difference): Promise<void> {
  if (info.length > 0)
    await gitBytes(place, ['update-index', '-z', '--add', '--replace', '--index-info'], joinNul(info));
  if (files.length > 0)
    await gitBytes(
      place,
      ['update-index', '-z', '--add', '--remove', '--replace', '--stdin'],
      joinNul(files),
    );
}

/** Does nothing when there is none. */
async function copyIndex(from: string, to: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(from);
    await copyFile(from, to);
    // Git trusts the time of a file only when it is older than the index; a copy must not look younger.
    const time = Math.floor(mtimeMs - 1) / 1000;
    await utimes(to, time, time);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
