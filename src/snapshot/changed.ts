/** What the person's own index says about the working folder: what changed, and what git already has. */
import { gitBytes } from './git.js';
import { type IndexEntry, joinNul, parseRaw, type RawChange, splitNul } from './listing.js';
import { type Repository } from './locate.js';
import { type Names } from './names.js';

/** Attributes that make the bytes in git differ from those in the working folder. */
const CONVERTING = ['text', 'eol', 'crlf', 'ident', 'filter', 'working-tree-encoding'];

/** Those of the given names whose bytes git converts because of an attribute. */
async function convertedNames(repository: Repository, names: Iterable<string>): Promise<Set<string>> {
  const output = await gitBytes(
    { cwd: repository.root },
    ['check-attr', '-z', '--stdin', ...CONVERTING],
    joinNul(names),
  );
  const parts = splitNul(output);
  const converted = new Set<string>();
  // name, attribute, value, and again
  for (let i = 0; i + 2 < parts.length; i += 3)
    if (parts[i + 2] !== 'unspecified' && parts[i + 2] !== 'unset') converted.add(parts[i]!);
  return converted;
}

/** Names that differ from the person's index, judged by time and size. */
async function touchedNames(repository: Repository): Promise<Set<string>> {
  const place = { cwd: repository.root, settings: repository.filtersOff };
  const touched = await gitBytes(place, ['diff-files', '--raw', '-z', '--ignore-submodules=all']);
  return new Set(parseRaw(touched).map(({ name }) => name));
}

/**
 * Names in `sizes` whose bytes git already has, so that a snapshot need not store them again: unchanged, and of the
 * same size there (unlike the pointer of an LFS file).
 */
export async function alreadyStored(
  repository: Repository,
  tracked: Map<string, IndexEntry>,
  sizes: Map<string, number>,
): Promise<string[]> {
  const known = [...sizes.keys()].filter((name) => tracked.has(name));
  if (known.length === 0) return [];
  const oids = known.map((name) => `${tracked.get(name)!.oid}\n`).join('');
  const [touched, stored] = await Promise.all([
    touchedNames(repository),
    gitBytes({ cwd: repository.root }, ['cat-file', '--batch-check=%(objectsize)'], oids),
  ]);
  const bytes = stored.toString('ascii').split('\n');
  return known.filter((name, i) => !touched.has(name) && bytes[i] === String(sizes.get(name)));
}

/**
 * How many files differ from HEAD as the person sees it, ignoring conversions.
 * @param changes our index against HEAD
 */
export async function countChanged(
  repository: Repository,
  names: Names,
  changes: RawChange[],
): Promise<number> {
  const real = changes.filter(({ name, status }) => status !== 'D' || !isLeftOutOnPurpose(names, name));
  const modified = real.filter(({ status }) => status === 'M');
  if (repository.hidden || modified.length === 0) return real.length;
  const converted = repository.convertsLines
    ? new Set(modified.map(({ name }) => name))
    : await convertedNames(
        repository,
        modified.map(({ name }) => name),
      );
  if (converted.size === 0) return real.length;
  const dirty = await touchedNames(repository);
  const same = modified.filter(
    ({ name, oldOid }) => converted.has(name) && !dirty.has(name) && names.tracked.get(name)?.oid === oldOid,
  );
  return real.length - same.length;
}

/** Not deleted by the person: left out by .amlignore, or by a sparse checkout. */
function isLeftOutOnPurpose(names: Names, name: string): boolean {
  return names.excluded.has(name) || names.tracked.get(name)?.tag.toUpperCase() === 'S';
}
