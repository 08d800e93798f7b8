import { posix } from 'node:path';

/** Names that may become those of files, and their lengths in characters (code points). */

/** The first `limit` characters. */
export function cut(value: string, limit: number): string {
  if (value.length <= limit) return value;
  // A character is two units at most: more than that need not be counted.
  const characters = Array.from(value.slice(0, 2 * limit + 2));
  return characters.length <= limit ? value : characters.slice(0, limit).join('');
}

/** What a name is as a path. */
export function resolved(name: string): string {
  return posix.normalize(name).replace(/(.)\/$/, '$1');
}

/** Whether a name, as a path, is another one, or leads out of its folder. */
export function resolvesToAnother(name: string): boolean {
  const normal = resolved(name);
  return normal !== name || normal === '.' || normal.startsWith('..') || normal.startsWith('/');
}
