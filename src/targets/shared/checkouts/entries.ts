/** Entries of folders, and links that stand for them. */
import fs from 'node:fs';
import { hasCode } from '../../../base/errors.js';

/** A link that needs no privilege where there are other kinds: on Windows a junction. */
export function link(from: string, at: string): void {
  const isFolder = fs.statSync(from, { throwIfNoEntry: false })?.isDirectory();
  fs.symlinkSync(from, at, isFolder ? 'junction' : 'file');
}

/** Names in a folder; none when it is gone or closed to us. */
export function entriesOf(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM', 'ENOENT')) return [];
    throw error;
  }
}
