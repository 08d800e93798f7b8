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
 * time for most writers. Links are not followed.
 */
export async function findEventFiles(roots: readonly SearchRoot[], since: number): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  let left = MOST;
  const queue = [...roots];
  for (let root = queue.shift(); root && left > 0; root = queue.shift()) {
    for (const entry of await entriesOf(root.folder)) {
      if (left-- === 0) break;
      const file = path.join(root.folder, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED.test(entry.name))
          queue.push({ ...root, folder: file, as: root.as ? `${root.as}/${entry.name}` : entry.name });
      } else if (entry.isFile() && EVENT_FILE.test(entry.name)) {
        const stat = await fs.promises.stat(file).catch(ifGone);
        if (stat && stat.mtimeMs >= since && stat.size > 0)
          found.push({ path: file, folder: root.as, size: stat.size, shared: root.shared });
      }
    }
  }
  return found.sort((a, b) => path.basename(a.path).localeCompare(path.basename(b.path)));
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
  if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ENAMETOOLONG')) return undefined;
  throw error;
}
