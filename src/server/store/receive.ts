import { createHash } from 'node:crypto';
import fs from 'node:fs';

export interface Content {
  sha256: string;
  bytes: number;
}

/** Bytes of an upload that are written in one go. */
const WRITTEN_AT_ONCE = 1024 * 1024;
/** Bytes of an upload after which the disk is told to begin, so that little is left to wait for at the end. */
const SYNCED_AT_ONCE = 64 * 1024 * 1024;

/** Writes a file that is on the disk when this returns. While some is written, the next is received and hashed. */
export async function receive(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
): Promise<Content> {
  const handle = await fs.promises.open(file, 'wx', 0o600);
  // Whoever awaits one of these hears of a failure; until then nobody listens.
  let writing: Promise<void> = Promise.resolve();
  let syncing: Promise<void> = Promise.resolve();
  const unheard = () => undefined;
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    let synced = 0;
    let waiting: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of content) {
      hash.update(chunk);
      waiting.push(chunk);
      bytes += chunk.length;
      size += chunk.length;
      if (size < WRITTEN_AT_ONCE) continue;
      await writing;
      if (bytes - synced >= SYNCED_AT_ONCE) {
        await syncing;
        synced = bytes;
        syncing = handle.datasync();
        syncing.catch(unheard);
      }
      writing = writeAll(handle, waiting);
      writing.catch(unheard);
      [waiting, size] = [[], 0];
    }
    await writing;
    if (size > 0) await writeAll(handle, waiting);
    await syncing;
    await handle.sync();
    return { sha256: hash.digest('hex'), bytes };
  } finally {
    // What is under way would find the handle closed, or another file behind its number.
    await Promise.allSettled([writing, syncing]);
    await handle.close();
  }
}

async function writeAll(handle: fs.promises.FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const { bytesWritten } = await handle.writev(parts);
  // A nearly full disk takes a part.
  if (bytesWritten < size) await handle.appendFile(Buffer.concat(parts).subarray(bytesWritten));
}
