import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import type { KeptSource } from './kept-source.js';

/**
 * Copies an output to a path of this machine. A file becomes the path itself, or lies in it where that is a folder; a folder is
 * merged into it.
 * @throws STORE_FULL when it cannot be written there
 */
export async function copyTo(source: KeptSource, to: string): Promise<void> {
  const intoFolder = !source.isFile || /[\\/]$/.test(to) || isFolder(to);
  try {
    for (const file of await source.list()) {
      const target = intoFolder ? path.join(to, ...file.path.split('/')) : to;
      await fs.promises.mkdir(path.dirname(target), { recursive: true });
      const part = `${target}.trainyard-part`;
      const { body } = await source.read(file, 0);
      await pipeline(body, fs.createWriteStream(part));
      await fs.promises.rename(part, target);
    }
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM', 'ENOSPC', 'EROFS', 'ENOTDIR', 'EISDIR', 'EDQUOT')) throw error;
    throw new TrainyardError('STORE_FULL', `It was not copied to ${to}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function isFolder(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}
