/**
 * Writes the working folder as a git tree, byte for byte, into objects of our own. Names come from the person's index
 * and ignore files, contents from our own index, which is kept between snapshots: it has every file without
 * conversions, so for unchanged files only time and size are checked.
 */
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ifMissing, messageOf, TrainyardError } from '../base/errors.js';
import { alreadyStored, countChanged } from './changed.js';
import { type CommitText, innerCommit } from './commit.js';
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
import { word } from './keeper.js';
import { type Repository } from './locate.js';
import { type ListOptions, listNames, type Names } from './names.js';
import { type Nested } from './nested.js';
import { alone, makeNeutral, neutralPlace } from './neutral.js';
import { judgeLarge, sizesOf } from './sizes.js';
import { type Snapshot, type TakeOptions } from './snapshot.js';
import { type IndexState, indexState } from './still.js';
import { inTurns } from './turns.js';

export interface TreeOptions extends Pick<TakeOptions, 'sizeLimit' | 'largeFiles'>, ListOptions {
  /** Do not ask about large files that git already has from an earlier snapshot. */
  onlyNew?: boolean;
  /** Hash and write every file, whatever the repository has. */
  complete?: boolean;
}

/** The tree of one repository, with objects that only `place` has so far. */
export interface Layer {
  repository: Repository;
  /** Of an inner one: from the root. */
  path: string;
  /** A temporary folder: `objects/` and the index of the tree. */
  work: string;
  place: GitPlace;
  tree: string;
  /** The person's index before the folder was looked at, and when that was, in ms. */
  before: IndexState;
  since: number;
  /** Byte names of what is heavy in the index. */
  heavy: string[];
}

/** An inner repository, and the commit that its gitlink names. */
export interface InnerLayer extends Layer {
  commit: CommitText;
}

export interface Written extends Pick<Snapshot, 'changedFiles' | 'submodules' | 'ignored' | 'leftOut'> {
  layer: Layer;
  /** See Snapshot. */
  empty: string[];
  /** Those of `submodules` that are initialised, in that order. */
  inner: InnerLayer[];
}

/** Default exclusions for a folder without git, which has no .gitignore. */
const JUNK = '.venv venv node_modules __pycache__ .ipynb_checkpoints mlruns .mypy_cache '.replaceAll(
  ' ',
  '/\n',
);

/** Prefix of temporary folders in `side`; leftovers of killed processes are removed after a day. */
export const WORK = 'take-';
const STALE = 24 * 60 * 60_000;

/** Bytes; the names of larger files are kept beside our index, so that only these need to be checked. */
const HEAVY_FROM = 1_000_000;
export const HEAVY = 'heavy';

/** From this many new files on they are written as one pack instead of loose objects. */
const MANY = 500;

/** The difference between our index and the working folder. */
interface Difference {
  /** Lines for `update-index --index-info`: removals, gitlinks, and modes that only the person's index has. */
  info: string[];
  /** Names to hash. */
  files: string[];
}

/** The content of a working folder, before anything is written; `inner`: the repositories inside, by byte name. */
interface Survey {
  repository: Repository;
  work: string;
  place: GitPlace;
  before: IndexState;
  since: number;
  complete: boolean;
  heavy: string[];
  names: Names;
  known: Map<string, IndexEntry>;
  toHash: Set<string>;
  sizes: Map<string, number>;
  /** Byte names and sizes of what may be left out. */
  large: Map<string, number>;
  inner: Map<string, Survey>;
}

/**
 * Writes the tree and passes it to `use`. It is removed afterwards unless `use` has kept it. Inner repositories are
 * written the same way; their gitlink names HEAD, or a commit on top of it with the edits. The person's repositories
 * are not written to.
 * @param use may be called again if git fails in it
 * @throws LARGE_FILES, GIT_FAILED
 */
export async function withTree<T>(
  repository: Repository,
  options: TreeOptions,
  use: (written: Written) => Promise<T>,
): Promise<T> {
  await prepare(repository);
  if (options.complete) return attempt(repository, options, use);
  try {
    return await attempt(repository, options, use);
  } catch (error) {
    // `git gc` may have removed objects that our index or the repository had.
    if (!TrainyardError.is(error, 'GIT_FAILED')) throw error;
    return attempt(repository, { ...options, complete: true }, use);
  }
}

