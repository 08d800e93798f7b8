import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../../base/errors.js';

/** A folder that is searched for event files. */
export interface SearchRoot {
  /** Absolute. */
  folder: string;
  /** What its files' folders are called from where the job works, with `/`. */
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
/** Folders that hold no events but may hold very much else. */
const SKIPPED = /^(\.git|node_modules|site-packages|__pycache__|\.venv|venv|\.tox|mlruns)$/;
/** Entries that one search looks at: a folder of data may have millions. */
const MOST = 50_000;
/** Entries that it looks at in one folder: one full of data hides no other. */
const MOST_IN_FOLDER = 10_000;

/**
 * Event files below the roots that were written to since `since` (ms since the epoch), by name, which begins with the
 * time for most writers. Links in folders of the job's own are followed after all else, as shared folders; links below
 * those are not.
 * @param most entries that are looked at
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

/** The next folder that a link leads to and that was not searched; links may lead round. */
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

/** What a job writes may be gone before it is looked at, or closed to us. */
function ifGone(error: unknown): undefined {
  if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'ELOOP')) return undefined;
  throw error;
}
