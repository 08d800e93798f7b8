/** Which files exist in the working folder, and which are too large to include without asking. */
import { lstatSync, type Stats } from 'node:fs';
import { sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { hasCode, TrainyardError } from '../base/errors.js';
import { foldersOf, shown } from './listing.js';
import { type TakeOptions } from './snapshot.js';

/** This many files are checked before yielding; a call takes some microseconds. */
const BATCH = 500;

/**
 * The size of each name that is a file or a symbolic link (0 bytes). Everything else is absent, including files that
 * are only reachable through a symbolic link.
 */
export async function sizesOf(root: string, names: Iterable<string>): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const base = Buffer.from(root + sep);
  const statName = (name: string): Stats | undefined =>
    statOf(Buffer.concat([base, Buffer.from(name, 'latin1')]));
  const folders = new Map<string, boolean>();
  const isFolder = (folder: string): boolean => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const found = statName(folder.slice(0, -1))?.isDirectory() ?? false;
    folders.set(folder, found);
    return found;
  };
  let asked = 0;
  for (const name of names) {
    const found = foldersOf(name).every(isFolder) ? statName(name) : undefined;
    if (found?.isFile()) sizes.set(name, found.size);
    else if (found?.isSymbolicLink()) sizes.set(name, 0);
    if (++asked % BATCH === 0) await setImmediate();
  }
  return sizes;
}

function statOf(path: Buffer): Stats | undefined {
  try {
    // Not the promise of fs: ten thousand of them cost ten times as much as the calls.
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A file has replaced its folder.
    if (hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** The large files to leave out: all of them. @throws LARGE_FILES if the person has not decided */
export function judgeLarge(
  large: Map<string, number>,
  { sizeLimit, largeFiles }: Pick<TakeOptions, 'sizeLimit' | 'largeFiles'>,
): Map<string, number> {
  if (large.size === 0 || largeFiles === 'leave-out') return large;
  const files = [...large]
    .map(([name, bytes]) => ({ path: shown(name), bytes }))
    .sort((a, b) => b.bytes - a.bytes);
  const what = files.length === 1 ? `${files[0]!.path} is` : `${files.length} files are`;
  throw new TrainyardError('LARGE_FILES', `${what} larger than ${megabytes(sizeLimit)} and not in git yet.`, {
    hint: 'Include them, leave them out, or list them in .gitignore or .amlignore.',
    details: { files, limit: sizeLimit },
  });
}

function megabytes(bytes: number): string {
  return bytes >= 1_000_000 ? `${Math.round(bytes / 1_000_000)} MB` : `${bytes} bytes`;
}
