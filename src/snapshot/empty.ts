/** Empty folders, which git does not keep and a script may want to write to. */
import { type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { hasCode } from '../base/errors.js';
import { pathOf } from './listing.js';

/** The most that are recorded; nobody creates more by hand. */
const MOST = 1_000;

/**
 * Empty folders in and below untracked folders. Other repositories are skipped.
 * @param untracked byte names with `/` at the end, as git lists them
 * @param isApart whether to skip a folder, named in the same way
 * @returns byte names without `/` at the end, sorted
 */
export async function emptyFolders(
  root: string,
  untracked: readonly string[],
  isApart: (name: string) => boolean,
): Promise<string[]> {
  const found: string[] = [];
  const folders = untracked.filter((name) => name.endsWith('/'));
  // It grows while it is walked.
  for (const folder of folders) {
    if (found.length >= MOST) break;
    if (isApart(folder)) continue;
    const entries = await entriesOf(root, folder);
    if (entries === undefined) continue;
    if (entries.length === 0) found.push(folder.slice(0, -1));
    const names = entries.map((entry) => entry.name.toString('latin1'));
    if (names.includes('.git')) continue;
    for (const [i, entry] of entries.entries())
      if (entry.isDirectory()) folders.push(`${folder}${names[i]}/`);
  }
  return found.sort();
}

/** undefined: it has disappeared, or is unreadable. */
async function entriesOf(root: string, folder: string): Promise<Dirent<Buffer>[] | undefined> {
  try {
    return await readdir(pathOf(root, folder), { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}
