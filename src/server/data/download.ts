import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../../base/errors.js';
import { hashOf } from '../store/objects.js';
import { hashUnlessLarge } from './hash.js';
import type { Source, SourceFile } from './source.js';
import { ProgressedError, tries } from './tries.js';

export interface Progress {
  /** Bytes. */
  done: number;
  /** Bytes; undefined: not known. */
  total?: number;
  /** Others are downloaded first. */
  isWaiting?: boolean;
}

export interface FileDownload {
  source: Source;
  file: SourceFile;
  /** The file when it is whole; absolute. */
  target: string;
  /** Its beginning until then, which is gone on with; absolute. */
  begun: string;
  /** Its `done` counts the bytes of this file, too. */
  progress: Progress;
  /** Milliseconds after the first failure. */
  pause: number;
  signal: AbortSignal;
}

/**
 * Downloads one file of a source, from where it is.
 * @returns what it is now that it is here
 * @throws TrainyardError when it cannot be had | ChangedError | the reason of `signal`
 */
export async function downloadFile(download: FileDownload): Promise<SourceFile> {
  const { source, file, target, begun, progress } = download;
  const here = fs.statSync(target, { throwIfNoEntry: false });
  if (here) progress.done += here.size;
  else {
    fs.mkdirSync(path.dirname(begun), { recursive: true, mode: 0o700 });
    await fill(download);
    await checkWhole(begun, source.uri, file);
    fs.mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
    fs.chmodSync(begun, 0o444);
    fs.renameSync(begun, target);
  }
  const bytes = fs.statSync(target).size;
  const sha256 = file.sha256 ?? (await hashUnlessLarge(target, bytes));
  return { ...file, bytes, ...(sha256 !== undefined && { sha256 }) };
}

/** Reads until the file has all its bytes, from where it is. */
async function fill({ source, file, begun, progress, pause, signal }: FileDownload): Promise<void> {
  const handle = await fs.promises.open(begun, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
  let at = (await handle.stat()).size;
  if (file.etag === undefined || (file.bytes !== undefined && at > file.bytes)) at = 0;
  await handle.truncate(at);
  progress.done += at;
  const readRest = async () => {
    const before = at;
    const { from, body } = await source.read(file, at, signal);
    if (from !== at) {
      await handle.truncate(from);
      progress.done += from - at;
      at = from;
    }
    try {
      for await (const bytes of body) {
        signal.throwIfAborted();
        await handle.write(bytes, 0, bytes.length, at);
        at += bytes.length;
        progress.done += bytes.length;
      }
    } catch (error) {
      if (at > before) throw new ProgressedError(error);
      throw error;
    }
    if (file.bytes !== undefined && at < file.bytes)
      throw new ProgressedError(new Error('The connection ended too early.'), at > before);
  };
  try {
    if (at === 0 || file.bytes === undefined || at < file.bytes)
      await tries(signal, pause, source.uri, readRest);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function checkWhole(
  file: string,
  uri: string,
  { path: name, bytes, sha256 }: SourceFile,
): Promise<void> {
  const { size } = fs.statSync(file);
  const isWhole =
    (bytes === undefined || size === bytes) && (sha256 === undefined || (await hashOf(file)) === sha256);
  if (isWhole) return;
  fs.rmSync(file, { force: true });
  throw new TrainyardError('TARGET_FAILED', `${name} of ${uri} was damaged on the way.`, {
    hint: 'Submit the job again.',
  });
}
