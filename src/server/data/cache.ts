import { hasCode, TrainyardError } from '../../base/errors.js';
import { mapBounded } from '../../base/map-bounded.js';
import { Turns } from '../../base/turns.js';
import { checkArtifactPath } from '../store/artifact-path.js';
import {
  bytesOf,
  type CachedData,
  CacheFolder,
  type CacheFolderOptions,
  keyOf,
  noRoomFor,
} from './cache-folder.js';
import { downloadFile, type Progress } from './download.js';
import { ChangedError, type Source, type SourceFile } from './source.js';
import { tries } from './tries.js';

/** Downloads at once; files of one download that are read at once; sources that are asked for their files at once. */
const DOWNLOADS = 4;
const FILES = 4;
const LISTS = 16;
/** Milliseconds after the first failure. */
const PAUSE = 300;
/** How often a source may change while it is read. */
const CHANGES = 3;

interface Download {
  done: Promise<void>;
  progress: Progress;
  waiting: number;
  controller: AbortController;
}

export interface CacheOptions extends CacheFolderOptions {
  /** Milliseconds after the first failure; for tests. */
  pause?: number;
}

/** Downloads data from elsewhere, each state of it once, some at a time, and keeps it. */
export class DataCache {
  private readonly folder: CacheFolder;
  private readonly pause: number;
  private readonly downloads = new Map<string, Download>();
  private readonly downloading = new Turns(DOWNLOADS);
  private readonly listing = new Turns(LISTS);

  constructor({ pause = PAUSE, ...options }: CacheOptions) {
    this.folder = new CacheFolder(options);
    this.pause = pause;
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
      const files = await this.listing.take(signal, () =>
        tries(signal, this.pause, source.uri, () => source.list(signal)),
      );
      for (const { path: name } of files) checkArtifactPath(name);
      const key = keyOf(source, files);
      this.folder.use(key, runId);
      try {
        const here = this.folder.find(key);
        if (here) return here;
        await this.shared(key, source, files, signal, onProgress);
        const arrived = this.folder.find(key);
        if (arrived) return arrived;
        throw new TrainyardError('INTERNAL', `Downloaded data (${key}) is gone.`);
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
    const progress: Progress = { done: 0, isWaiting: this.downloading.isFull };
    if (files.every(({ bytes }) => bytes !== undefined)) progress.total = bytesOf(files);
    const done = this.downloading
      .take(controller.signal, () => {
        progress.isWaiting = false;
        return this.download(key, source, files, progress, controller.signal);
      })
      .finally(() => this.downloads.delete(key));
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
      this.folder.makeRoom(key, source.uri, progress.total ?? 0, (name) => this.downloads.has(name));
      const arrived = await mapBounded(files, FILES, (file) =>
        downloadFile({
          ...{ source, file, progress, signal, pause: this.pause },
          ...this.folder.placesOfFile(key, file.path),
        }),
      );
      this.folder.complete(key, source, arrived);
    } catch (error) {
      if (!hasCode(error, 'ENOSPC', 'EDQUOT')) throw error;
      throw noRoomFor(source.uri, error);
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
