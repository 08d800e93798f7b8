import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { promisify } from 'node:util';

export interface Content {
  sha256: string;
  bytes: number;
}

/** Bytes of an upload written at once. Smaller uploads are buffered completely. */
const WRITTEN_AT_ONCE = 1024 * 1024;
/** Bytes of an upload after which a sync is started, so that little is left at the end. */
const SYNCED_AT_ONCE = 64 * 1024 * 1024;

const MODE = 0o600;

/** Writes a file that is on the disk when this returns. While one piece is written, the next is received and hashed. */
export async function receive(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
): Promise<Content> {
  const hash = createHash('sha256');
  let bytes = 0;
  let waiting: Uint8Array[] = [];
  let size = 0;
  let large: LargeFile | undefined;
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      waiting.push(chunk);
      bytes += chunk.length;
      size += chunk.length;
      if (size < WRITTEN_AT_ONCE) continue;
      large ??= await LargeFile.create(file);
      await large.write(waiting, size);
      [waiting, size] = [[], 0];
    }
    if (large) await large.end(waiting, size);
    else await writeSmall(file, waiting, size);
  } finally {
    await large?.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

const sync = promisify(fs.fsync);

/** Only disk access is asynchronous: passing the other steps to a thread takes longer than the steps. */
async function writeSmall(file: string, parts: readonly Uint8Array[], size: number): Promise<void> {
  const handle = fs.openSync(file, 'wx', MODE);
  try {
    const written = parts.length > 0 ? fs.writevSync(handle, parts) : 0;
    if (written < size) fs.appendFileSync(handle, rest(parts, written));
    await sync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

/** Written and synced while more arrives. */
class LargeFile {
  private readonly handle: fs.promises.FileHandle;
  // A failure is reported to whoever awaits one of these; until then it must not count as unhandled.
  private writing: Promise<void> = Promise.resolve();
  private syncing: Promise<void> = Promise.resolve();
  private unsynced = 0;

  private constructor(handle: fs.promises.FileHandle) {
    this.handle = handle;
  }

  static async create(file: string): Promise<LargeFile> {
    return new LargeFile(await fs.promises.open(file, 'wx', MODE));
  }

  /** Resolves when what came before is written; these parts are then under way. */
  async write(parts: readonly Uint8Array[], size: number): Promise<void> {
    await this.writing;
    if (this.unsynced >= SYNCED_AT_ONCE) {
      await this.syncing;
      this.unsynced = 0;
      this.syncing = this.handle.datasync();
      this.syncing.catch(unheard);
    }
    this.unsynced += size;
    this.writing = this.append(parts, size);
    this.writing.catch(unheard);
  }

  /** Resolves when all is on the disk. */
  async end(parts: readonly Uint8Array[], size: number): Promise<void> {
    await this.writing;
    if (size > 0) await this.append(parts, size);
    await this.syncing;
    await this.handle.sync();
  }

  async close(): Promise<void> {
    // Pending writes would find the handle closed, or its number reused for another file.
    await Promise.allSettled([this.writing, this.syncing]);
    await this.handle.close();
  }

  private async append(parts: readonly Uint8Array[], size: number): Promise<void> {
    const { bytesWritten } = await this.handle.writev(parts);
    if (bytesWritten < size) await this.handle.appendFile(rest(parts, bytesWritten));
  }
}

/** A nearly full disk accepts only a part. Writing the rest reports the error. */
function rest(parts: readonly Uint8Array[], written: number): Buffer {
  return Buffer.concat(parts).subarray(written);
}

const unheard = () => undefined;
