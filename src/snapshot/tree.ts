/**
 * Writes the working folder as a git tree, byte for byte. Names come from the person's index and ignore files,
 * contents from an index of our own that is kept from one snapshot to the next: it has seen every file without
 * conversions, so files that have not changed since cost a look at their time and size.
 */
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, TrainyardError } from '../base/errors.js';
import { alreadyStored, countChanged } from './changed.js';
import { innerCommit } from './commit.js';
import { gitBytes, type GitPlace } from './git.js';
import {
  gather,
  GITLINK,
  type IndexEntry,
  joinNul,
  parseIndex,
  parseRaw,
  type RawChange,
  shown,
} from './listing.js';
import { type Repository } from './locate.js';
import { listNames, type Names, type Wishes } from './names.js';
import { type Nested } from './nested.js';
import { makeNeutral, neutralPlace } from './neutral.js';
import { judgeLarge, sizesOf } from './sizes.js';
import { type Snapshot, type TakeOptions } from './snapshot.js';
import { inTurns } from './turns.js';

export interface TreeOptions extends Pick<TakeOptions, 'sizeLimit' | 'largeFiles'>, Wishes {
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

/** What a working folder holds, before anything of it is written; `inner`: the repositories inside, by byte name. */
interface Survey {
  repository: Repository;
  /** A folder that lives only as long. */
  work: string;
  place: GitPlace;
  names: Names;
  known: Map<string, IndexEntry>;
  toHash: Set<string>;
  sizes: Map<string, number>;
  /** Byte names and sizes of what may be left out. */
  large: Map<string, number>;
  inner: Map<string, Survey>;
}

/**
 * A repository inside the folder is written the same way, into its own objects; the gitlink names its HEAD, or a
 * commit on top of that with what differs. Nothing refers to these commits yet.
 * @throws LARGE_FILES, GIT_FAILED
 */
export async function writeTree(repository: Repository, options: TreeOptions): Promise<Written> {
  await prepare(repository);
  try {
    return await attempt(repository, options, true);
  } catch (error) {
    // The index that we kept may name objects that `git gc` has removed since their run was deleted.
    // Hashing everything always works.
    if (!TrainyardError.is(error, 'GIT_FAILED')) throw error;
    return attempt(repository, options, false);
  }
}

async function prepare({ side, format, hidden, modes }: Repository): Promise<void> {
  try {
    await makeNeutral(side, format, { exclude: hidden ? JUNK : '', modes });
  } catch (error) {
    throw new TrainyardError('GIT_FAILED', `Trainyard cannot write into ${side}: ${messageOf(error)}`, {
      hint: 'Make the folder writable and try again.',
      cause: error,
    });
  }
}

async function attempt(repository: Repository, options: TreeOptions, reuse: boolean): Promise<Written> {
  const works: string[] = [];
  try {
    const found = await survey(repository, options, reuse, works);
    judgeLarge(largeOf(found, ''), options);
    return await write(found);
  } finally {
    await Promise.all(works.map((work) => rm(work, { recursive: true, force: true })));
  }
}

/** @param works gets the folders that are to be removed in the end */
async function survey(
  repository: Repository,
  options: TreeOptions,
  reuse: boolean,
  works: string[],
): Promise<Survey> {
  const { side, root, head, gitDir, settings, umask, modes } = repository;
  const work = await mkdtemp(join(side, 'take-'));
  works.push(work);
  const index = join(work, 'index');
  const place = neutralPlace(side, { root, index, objectsOf: gitDir, settings, umask });
  if (reuse) await copyIndex(join(side, 'index'), index, modes.file);
  const [names, known, dirty, unlike] = await Promise.all([
    listNames(repository, join(work, 'none'), options),
    gitBytes(place, ['ls-files', '-s', '-v', '-z']).then(parseIndex),
    gitBytes(place, ['diff-files', '--raw', '-z', '--ignore-submodules=all']).then(parseRaw),
    changesSince(place, head),
  ]);
  const toHash = candidates(names, known, dirty);
  const settled = options.onlyNew
    ? []
    : unlike.map(({ name }) => name).filter((name) => names.wanted.has(name));
  const sizes = await sizesOf(root, new Set([...toHash, ...settled]));
  const large = await largeNames(repository, names, sizes, options);
  const inner = new Map<string, Survey>();
  await inTurns(names.nested, async (nested) => {
    if (!nested.repository) return;
    const prefix = `${nested.name}/`;
    const include = options.include
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
    inner.set(nested.name, await survey(nested.repository, { ...options, include }, reuse, works));
  });
  return { repository, work, place, names, known, toHash, sizes, large, inner };
}

/** Byte names from the root, with sizes. */
function largeOf({ large, inner }: Survey, prefix: string): Map<string, number> {
  const own = [...large].map(([name, bytes]): [string, number] => [prefix + name, bytes]);
  const inside = [...inner].flatMap(([name, found]) => [...largeOf(found, `${prefix}${name}/`)]);
  return new Map([...own, ...inside]);
}

async function write(found: Survey): Promise<Written> {
  const { repository, work, place, names, large } = found;
  const inside = await inTurns(names.nested, (nested) => writeNested(nested, found.inner.get(nested.name)));
  await update(place, compare(found, inside));
  const [output, changes] = await Promise.all([
    gitBytes(place, ['write-tree']),
    changesSince(place, repository.head),
  ]);
  const heads = new Map(names.nested.map(({ name, commit }) => [name, commit]));
  // A gitlink that leads to an edited HEAD: the edits count, not the link.
  const own = changes.filter(({ name, oldOid }) => heads.get(name) !== oldOid);
  const changedFiles = await countChanged(repository, names, own);
  const index = join(work, 'index');
  // An empty folder has no index.
  if (existsSync(index)) await rename(index, join(repository.side, 'index'));
  const leftOut = [...large].map(([name, bytes]) => ({ path: shown(name), bytes }));
  return inside.reduce(joined, {
    tree: output.toString('ascii').trim(),
    changedFiles,
    submodules: [],
    ignored: gather(names.ignored, [...large.keys(), names.ours]).map(shown),
    leftOut,
  });
}

interface WrittenNested {
  name: string;
  commit: string;
  gitDir: string | null;
  /** Absent for a submodule that is not initialised. */
  written?: Written;
}

async function writeNested(nested: Nested, found: Survey | undefined): Promise<WrittenNested> {
  const { name, commit: head, repository } = nested;
  if (repository === null || found === undefined) return { name, commit: head, gitDir: null };
  const written = await write(found);
  const commit = await innerCommit(repository, head, written.tree);
  return { name, commit, gitDir: repository.gitDir, written };
}

/** What was written of a folder, with that of a repository in it. */
function joined(outer: Written, { name, commit, gitDir, written }: WrittenNested): Written {
  const inner = { path: shown(name), commit, dirty: (written?.changedFiles ?? 0) > 0, gitDir };
  const within = (path: string): string => `${inner.path}/${path}`;
  return {
    tree: outer.tree,
    changedFiles: outer.changedFiles + (written?.changedFiles ?? 0),
    submodules: [
      ...outer.submodules,
      inner,
      ...(written?.submodules ?? []).map((deeper) => ({ ...deeper, path: within(deeper.path) })),
    ],
    ignored: [...outer.ignored, ...(written?.ignored ?? []).map(within)],
    leftOut: [
      ...outer.leftOut,
      ...(written?.leftOut ?? []).map(({ path, bytes }) => ({ path: within(path), bytes })),
    ],
  };
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

/** Names over the size limit that git does not have, with their sizes. */
async function largeNames(
  repository: Repository,
  { tracked }: Names,
  sizes: Map<string, number>,
  { sizeLimit, largeFiles }: TreeOptions,
): Promise<Map<string, number>> {
  const large = new Map([...sizes].filter(([, bytes]) => bytes > sizeLimit));
  if (largeFiles === 'include' || large.size === 0) return new Map();
  for (const name of await alreadyStored(repository, tracked, large)) large.delete(name);
  return large;
}

function compare(
  { repository, names, known, toHash, sizes, large: leftOut }: Survey,
  nested: WrittenNested[],
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
  for (const { name, commit } of nested) {
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
async function copyIndex(from: string, to: string, mode: number): Promise<void> {
  try {
    const { mtimeMs } = await stat(from);
    await copyFile(from, to);
    await chmod(to, mode);
    // Git trusts the time of a file only when it is older than the index; a copy must not look younger.
    const time = Math.floor(mtimeMs - 1) / 1000;
    await utimes(to, time, time);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
