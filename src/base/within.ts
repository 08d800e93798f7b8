import path from 'node:path';

/**
 * A path relative to `folder`, `''` for the folder itself; undefined if it is not inside. Both are absolute. Names are
 * compared literally and links are not followed. A folder `..data` lies in its folder.
 */
export function within(folder: string, name: string): string | undefined {
  const relative = path.relative(folder, name);
  // On Windows there is no relative path between drives.
  return path.isAbsolute(relative) || relative.split(path.sep)[0] === '..' ? undefined : relative;
}

export function isWithin(folder: string, name: string): boolean {
  return within(folder, name) !== undefined;
}
