/** Which names of the working folder belong to a snapshot, and which were left out by ignore files. */
import { readdir } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { emptyFolders } from './empty.js';
import { gitBytes, type GitPlace } from './git.js';
import {
  collapse,
  GITLINK,
  type IndexEntry,
  joinNul,
  parseIndex,
  pathOf,
  splitNul,
  topMost,
} from './listing.js';
import { type Repository } from './locate.js';
import { type Expanded, expandNested, inspectNested, type Nested } from './nested.js';
import { inTurns } from './turns.js';
import { neutralPlace } from './neutral.js';
import { sizesOf } from './sizes.js';

/** All names are byte names, see listing.ts. */
export interface Names {
  /** The person's index; empty for a folder without git. */
  tracked: Map<string, IndexEntry>;
  /** Names that belong to the snapshot if they exist: tracked ones, and untracked ones that are not ignored. */
  wanted: Set<string>;
  nested: Nested[];
  /** Tracked names that are excluded by .amlignore or are ours. */
  excluded: Set<string>;
  /** Top-most ignored paths; folders end in `/`. */
  ignored: string[];
  /** Folders with nothing in them that nothing ignores. */
  empty: string[];
  /** Our folder in there, ending in `/`; if it is elsewhere, a prefix of no name. */
  ours: string;
}

/** Options on top of git's own lists. */
export interface ListOptions {
  /** A folder of ours that is never included; absolute, symbolic links resolved. */
  apart: string;
  /** Files that are included although they are ignored; byte names. */
  include: string[];
}

/** `noIndex`: path of an index that does not exist. */
export async function listNames(
  repository: Repository,
  noIndex: string,
  { apart, include }: ListOptions,
): Promise<Names> {
  const person = personPlace(repository, noIndex);
  const ours = `${Buffer.from(relative(repository.root, apart).split(sep).join('/')).toString('latin1')}/`;
  const isOurs = (name: string): boolean => name.startsWith(ours);
  const [tracked, others, ignored, untracked] = await Promise.all([
    gitBytes(person, ['ls-files', '-s', '-v', '-z']).then(parseIndex),
    gitBytes(person, ['ls-files', '-o', '-z', '--exclude-standard']).then(splitNul),
    gitBytes(person, ['ls-files', '-o', '-i', '-z', '--exclude-standard', '--directory']).then(splitNul),
    gitBytes(person, ['ls-files', '-o', '-z', '--exclude-standard', '--directory']).then(splitNul),
  ]);
  const found = others.filter((name) => !isOurs(name));
  const { nested, files } = await sortNested(repository, tracked, found, noIndex);
  const wanted = new Set(found.filter((name) => !name.endsWith('/')));
  for (const name of tracked.keys()) if (!isOurs(name)) wanted.add(name);
  for (const { name } of nested) wanted.add(name);
  for (const { name, expanded } of files) {
    wanted.delete(name);
    for (const file of expanded.files) if (!isOurs(file)) wanted.add(file);
    ignored.push(...expanded.ignored);
  }
  const isNested = (name: string): boolean => nested.some((inner) => name.startsWith(`${inner.name}/`));
  const asked = include.filter((name) => !isOurs(name) && !isNested(name));
  const included = [...(await sizesOf(repository.root, asked)).keys()];
  for (const name of included) wanted.add(name);
  const matched = await matchedByAmlIgnore(repository, wanted, nested, `${noIndex}-aml`);
  for (const name of included) matched.delete(name);
  const collapsed = collapse(matched, wanted);
  for (const name of matched) wanted.delete(name);
  const leftOut = new Set([...ignored, ...collapsed]);
  return {
    tracked,
    wanted,
    empty: await emptyFolders(
      repository.root,
      untracked,
      (name) => isOurs(name) || isNested(name) || leftOut.has(name),
    ),
    nested: nested.filter(({ name }) => !matched.has(name)),
    excluded: new Set([...tracked.keys()].filter((name) => matched.has(name) || isOurs(name))),
    ignored: await besides(
      repository.root,
      topMost([...ignored, ...collapsed]).filter((name) => !isOurs(name)),
      [...included, ours],
    ),
    ours,
  };
}

/** The ignored paths less the kept ones: of an ignored folder around one, its other children. */
async function besides(root: string, ignored: string[], kept: string[]): Promise<string[]> {
  const left: string[] = [];
  for (const path of ignored) {
    if (kept.includes(path)) continue;
    const around = path.endsWith('/') && kept.some((name) => name.startsWith(path));
    left.push(...(around ? await besides(root, await childrenOf(root, path), kept) : [path]));
  }
  return left;
}

async function childrenOf(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(pathOf(root, folder), { withFileTypes: true, encoding: 'buffer' });
  return entries
    .map((entry) => `${folder}${entry.name.toString('latin1')}${entry.isDirectory() ? '/' : ''}`)
    .sort();
}

/** The person's repository; for a folder without git the hidden one, with an empty index. */
function personPlace(repository: Repository, noIndex: string): GitPlace {
  const { root, side, gitDir, hidden } = repository;
  return hidden ? neutralPlace(side, { root, index: noIndex, objectsOf: gitDir }) : { cwd: root };
}

/** Submodules and inner repositories; `files`: those whose files are taken instead, names included. */
async function sortNested(
  repository: Repository,
  tracked: Map<string, IndexEntry>,
  others: string[],
  noIndex: string,
): Promise<{ nested: Nested[]; files: { name: string; expanded: Expanded }[] }> {
  const candidates = [
    ...[...tracked.values()].filter(({ mode }) => mode === GITLINK).map(({ name, oid }) => ({ name, oid })),
    ...others
      .filter((name) => name.endsWith('/'))
      .map((name) => ({ name: name.slice(0, -1), oid: undefined })),
  ];
  const nested: Nested[] = [];
  const files: { name: string; expanded: Expanded }[] = [];
  await inTurns(candidates, async ({ name, oid }) => {
    // A folder without git has no submodules: all of its files are its own.
    const state = repository.hidden ? 'files' : await inspectNested(repository, name, oid);
    if (state === 'files') files.push({ name, expanded: await expandNested(repository, name, noIndex) });
    else if (state !== undefined) nested.push(state);
  });
  return { nested: nested.sort((a, b) => (a.name < b.name ? -1 : 1)), files };
}

/**
 * The wanted names that a .amlignore leaves out. Git itself decides: it is asked which entries of an index with just
 * these names are ignored. So nothing has to be walked, and the patterns have git's semantics.
 */
async function matchedByAmlIgnore(
  repository: Repository,
  wanted: Set<string>,
  nested: Nested[],
  index: string,
): Promise<Set<string>> {
  if (![...wanted].some((name) => name === '.amlignore' || name.endsWith('/.amlignore'))) return new Set();
  const gitlinks = new Set(nested.map(({ name }) => name));
  const oid = '1'.repeat(repository.format === 'sha256' ? 64 : 40);
  const lines = [...wanted].map((name) => `${gitlinks.has(name) ? GITLINK : '100644'} ${oid} 0\t${name}`);
  const place = neutralPlace(repository.side, { root: repository.root, index, objectsOf: repository.gitDir });
  await gitBytes(place, ['update-index', '-z', '--add', '--replace', '--index-info'], joinNul(lines));
  const ignored = ['ls-files', '-c', '-i', '-z', '--exclude-per-directory=.amlignore'];
  return new Set(splitNul(await gitBytes(place, ignored)));
}
