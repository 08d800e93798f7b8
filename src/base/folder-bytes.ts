import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from './errors.js';

/** Bytes of the files below a folder, without following links; 0 if it does not exist. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  const folders = [folder];
  for (const each of folders) {
    try {
      for (const entry of await fs.promises.readdir(each, { withFileTypes: true })) {
        const name = path.join(each, entry.name);
        if (entry.isDirectory()) folders.push(name);
        else if (entry.isFile()) bytes += (await fs.promises.lstat(name)).size;
      }
    } catch (error) {
      // Files that are unreadable or disappear meanwhile are not counted.
      if (!hasCode(error, 'ENOENT', 'EACCES', 'ENAMETOOLONG')) throw error;
    }
  }
  return bytes;
}
