import path from 'node:path';

/**
 * A path as one from `folder`, `''` for the folder itself; undefined when it lies elsewhere. Both are absolute. Names are
 * compared as they are: links are not followed. A folder `..data` lies in its folder.
 */
export function within(folder: string, name: string): string | undefined {
  const relative = path.relative(folder, name);
  // Between disks of Windows there is no relative path.
  return path.isAbsolute(relative) || relative.split(path.sep)[0] === '..' ? undefined : relative;
}

export function isWithin(folder: string, name: string): boolean {
  return within(folder, name) !== undefined;
}
