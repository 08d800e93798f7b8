import { posix } from 'node:path';

/** Checks for names that may become file names, and lengths in characters (code points). */

/** The first `limit` characters. */
export function cut(value: string, limit: number): string {
  if (value.length <= limit) return value;
  // A character has at most two units, so longer texts need no counting.
  const characters = Array.from(value.slice(0, 2 * limit + 2));
  return characters.length <= limit ? value : characters.slice(0, limit).join('');
}

/** A name resolved as a path. */
export function resolved(name: string): string {
  return posix.normalize(name).replace(/(.)\/$/, '$1');
}

/** Whether a name, taken as a path, resolves to another name or leaves its folder. */
export function resolvesToAnother(name: string): boolean {
  const normal = resolved(name);
  return normal !== name || normal === '.' || normal.startsWith('..') || normal.startsWith('/');
}
