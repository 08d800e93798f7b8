import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../../base/errors.js';

/** A folder that is searched for event files. */
export interface SearchRoot {
  /** Absolute. */
  folder: string;
  /** Its path from the job's working folder, with `/`. */
  as: string;
  /** Others may write there, too. */
  shared: boolean;
}

export interface FoundFile {
  /** Absolute, without links. */
  path: string;
  /** Its folder from where the job works, with `/`. */
  folder: string;
  /** Bytes. */
  size: number;
  /** See SearchRoot. */
  shared: boolean;
}

/** The name of an event file. */
export const EVENT_FILE = /(^|\.)tfevents\./;
/** Folders without events that may contain very many files. */
const SKIPPED = /^(\.git|node_modules|site-packages|__pycache__|\.venv|venv|\.tox|mlruns)$/;
/** The most entries that one search checks: a data folder may have millions. */
const MOST = 50_000;
/** The most entries that it checks in one folder, so that a large folder hides no other. */
const MOST_IN_FOLDER = 10_000;

/**
 * Event files below the roots that were modified since `since` (ms since the epoch), sorted by name, which for most
 * writers starts with the time. Links in the job's own folders are followed last, as shared folders; links below those
 * are not.
 * @param most limit of entries checked
 */
export async function findEventFiles(
  roots: readonly SearchRoot[],
  since: number,
  most = MOST,
): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  let left = most;
  const links: SearchRoot[] = [];
  const seen = new Set<string>();
  const queue = [...roots];
  for (let root = queue.shift(); root && left > 0; root = queue.shift() ?? (await follow(links, seen))) {
    seen.add(root.folder);
    for (const entry of await entriesOf(root.folder)) {
      if (left-- === 0) break;
      const below: SearchRoot = {
        ...root,
        folder: path.join(root.folder, entry.name),
        as: root.as ? `${root.as}/${entry.name}` : entry.name,
      };
      if (SKIPPED.test(entry.name)) continue;
      if (entry.isDirectory()) queue.push(below);
      else if (entry.isSymbolicLink() && !root.shared) links.push(below);
      else if (entry.isFile() && EVENT_FILE.test(entry.name)) {
        const file = await fileAt(below.folder, root, since);
        if (file) found.push(file);
      }
    }
  }
  return found.sort((a, b) => path.basename(a.path).localeCompare(path.basename(b.path)));
}

/** The event file at a path without links; undefined when it is gone, empty, or older than `since`. */
export async function fileAt(
  file: string,
  { as, shared }: Pick<SearchRoot, 'as' | 'shared'>,
  since: number,
): Promise<FoundFile | undefined> {
  const stat = await fs.promises.stat(file).catch(ifGone);
  if (!stat?.isFile() || stat.mtimeMs < since || stat.size === 0) return undefined;
  return { path: file, folder: as, size: stat.size, shared };
}

/** The next linked folder that was not searched yet; links may be circular. */
async function follow(links: SearchRoot[], seen: ReadonlySet<string>): Promise<SearchRoot | undefined> {
  for (let link = links.shift(); link; link = links.shift()) {
    const folder = await fs.promises.realpath(link.folder).catch(ifGone);
    if (folder === undefined || seen.has(folder)) continue;
    const stat = await fs.promises.stat(folder).catch(ifGone);
    if (stat?.isDirectory()) return { folder, as: link.as, shared: true };
  }
  return undefined;
}

async function entriesOf(folder: string): Promise<fs.Dirent[]> {
  const entries: fs.Dirent[] = [];
  try {
    for await (const entry of await fs.promises.opendir(folder, { bufferSize: 1000 }))
      if (entries.push(entry) === MOST_IN_FOLDER) break;
  } catch (error) {
    ifGone(error);
  }
  return entries;
}

/** Files of a job may disappear before they are read, or be unreadable. */
function ifGone(error: unknown): undefined {
  if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'ELOOP')) return undefined;
  throw error;
}
