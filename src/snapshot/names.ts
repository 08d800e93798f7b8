/** Which names of the working folder belong to a snapshot, and which were left out by ignore files. */
import { relative, sep } from 'node:path';
import { gitBytes, type GitPlace } from './git.js';
import {
  collapse,
  GITLINK,
  type IndexEntry,
  joinNul,
  parseIndex,
  shown,
  splitNul,
  topMost,
} from './listing.js';
import { type Repository } from './locate.js';
import { expandNested, inspectNested, type Nested } from './nested.js';
import { neutralPlace } from './neutral.js';

/** All names are byte names, see listing.ts. */
export interface Names {
  /** The person's index; empty for a folder without git. */
  tracked: Map<string, IndexEntry>;
  /** Names that belong to the snapshot if they are there: tracked, and untracked ones that nothing ignores. */
  wanted: Set<string>;
  nested: Nested[];
  /** Tracked names that .amlignore leaves out. */
  excluded: Set<string>;
  /** For people: top-most ignored paths. */
  ignored: string[];
}

/** `noIndex`: path of an index that does not exist. `apart`: a folder of ours that is never taken. */
export async function listNames(repository: Repository, noIndex: string, apart: string): Promise<Names> {
  const person = personPlace(repository, noIndex);
  const ours = relative(repository.root, apart).split(sep).join('/');
  const isOurs = (name: string): boolean => name.startsWith(`${Buffer.from(ours).toString('latin1')}/`);
  const [tracked, others, ignored] = await Promise.all([
    gitBytes(person, ['ls-files', '-s', '-v', '-z']).then(parseIndex),
    gitBytes(person, ['ls-files', '-o', '-z', '--exclude-standard']).then(splitNul),
    gitBytes(person, ['ls-files', '-o', '-i', '-z', '--exclude-standard', '--directory']).then(splitNul),
  ]);
  const found = others.filter((name) => !isOurs(name));
  const { nested, files } = await sortNested(repository, tracked, found, noIndex);
  const wanted = new Set(found.filter((name) => !name.endsWith('/')));
  for (const name of tracked.keys()) wanted.add(name);
  for (const { name } of nested) wanted.add(name);
  for (const { name, inside } of files) {
    wanted.delete(name);
    for (const file of inside) wanted.add(file);
  }
  const matched = await matchedByAmlIgnore(repository, wanted, nested, `${noIndex}-aml`);
  const collapsed = collapse(matched, wanted);
  for (const name of matched) wanted.delete(name);
  return {
    tracked,
    wanted,
    nested: nested.filter(({ name }) => !matched.has(name)),
    excluded: new Set([...matched].filter((name) => tracked.has(name))),
    ignored: topMost([...ignored.filter((name) => !isOurs(name)), ...collapsed]).map(shown),
  };
}

/** The person's repository as it is; for a folder without git the hidden one, with an empty index. */
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
): Promise<{ nested: Nested[]; files: { name: string; inside: string[] }[] }> {
  const candidates = [
    ...[...tracked.values()].filter(({ mode }) => mode === GITLINK).map(({ name, oid }) => ({ name, oid })),
    ...others
      .filter((name) => name.endsWith('/'))
      .map((name) => ({ name: name.slice(0, -1), oid: undefined })),
  ];
  const nested: Nested[] = [];
  const files: { name: string; inside: string[] }[] = [];
  await Promise.all(
    candidates.map(async ({ name, oid }) => {
      // A folder without git has no submodules: all of its files are its own.
      const state = repository.hidden ? 'files' : await inspectNested(repository.root, name, oid);
      if (state === 'files') files.push({ name, inside: await expandNested(repository, name, noIndex) });
      else if (state !== undefined) nested.push(state);
    }),
  );
  return { nested: nested.sort((a, b) => (a.name < b.name ? -1 : 1)), files };
}

/**
 * The wanted names that a .amlignore leaves out. Git itself judges: it is asked which entries of an index that
 * holds just these names are ignored, so nothing has to be walked and the patterns mean what they mean in git.
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
