import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../../base/errors.js';
import { isWithin } from '../../base/within.js';
import { disk } from '../disk.js';
import { byKind, type EnvironmentFileKind, isCandidate, kindOf } from './project-files.js';

export interface EnvironmentFile {
  /** Absolute. */
  file: string;
  kind: EnvironmentFileKind;
}

/** A folder with more names holds data. */
const MOST_NAMES = 5_000;

/**
 * The files that say what the code of a folder runs in: its own, then those of the folders above it.
 * @param folder absolute
 * @param root absolute; the last folder that is looked into, such as the repository's. One that is not above: the folder alone
 */
export function findEnvironmentFiles(folder: string, root: string): EnvironmentFile[] {
  const found = filesIn(folder);
  const above = path.dirname(folder);
  if (folder === root || above === folder || !isWithin(root, above)) return found;
  return [...found, ...findEnvironmentFiles(above, root)];
}

/**
 * Those that one has to choose from: of the nearest folder. Beside a uv.lock its pyproject.toml is no other choice.
 * @param found nearest first
 */
export function nearestOf(found: readonly EnvironmentFile[]): EnvironmentFile[] {
  const [first] = found;
  const near = found.filter(({ file }) => first && path.dirname(file) === path.dirname(first.file));
  return near.some(({ kind }) => kind === 'uv') ? near.filter(({ kind }) => kind !== 'pyproject') : near;
}

function filesIn(folder: string): EnvironmentFile[] {
  return namesIn(folder)
    .filter(isCandidate)
    .flatMap((name) => {
      const kind = kindOf(name, disk.text(path.join(folder, name)) ?? '');
      return kind === undefined ? [] : [{ name, kind }];
    })
    .sort(byKind)
    .map(({ name, kind }) => ({ file: path.join(folder, name), kind }));
}

/** None of a folder that nobody may read. */
function namesIn(folder: string): string[] {
  try {
    const files = fs.readdirSync(folder, { withFileTypes: true });
    if (files.length > MOST_NAMES) return [];
    return files.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name);
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
