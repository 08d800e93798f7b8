import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../base/errors.js';

const CHUNK = 64 * 1024;
/** Milliseconds between polls while a log is followed. */
const POLL = 150;

/** Where a range of a log starts: at `from`, or that many bytes before its end if negative. */
export async function startOf(file: string, from: number): Promise<number> {
  if (from >= 0) return from;
  const { size } = await fs.promises.stat(file).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return { size: 0 };
    throw error;
  });
  return Math.max(0, size + from);
}

/**
 * The bytes of a log from `from`. With `isLive` the stream continues until it returns false and everything has been
 * read. A file that does not exist yet counts as empty.
 */
export async function* readLog(file: string, from: number, isLive: () => boolean, signal: AbortSignal) {
  let at = from;
  let handle: fs.promises.FileHandle | undefined;
  try {
    while (!signal.aborted) {
      // Checked before reading, so that everything written before the end is still read.
      const live = isLive();
      handle ??= await openIfThere(file);
      for (;;) {
        const chunk = Buffer.allocUnsafe(CHUNK);
        const { bytesRead } = handle ? await handle.read(chunk, 0, CHUNK, at) : { bytesRead: 0 };
        if (bytesRead === 0) break;
        at += bytesRead;
        yield chunk.subarray(0, bytesRead);
      }
      if (!live) return;
      await sleep(POLL, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  } finally {
    await handle?.close();
  }
}

async function openIfThere(file: string): Promise<fs.promises.FileHandle | undefined> {
  try {
    return await fs.promises.open(file, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