async function prepare({ side, format, hidden, modes }: Repository): Promise<void> {
  try {
    await makeNeutral(side, format, { exclude: hidden ? JUNK : '', modes });
    await removeStale(side);
  } catch (error) {
    throw new TrainyardError('GIT_FAILED', `Trainyard cannot write into ${side}: ${messageOf(error)}`, {
      hint: 'Make the folder writable and try again.',
      cause: error,
    });
  }
}

async function removeStale(side: string): Promise<void> {
  for (const name of await readdir(side)) {
    if (!name.startsWith(WORK)) continue;
    try {
      if (Date.now() - (await stat(join(side, name))).mtimeMs > STALE)
        await rm(join(side, name), { recursive: true, force: true });
    } catch (error) {
      // Another snapshot is done with it.
      ifMissing(error);
    }
  }
}

async function attempt<T>(
  repository: Repository,
  options: TreeOptions,
  use: (written: Written) => Promise<T>,
): Promise<T> {
  const works: string[] = [];
  try {
    const found = await survey(repository, options, works);
    judgeLarge(largeOf(found, ''), options);
    return await use(await write(found));
  } finally {
    await Promise.all(works.map((work) => rm(work, { recursive: true, force: true })));
  }
}

/** @param works receives the folders to remove in the end */
async function survey(repository: Repository, options: TreeOptions, works: string[]): Promise<Survey> {
  const { side, root, head, gitDir, settings, umask, modes } = repository;
  const since = Date.now();
  const before = await indexState(repository);
  const work = await mkdtemp(join(side, WORK));
  works.push(work);
  const index = join(work, 'index');
  const into = join(work, 'objects');
  await mkdir(into);
  const place = neutralPlace(side, { root, index, objectsOf: gitDir, into, settings, umask });
  const complete = options.complete ?? false;
  if (!complete) await copyIndex(join(side, 'index'), index, modes.file);
  const heavyBefore = complete ? [] : await readHeavy(side);
  const [names, known, dirty, unlike] = await Promise.all([
    listNames(repository, join(work, 'none'), options),
    gitBytes(place, ['ls-files', '-s', '-v', '-z']).then(parseIndex),
    gitBytes(place, ['diff-files', '--raw', '-z', '--ignore-submodules=all']).then(parseRaw),
    settledLarge(place, head, heavyBefore, options),
  ]);
  const toHash = candidates(names, known, dirty);
  const settled = unlike.filter((name) => names.wanted.has(name));
  const sizes = await sizesOf(root, settled.length === 0 ? toHash : new Set([...toHash, ...settled]));
  const large = await largeNames(repository, names, sizes, options);
  const others = heavyBefore ?? heavyOf(await sizesOf(root, known.keys()));
  const heavy = others.filter((name) => names.wanted.has(name) && !toHash.has(name));
  for (const name of heavyOf(sizes)) if (toHash.has(name) && !large.has(name)) heavy.push(name);
  const inner = new Map<string, Survey>();
  await inTurns(names.nested, async (nested) => {
    if (!nested.repository) return;
    const prefix = `${nested.name}/`;
    const include = options.include
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
    inner.set(nested.name, await survey(nested.repository, { ...options, include }, works));
  });
  return {
    repository,
    work,
    place,
    before,
    since,
    complete,
    heavy,
    names,
    known,
    toHash,
    sizes,
    large,
    inner,
  };
}

/** undefined: not known, so any file may be. */
async function readHeavy(side: string): Promise<string[] | undefined> {
  try {
    return JSON.parse(await readFile(join(side, HEAVY), 'utf8')) as string[];
  } catch (error) {
    return ifMissing(error);
  }
}

function heavyOf(sizes: Map<string, number>): string[] {
  return [...sizes].filter(([, bytes]) => bytes > HEAVY_FROM).map(([name]) => name);
}

/** Names in our index that HEAD does not have as they are, and that may be over the size limit. */
async function settledLarge(
  place: GitPlace,
  head: string | null,
  heavy: string[] | undefined,
  { onlyNew, sizeLimit }: TreeOptions,
): Promise<string[]> {
  const isKnown = heavy !== undefined && sizeLimit >= HEAVY_FROM;
  if (onlyNew || (isKnown && heavy.length === 0)) return [];
  const names = (await changesSince(place, head)).map(({ name }) => name);
  const candidates = new Set(heavy);
  return isKnown ? names.filter((name) => candidates.has(name)) : names;
}

