import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ifMissing } from '../../base/errors.js';

const CHUNK = 64 * 1024;
/** Milliseconds between polls while a log is followed. */
const POLL = 150;

/** Where a range of a log starts: at `from`, or that many bytes before its end if negative. */
export async function startOf(file: string, from: number): Promise<number> {
  if (from >= 0) return from;
  const found = await fs.promises.stat(file).catch(ifMissing);
  return Math.max(0, (found?.size ?? 0) + from);
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
      handle ??= await fs.promises.open(file, 'r').catch(ifMissing);
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
