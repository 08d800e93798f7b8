import fs from 'node:fs';
import type { Logger } from 'pino';
import { folderBytes } from '../base/folder-bytes.js';
import { remove } from '../snapshot/keep.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { collect } from '../snapshot/tidy.js';
import type { Purgeable, PurgeStep } from '../workspace/types.js';
import { foldersOf } from './jobs/folders.js';
import type { Leftover } from './store/purge.js';
import type { Store } from './store/store.js';

/** Runs removed in one transaction: few enough not to block others. */
const AT_ONCE = 10;

/** Permanently removes what was deleted: from the store, job folders and repositories. */
export class Purger {
  private readonly store: Store;
  private readonly home: string;
  private readonly log: Logger;
  /** Hidden repositories that lost a snapshot. */
  private readonly untidy = new Map<string, Snapshot>();

  constructor(store: Store, home: string, log: Logger) {
    this.store = store;
    this.home = home;
    this.log = log;
  }

  /** What a purge of everything deleted by `before` (ms) would remove, and about how many bytes it frees. */
  async measure(before: number): Promise<Purgeable> {
    const { purge } = this.store;
    const runs = purge.runs(before);
    const experiments = purge.experiments(before, runs);
    const models = purge.models(before, runs, experiments);
    let bytes = purge.bytes(runs, models);
    for (const id of runs) bytes += await folderBytes(foldersOf(this.home, id).root);
    return {
      before,
      runs: runs.length,
      models: models.length,
      experiments: experiments.length,
      bytes,
      kept: purge.kept(before),
    };
  }

  /** Removes a part. An interrupted step continues with the next one, or at the next start. */
  async step(before: number): Promise<PurgeStep> {
    const { store } = this;
    let purged = await store.write(() => store.purge.takeRuns(before, AT_ONCE));
    const isLast = purged.runs < AT_ONCE;
    if (isLast) {
      const rest = await store.write(() => store.purge.takeRest(before));
      purged = {
        runs: purged.runs,
        models: purged.models + rest.models,
        experiments: rest.experiments,
        contents: [...purged.contents, ...rest.contents],
      };
    }
    const { contents, ...counts } = purged;
    let bytes = store.artifacts.release(contents);
    bytes += await this.clean();
    if (isLast) {
      bytes += await store.shrink();
      await this.tidy();
    }
    return { ...counts, bytes, done: isLast };
  }

  /** Removes files of purged runs outside the store. Failures are retried at the next start. @returns bytes */
  async clean(): Promise<number> {
    const { store, log } = this;
    const gone: string[] = [];
    let bytes = 0;
    for (const leftover of store.purge.leftovers()) {
      try {
        bytes += await this.removeOutside(leftover);
        gone.push(leftover.runId);
      } catch (error) {
        log.error({ err: error, runId: leftover.runId }, 'what a purged run left could not be removed');
      }
    }
    if (gone.length > 0) await store.write(() => store.purge.forget(gone));
    return bytes;
  }

  private async tidy(): Promise<void> {
    for (const [gitDir, snapshot] of this.untidy) {
      this.untidy.delete(gitDir);
      await collect(snapshot).catch((error: unknown) =>
        this.log.error({ err: error, gitDir }, 'a hidden repository could not be tidied'),
      );
    }
  }

  private async removeOutside({ runId, snapshot }: Leftover): Promise<number> {
    if (snapshot) await remove(snapshot);
    if (snapshot?.hidden) this.untidy.set(snapshot.gitDir, snapshot);
    const { root } = foldersOf(this.home, runId);
    const bytes = await folderBytes(root);
    await fs.promises.rm(root, { recursive: true, force: true });
    return bytes;
  }
}