/** Byte names from the root, with sizes. */
function largeOf({ large, inner }: Survey, prefix: string): Map<string, number> {
  const own = [...large].map(([name, bytes]): [string, number] => [prefix + name, bytes]);
  const inside = [...inner].flatMap(([name, found]) => [...largeOf(found, `${prefix}${name}/`)]);
  return new Map([...own, ...inside]);
}

async function write(found: Survey): Promise<Written> {
  const { repository, work, place, before, since, heavy, names, large } = found;
  const inside = await inTurns(names.nested, (nested) => writeNested(nested, found.inner.get(nested.name)));
  const writing = found.complete ? alone(place) : place;
  await update(writing, compare(found, inside));
  const [output, changes] = await Promise.all([
    gitBytes(writing, ['write-tree']),
    changesSince(place, repository.head),
  ]);
  const heads = new Map(names.nested.map(({ name, commit }) => [name, commit]));
  // For a gitlink on an edited HEAD, the edits count, not the link.
  const own = changes.filter(({ name, oldOid }) => heads.get(name) !== oldOid);
  const changedFiles = await countChanged(repository, names, own);
  const leftOut = [...large].map(([name, bytes]) => ({ path: shown(name), bytes }));
  return inside.reduce(joined, {
    layer: { repository, path: '', work, place, before, since, heavy, tree: word(output) },
    changedFiles,
    submodules: [],
    inner: [],
    ignored: gather(names.ignored, [...large.keys(), names.ours]).map(shown),
    empty: names.empty.map(shown),
    leftOut,
  });
}

interface WrittenNested {
  name: string;
  /** What the gitlink names. */
  commit: string;
  /** Absent for a submodule that is not initialised. */
  inside?: { commit: CommitText; written: Written };
}

async function writeNested(nested: Nested, found: Survey | undefined): Promise<WrittenNested> {
  const { name, commit: head, repository } = nested;
  if (repository === null || found === undefined) return { name, commit: head };
  const written = await write(found);
  const commit = await innerCommit(found.place, head, written.layer.tree);
  return { name, commit: commit.oid, inside: { commit, written } };
}

/** What was written of a folder, with that of a repository in it. */
function joined(outer: Written, { name, commit, inside }: WrittenNested): Written {
  const path = shown(name);
  if (inside === undefined) {
    const empty = { path, commit, dirty: false, gitDir: null };
    return { ...outer, submodules: [...outer.submodules, empty] };
  }
  const { changedFiles, submodules, ignored, empty, leftOut, layer, inner } = inside.written;
  const within = <T extends { path: string }>(found: T): T => ({ ...found, path: `${path}/${found.path}` });
  const { gitDir } = layer.repository;
  const own = { path, commit, tree: layer.tree, dirty: changedFiles > 0, gitDir };
  return {
    layer: outer.layer,
    changedFiles: outer.changedFiles + changedFiles,
    submodules: [...outer.submodules, own, ...submodules.map(within)],
    inner: [...outer.inner, { ...layer, path, commit: inside.commit }, ...inner.map(within)],
    ignored: [...outer.ignored, ...ignored.map((name) => `${path}/${name}`)],
    empty: [...outer.empty, ...empty.map((name) => `${path}/${name}`)],
    leftOut: [...outer.leftOut, ...leftOut.map(within)],
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
  const add = (where: GitPlace, names: readonly string[]) =>
    gitBytes(where, ['update-index', '-z', '--add', '--remove', '--replace', '--stdin'], joinNul(names));
  if (files.length === 0) return;
  if (files.length < MANY || !(await packsNewFiles(place.cwd))) await add(place, files);
  else
    for (let at = 0; at < files.length; at += AT_ONCE)
      await add(packing(place), files.slice(at, at + AT_ONCE));
}

/** For each new object git walks everything it has written into the pack before. */
const AT_ONCE = 8_000;

function packing(place: GitPlace): GitPlace {
  // Git allocates 256 KB for each file, and glibc would return them to the system each time.
  const env = { ...place.env, MALLOC_TRIM_THRESHOLD_: '67108864', MALLOC_MMAP_THRESHOLD_: '8388608' };
  return { ...place, env, settings: [...(place.settings ?? []), 'core.bigFileThreshold=0'] };
}

/** Since 2.38 git writes large files into one pack; before, into one pack each. */
async function packsNewFiles(cwd: string): Promise<boolean> {
  const said = (await gitBytes({ cwd }, ['version'])).toString('utf8');
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(said) ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38);
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
    ifMissing(error);
  }
}
