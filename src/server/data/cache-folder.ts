import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../../base/errors.js';
import { formatBytes } from '../../base/format.js';
import { parseOrNothing } from '../../base/json.js';
import { writeFileAtomic } from '../../base/write-file.js';
import type { Source, SourceFile } from './source.js';

export interface CachedData {
  /** Absolute: a file, or a folder. */
  path: string;
  bytes: number;
  files: number;
  /** Of data that is one file, where it has one. */
  etag?: string;
  sha256?: string;
}

export interface CacheFolderOptions {
  /** Absolute; nothing else is in it. */
  folder: string;
  /** Bytes. */
  limit: () => number;
  /** Whether a job has not ended: what it reads stays. */
  isActive: (runId: string) => boolean;
}

/** `entry.json` of data that is there whole. */
interface Entry {
  uri: string;
  bytes: number;
  files: SourceFile[];
  isFile: boolean;
}

/**
 * Data from elsewhere on the disk, each state of it once, in a folder of its name:
 *
 *   <key>/entry.json   what it is; there once `content` is whole. Its time is that of the last use.
 *   <key>/content/     the files, read-only
 *   <key>/arriving/    the files that have arrived, until all have
 *   <key>/partial/     beginnings of files, which are gone on with
 *   <key>/users/       ids of runs that read it
 *
 * The key is a digest of the source and of the etags of its files, so data that has changed is another entry.
 */
export class CacheFolder {
  private readonly options: CacheFolderOptions;

  constructor(options: CacheFolderOptions) {
    this.options = options;
  }

  /** What is there whole; this is a use of it. */
  find(key: string): CachedData | undefined {
    const entry = this.entry(key);
    if (!entry) return undefined;
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

  /** While the job of the run has not ended, the data stays. */
  use(key: string, runId: string): void {
    const { users } = this.placesOf(key);
    fs.mkdirSync(users, { recursive: true, mode: 0o700 });
    fs.writeFileSync(path.join(users, runId), '');
  }

  /** Where a file goes: `target` when it is whole, `begun` until then. */
  placesOfFile(key: string, file: string): { target: string; begun: string } {
    const { arriving, partial } = this.placesOf(key);
    return { target: path.join(arriving, ...file.split('/')), begun: path.join(partial, digest(file)) };
  }

  /** All files have arrived: from now on the data is there. */
  complete(key: string, { uri, isFile }: Source, files: SourceFile[]): void {
    const { root, content, arriving, partial } = this.placesOf(key);
    // A folder may be empty.
    fs.mkdirSync(arriving, { recursive: true, mode: 0o700 });
    fs.rmSync(content, { recursive: true, force: true });
    fs.renameSync(arriving, content);
    fs.rmSync(partial, { recursive: true, force: true });
    const entry: Entry = { uri, isFile, bytes: bytesOf(files), files };
    writeFileAtomic(path.join(root, 'entry.json'), JSON.stringify(entry));
  }

  /**
   * Removes what nobody reads, the longest unused first, until there is room.
   * @param bytes that the data will have
   * @param isArriving whether an entry is being downloaded, so that it stays
   * @throws TOO_LARGE | STORE_FULL
   */
  makeRoom(key: string, uri: string, bytes: number, isArriving: (key: string) => boolean): void {
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
      .filter((name) => name !== key && !isArriving(name))
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
    if (bytes - bytesIn(arriving) - bytesIn(partial) > bavail * bsize) throw noRoomFor(uri);
  }

  private entry(key: string): Entry | undefined {
    const { root, content } = this.placesOf(key);
    const file = path.join(root, 'entry.json');
    if (!fs.existsSync(file) || !fs.existsSync(content)) return undefined;
    return parseOrNothing(fs.readFileSync(file, 'utf8')) as Entry | undefined;
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

/** The key of a state of data. What cannot be told from a later state gets another one each time. */
export function keyOf({ uri, kind, isFile }: Source, files: readonly SourceFile[]): string {
  const isKnown = files.every(({ etag }) => etag !== undefined);
  const state = files.map(({ path: name, bytes, etag }) => [name, bytes, etag]);
  return digest(JSON.stringify([kind, uri, isFile, state, ...(isKnown ? [] : [randomUUID()])]));
}

export function bytesOf(files: readonly SourceFile[]): number {
  return files.reduce((all, { bytes = 0 }) => all + bytes, 0);
}

export function noRoomFor(uri: string, cause?: unknown): TrainyardError {
  return new TrainyardError('STORE_FULL', `There is no room on the disk for ${uri}.`, {
    hint: 'Free some disk space and submit the job again. What has arrived is kept.',
    cause,
  });
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 40);

function bytesIn(folder: string): number {
  if (!fs.existsSync(folder)) return 0;
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((all, entry) => all + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
