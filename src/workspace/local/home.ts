import fs from 'node:fs';
import path from 'node:path';
import { hasCode, TrainyardError } from '../../base/errors.js';
import { isWithin } from '../../base/within.js';
import type { WorkspaceEntry } from '../configuration/list.js';
import type { Surroundings } from '../registry.js';
import { LOCAL_ID } from '../run-ref.js';

/** Folders of the home of this computer's workspace: of the others, and of those that were removed. */
export const OTHERS = 'workspaces';
export const REMOVED = 'removed-workspaces';

/** @throws BAD_REQUEST for a relative path */
export function homeOfEntry({ id, name, home }: WorkspaceEntry, surroundings: Surroundings): string {
  if (id === LOCAL_ID) return surroundings.home;
  if (home === undefined) return path.join(surroundings.home, OTHERS, id);
  if (path.isAbsolute(home)) return path.resolve(home);
  throw new TrainyardError('BAD_REQUEST', `The folder of the workspace “${name}” is not absolute: ${home}.`, {
    hint: 'Give the whole path of the folder.',
  });
}

/** Whether two homes would share files. Both are absolute; links are followed. */
function overlap(one: string, other: string): boolean {
  const [first, second] = [realPathOf(one), realPathOf(other)];
  return contains(first, second) || contains(second, first);
}

/** The folders of further workspaces lie in the home of the first one, but hold nothing of it. */
function contains(home: string, folder: string): boolean {
  const parent = path.dirname(folder);
  return isWithin(home, folder) && ![OTHERS, REMOVED].some((name) => path.join(home, name) === parent);
}

/**
 * Creates nothing.
 * @throws BAD_REQUEST for a folder that is, contains, or lies in that of another workspace
 */
export function requireOwn(
  home: string,
  others: readonly WorkspaceEntry[],
  surroundings: Surroundings,
): void {
  const sharing = others.find((other) => {
    if (other.kind !== 'local') return false;
    // A damaged entry does not block the others.
    if (other.home !== undefined && !path.isAbsolute(other.home)) return false;
    return overlap(homeOfEntry(other, surroundings), home);
  });
  if (sharing)
    throw new TrainyardError(
      'BAD_REQUEST',
      `The folder ${home} is that of the workspace “${sharing.name}”, or overlaps with it.`,
      { hint: HINT },
    );
}

/**
 * Creates nothing.
 * @throws BAD_REQUEST for a folder in which nothing can be written, or that cannot be created
 */
export function requireUsable(home: string): void {
  const existing = nearestExisting(home);
  try {
    if (!fs.statSync(existing).isDirectory())
      throw new TrainyardError('BAD_REQUEST', `${existing} is not a folder.`, { hint: HINT });
    fs.accessSync(existing, fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM', 'EROFS')) throw error;
    throw new TrainyardError('BAD_REQUEST', `Nothing can be written in the folder ${existing}.`, {
      hint: HINT,
      cause: error,
    });
  }
}

const HINT = 'Choose another folder.';

/** Of a folder that is not there yet, too. */
function realPathOf(folder: string): string {
  const existing = nearestExisting(folder);
  return path.join(fs.realpathSync(existing), path.relative(existing, folder));
}

function nearestExisting(folder: string): string {
  const parent = path.dirname(folder);
  return fs.existsSync(folder) || parent === folder ? folder : nearestExisting(parent);
}
