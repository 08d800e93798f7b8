import path from 'node:path';
import { isWithin } from '../base/within.js';
import { disk as realDisk, type Disk } from './disk.js';

export interface FoundModule {
  /** Dotted. */
  name: string;
  /** Absolute path of the file that runs. */
  file: string;
  /** Absolute folder that must be on Python's path. */
  root: string;
}

/** Packages may be here, besides in the folder itself. */
const SOURCES = 'src';

/**
 * The module name of a script that is part of a package: with an `__init__.py` beside it, or with relative imports,
 * which do not work in a script. @param top absolute; packages above this folder are ignored
 */
export function moduleOf(script: string, top: string, disk: Disk = realDisk): FoundModule | undefined {
  const name = path.basename(script).replace(/\.py$/i, '');
  if (path.extname(script).toLowerCase() !== '.py' || !isWithin(top, script)) return undefined;
  const folder = path.dirname(script);
  const isPackage = (at: string) =>
    at !== top && isWithin(top, at) && disk.kind(path.join(at, '__init__.py')) === 'file';
  let root = folder;
  while (isPackage(root)) root = path.dirname(root);
  if (root === folder) {
    if (folder === top || !importsRelatively(disk.text(script) ?? '')) return undefined;
    // Nothing else marks the top of a package without __init__.py.
    const sources = path.join(top, SOURCES);
    root = isWithin(sources, folder) && folder !== sources ? sources : top;
  }
  const parts = path.relative(root, folder).split(path.sep);
  // A package is run by its __main__.py.
  const dotted = name === '__main__' ? parts : [...parts, name];
  return { name: dotted.join('.'), file: script, root };
}

/**
 * The file of a module in the code: in one of the folders, or in `src` below one; undefined when it comes from elsewhere,
 * such as an installed package. @param folders absolute, the first wins
 */
export function findModule(
  name: string,
  folders: readonly string[],
  disk: Disk = realDisk,
): FoundModule | undefined {
  const parts = name.split('.');
  for (const root of folders.flatMap((folder) => [folder, path.join(folder, SOURCES)]))
    for (const file of [`${path.join(root, ...parts)}.py`, path.join(root, ...parts, '__main__.py')])
      if (disk.kind(file) === 'file') return { name, file, root };
  return undefined;
}

function importsRelatively(text: string): boolean {
  return /^[ \t]*from[ \t]+\./m.test(text);
}
