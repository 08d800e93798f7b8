import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import { formatBytes } from '../../base/format.js';
import { parseOrNothing } from '../../base/json.js';
import { mapBounded } from '../../base/map-bounded.js';
import { writeFileAtomic } from '../../base/write-file.js';
import { checkArtifactPath } from '../store/artifact-path.js';
import { hashOf } from '../store/objects.js';
import { hashUnlessLarge } from './hash.js';
import { ChangedError, type Source, type SourceFile } from './source.js';

/** Files of one download that are read at once. */
const AT_ONCE = 4;
/** How often in a row reading may fail without a byte of progress; and the pause after the first failure, in ms. */
const TRIES = 5;
const PAUSE = 300;
/** How often a source may change while it is read. */
const CHANGES = 3;
export interface Progress {
  done: number;
  /** Bytes; undefined: not known. */
  total?: number;
}

export interface CachedData {
  /** Absolute: a file, or a folder. */
  path: string;
  bytes: number;
  files: number;
  /** Of data that is one file, where it has one. */
  etag?: string;
  sha256?: string;
}

/** `entry.json` of data that is there whole. */
interface Entry {
  uri: string;
  bytes: number;
  files: SourceFile[];
  isFile: boolean;
}

interface Download {
  done: Promise<void>;
  progress: Progress;
  waiting: number;
  controller: AbortController;
}

export interface CacheOptions {
  /** Absolute; nothing else is in it. */
  folder: string;
  /** Bytes. */
  limit: () => number;
  /** Whether a job has not ended: what it reads stays. */
  isActive: (runId: string) => boolean;
  /** Milliseconds after the first failure; for tests. */
  pause?: number;
}

/**
 * Data from elsewhere, each state of it once, in a folder of its name:
 *
 *   <key>/entry.json   what it is; there once `content` is whole. Its time is that of the last use.
 *   <key>/content/     the files, read-only
 *   <key>/arriving/    the files that have arrived, until all have
 *   <key>/partial/     beginnings of files, which are gone on with
 *   <key>/users/       ids of runs that read it
 *
 * The key is a digest of the source and of the etags of its files, so data that has changed is another entry.
 */
export class DataCache {
  private readonly options: CacheOptions;
  private readonly downloads = new Map<string, Download>();

  constructor(options: CacheOptions) {
    this.options = options;
  }

