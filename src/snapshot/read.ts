/** Reads files and folders of a snapshot without restoring it. */
import { TrainyardError } from '../base/errors.js';
import { gitBytes } from './git.js';
import { innerSource, type Source, sourceOf } from './inner.js';
import { objectsPlace } from './keep.js';
import { shown, splitNul } from './listing.js';
import { type Snapshot } from './snapshot.js';

export interface TreeChild {
  /** Relative to the root, with `/`. */
  path: string;
  /** Inner repositories are folders, too. */
  isFolder: boolean;
  bytes?: number;
}

interface Entry extends TreeChild {
  oid: string;
  type: string;
  /** Where its object is. */
  source: Source;
}

/**
 * The children of a folder, `''` for the root.
 * @throws NOT_FOUND
 */
export async function readTree(snapshot: Snapshot, folder: string): Promise<TreeChild[]> {
  const entries = await entriesOf(snapshot, partsOf(folder));
  return entries.map(({ path, isFolder, bytes }) =>
    bytes === undefined ? { path, isFolder } : { path, isFolder, bytes },
  );
}

/**
 * The bytes of a file; of a symbolic link the path that it holds.
 * @throws NOT_FOUND
 */
export async function readBlob(snapshot: Snapshot, path: string): Promise<Buffer> {
  const parts = partsOf(path);
  const entries = parts.length === 0 ? [] : await entriesOf(snapshot, parts.slice(0, -1));
  const found = entries.find((entry) => entry.path === parts.join('/'));
  if (found?.type !== 'blob') throw notFound(path);
  return gitBytes(objectsPlace(found.source), ['cat-file', 'blob', found.oid]);
}

/** Descends folder by folder by object name, so that names that are not UTF-8 are found by their displayed name. */
async function entriesOf(snapshot: Snapshot, parts: string[]): Promise<Entry[]> {
  let entries = await list(sourceOf(snapshot), snapshot.tree, '');
  // How many of the parts lead to the current repository.
  let above = 0;
  for (let depth = 1; depth <= parts.length; depth++) {
    const path = parts.slice(0, depth).join('/');
    const folder = entries.find((entry) => entry.path === path);
    if (!folder?.isFolder) throw notFound(path);
    const { source, oid, type } = folder;
    if (type === 'tree') entries = await list(source, oid, `${path}/`);
    else {
      const inner = await innerSource(source, parts.slice(above, depth).join('/'), oid);
      above = depth;
      entries = inner === undefined ? [] : await list(inner, inner.tree, `${path}/`);
    }
  }
  return entries;
}

/** `<mode> <type> <oid> <size>\t<name>` */
async function list(source: Source, tree: string, prefix: string): Promise<Entry[]> {
  const output = await gitBytes(objectsPlace(source), ['ls-tree', '-l', '-z', '--full-tree', tree]);
  return splitNul(output).map((line) => {
    const tab = line.indexOf('\t');
    const [, type = '', oid = '', size = ''] = line.slice(0, tab).split(/ +/);
    const path = prefix + shown(line.slice(tab + 1));
    const bytes = type === 'blob' ? Number(size) : undefined;
    return { path, type, oid, source, isFolder: type !== 'blob', bytes };
  });
}

function partsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..')) throw notFound(path);
  return parts;
}

function notFound(path: string): TrainyardError {
  return new TrainyardError('NOT_FOUND', `The snapshot has no ${path || 'such folder'}.`, {
    hint: 'Refresh the list of files.',
  });
}
