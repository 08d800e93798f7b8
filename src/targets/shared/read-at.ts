import fs from 'node:fs';
import { hasCode } from '../../base/errors.js';

/** Bytes of a file from an offset on, at most `most`; none at its end, and of one that is not there yet. */
export async function readAt(file: string, from: number, most: number): Promise<Buffer> {
  let handle: fs.promises.FileHandle;
  try {
    handle = await fs.promises.open(file, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return Buffer.alloc(0);
    throw error;
  }
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(most), 0, most, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