  /**
   * Data as a path of this machine. Callers at the same time share a download, which ends when all of them have given up.
   * @throws TrainyardError when it cannot be had | the reason of `signal`
   */
  async get(
    source: Source,
    runId: string,
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<CachedData> {
    for (let changes = 1; ; changes++) {
      const files = await tries(signal, this.pause, source.uri, () => source.list(signal));
      for (const { path: name } of files) checkArtifactPath(name);
      const key = keyOf(source, files);
      this.use(key, runId);
      try {
        if (!this.entry(key)) await this.shared(key, source, files, signal, onProgress);
        return this.found(key);
      } catch (error) {
        if (!(error instanceof ChangedError)) throw error;
        if (changes === CHANGES)
          throw new TrainyardError('CONFLICT', `${source.uri} changed ${CHANGES} times while it was read.`, {
            hint: 'Submit the job again when it no longer changes.',
          });
      }
    }
  }

  /** Ends all downloads; what has arrived is gone on with next time. */
  close(): void {
    for (const { controller } of this.downloads.values()) controller.abort();
  }

  private get pause(): number {
    return this.options.pause ?? PAUSE;
  }

  private async shared(
    key: string,
    source: Source,
    files: readonly SourceFile[],
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<void> {
    // One that everybody has given up ends before the next begins.
    for (let old = this.downloads.get(key); old?.controller.signal.aborted; old = this.downloads.get(key))
      await old.done.catch(() => undefined);
    const download = this.downloads.get(key) ?? this.begin(key, source, files);
    download.waiting++;
    const timer = setInterval(() => onProgress(download.progress), 500);
    onProgress(download.progress);
    try {
      await Promise.race([download.done, aborted(signal)]);
    } finally {
      clearInterval(timer);
      if (--download.waiting === 0) download.controller.abort();
    }
  }

  private begin(key: string, source: Source, files: readonly SourceFile[]): Download {
    const controller = new AbortController();
    const progress: Progress = { done: 0 };
    if (files.every(({ bytes }) => bytes !== undefined)) progress.total = sum(files);
    const done = this.download(key, source, files, progress, controller.signal).finally(() =>
      this.downloads.delete(key),
    );
    // Those who wait are told; nobody may be left.
    done.catch(() => undefined);
    const download = { done, progress, waiting: 0, controller };
    this.downloads.set(key, download);
    return download;
  }

  private async download(
    key: string,
    source: Source,
    files: readonly SourceFile[],
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      this.makeRoom(key, source.uri, progress.total ?? 0);
      const arrived = await mapBounded(files, AT_ONCE, (file) =>
        this.downloadFile(key, source, file, progress, signal),
      );
      const { root, content, arriving, partial } = this.placesOf(key);
      fs.rmSync(content, { recursive: true, force: true });
      fs.renameSync(arriving, content);
      fs.rmSync(partial, { recursive: true, force: true });
      const { uri, isFile } = source;
      const entry: Entry = { uri, isFile, bytes: sum(arrived), files: arrived };
      writeFileAtomic(path.join(root, 'entry.json'), JSON.stringify(entry));
    } catch (error) {
      if (!hasCode(error, 'ENOSPC', 'EDQUOT')) throw error;
      throw full(source.uri, error);
    }
  }

  /** @returns what it is now that it is here */
  private async downloadFile(
    key: string,
    source: Source,
    file: SourceFile,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<SourceFile> {
    const { arriving, partial } = this.placesOf(key);
    const target = path.join(arriving, ...file.path.split('/'));
    const begun = path.join(partial, digest(file.path));
    const here = fs.statSync(target, { throwIfNoEntry: false });
    if (here) progress.done += here.size;
    else {
      fs.mkdirSync(partial, { recursive: true, mode: 0o700 });
      await this.fill(begun, source, file, progress, signal);
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
  private async fill(
    begun: string,
    source: Source,
    file: SourceFile,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void> {
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
        await tries(signal, this.pause, source.uri, readRest);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  private found(key: string): CachedData {
    const entry = this.entry(key);
    if (!entry) throw new TrainyardError('INTERNAL', `Downloaded data (${key}) is gone.`);
    const { root, content } = this.placesOf(key);
    const now = new Date();
    fs.utimesSync(path.join(root, 'entry.json'), now, now);
    const [first] = entry.files;
    return {
      path: entry.isFile ? path.join(content, ...(first?.path ?? '').split('/')) : content,
      bytes: entry.bytes,
      files: entry.files.length,
      ...(entry.isFile && first?.etag !== undefined && { etag: first.etag }),
      ...(entry.isFile && first?.sha256 !== undefined && { sha256: first.sha256 }),
    };
  }

  private entry(key: string): Entry | undefined {
    const { root, content } = this.placesOf(key);
    const file = path.join(root, 'entry.json');
    if (!fs.existsSync(file) || !fs.existsSync(content)) return undefined;
    return parseOrNothing(fs.readFileSync(file, 'utf8')) as Entry | undefined;
  }

  private use(key: string, runId: string): void {
    const { users } = this.placesOf(key);
    fs.mkdirSync(users, { recursive: true, mode: 0o700 });
    fs.writeFileSync(path.join(users, runId), '');
  }

  /** Removes what nobody reads, the longest unused first, until there is room. @throws TOO_LARGE | STORE_FULL */
  private makeRoom(key: string, uri: string, bytes: number): void {
    const limit = this.options.limit();
    if (bytes > limit)
      throw new TrainyardError(
        'TOO_LARGE',
        `${uri} has ${formatBytes(bytes)}, but at most ${formatBytes(limit)} of downloaded data are kept.`,
        { hint: 'Raise the limit of the data cache in the settings.' },
      );
    const { folder } = this.options;
    const others = fs
      .readdirSync(folder)
      .filter((name) => name !== key && !this.downloads.has(name))
      .map((name) => this.sizeOf(name));
    let left = others.reduce((all, each) => all + each.bytes, 0) + bytes;
    for (const { name, bytes: size } of others.sort((a, b) => a.usedAt - b.usedAt)) {
      if (left <= limit) break;
      if (this.isInUse(name)) continue;
      this.remove(name);
      left -= size;
    }
    const { bavail, bsize } = fs.statfsSync(folder);
    const { arriving, partial } = this.placesOf(key);
    if (bytes - bytesIn(arriving) - bytesIn(partial) > bavail * bsize) throw full(uri);
  }

  private sizeOf(name: string): { name: string; bytes: number; usedAt: number } {
    const { root, arriving, partial } = this.placesOf(name);
    const entry = this.entry(name);
    const usedAt = fs.statSync(entry ? path.join(root, 'entry.json') : root).mtimeMs;
    return { name, usedAt, bytes: entry ? entry.bytes : bytesIn(arriving) + bytesIn(partial) };
  }

  private isInUse(name: string): boolean {
    const { users } = this.placesOf(name);
    if (!fs.existsSync(users)) return false;
    const all = fs.readdirSync(users);
    const active = all.filter((runId) => this.options.isActive(runId));
    for (const runId of all) if (!active.includes(runId)) fs.rmSync(path.join(users, runId), { force: true });
    return active.length > 0;
  }

  private remove(name: string): void {
    const { root } = this.placesOf(name);
    // At once for everybody, also when removing all of it takes long or is cut off.
    const gone = path.join(this.options.folder, `removed-${randomUUID()}`);
    fs.renameSync(root, gone);
    fs.rmSync(gone, { recursive: true, force: true, maxRetries: 5 });
  }

  private placesOf(key: string) {
    const root = path.join(this.options.folder, key);
    const below = (name: string) => path.join(root, name);
    return {
      root,
      content: below('content'),
      arriving: below('arriving'),
      partial: below('partial'),
      users: below('users'),
    };
  }
}

/** An attempt that failed after it had got on. */
class ProgressedError extends Error {
  readonly progressed: boolean;

  constructor(cause: unknown, progressed = true) {
    super(messageOf(cause), { cause });
    this.progressed = progressed;
  }
}

/** Tries again while it fails for reasons that may pass. */
async function tries<T>(signal: AbortSignal, pause: number, uri: string, what: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await what();
    } catch (error) {
      signal.throwIfAborted();
      const cause = error instanceof ProgressedError ? error.cause : error;
      if (TrainyardError.is(cause) || cause instanceof ChangedError) throw cause;
      if (hasCode(cause, 'ENOSPC', 'EDQUOT', 'EACCES', 'EROFS')) throw cause;
      if (error instanceof ProgressedError && error.progressed) failures = 1;
      if (failures >= TRIES)
        throw new TrainyardError('TARGET_FAILED', `${uri} could not be read: ${reasonOf(cause)}`, {
          hint: 'Check the address and the network, and submit the job again. What has arrived is kept.',
          cause,
        });
      await sleep(pause * 2 ** (failures - 1), undefined, { signal });
    }
  }
}

/** The reason of fetch() is below “fetch failed”. */
function reasonOf(error: unknown): string {
  const below = error instanceof Error ? error.cause : undefined;
  return below instanceof Error && below.message ? below.message : messageOf(error);
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

function full(uri: string, cause?: unknown): TrainyardError {
  return new TrainyardError('STORE_FULL', `There is no room on the disk for ${uri}.`, {
    hint: 'Free some disk space and submit the job again. What has arrived is kept.',
    cause,
  });
}

function keyOf({ uri, kind }: Source, files: readonly SourceFile[]): string {
  // What cannot be told from a later state is downloaded each time.
  const isKnown = files.every(({ etag }) => etag !== undefined);
  const state = files.map(({ path: name, bytes, etag }) => [name, bytes, etag]);
  return digest(JSON.stringify([kind, uri, state, ...(isKnown ? [] : [randomUUID()])]));
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 40);

const sum = (files: readonly SourceFile[]) => files.reduce((all, { bytes = 0 }) => all + bytes, 0);

function bytesIn(folder: string): number {
  if (!fs.existsSync(folder)) return 0;
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((all, entry) => all + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
