/**
 * Refs of runs that the store does not have yet. They are written down before they are made, so that a server that is
 * killed in between leaves none: `<home>/snapshots/pending/<run id>`.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import { removeRefs } from '../../snapshot/keep.js';
import type { KeptRef } from '../../snapshot/snapshot.js';
import { writeFileAtomic } from '../../base/write-file.js';

const RUN_ID = /^[0-9a-f]{32}$/;

export class PendingRefs {
  private readonly folder: string;

  constructor(home: string) {
    this.folder = path.join(home, 'snapshots', 'pending');
  }

  add(runId: string, refs: KeptRef[]): void {
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    writeFileAtomic(this.file(runId), JSON.stringify(refs));
  }

  /** The store has the run. */
  settle(runId: string): void {
    fs.rmSync(this.file(runId), { force: true });
  }

  /** The run will not be. Does nothing when it has no refs. @throws GIT_FAILED */
  async drop(runId: string): Promise<void> {
    if (!fs.existsSync(this.file(runId))) return;
    await removeRefs(JSON.parse(fs.readFileSync(this.file(runId), 'utf8')) as KeptRef[], undefined);
    this.settle(runId);
  }

  /** At the start, when no run is being taken in: removes the refs of runs that the store does not know. */
  async recover(isKnown: (runId: string) => boolean, log: Logger): Promise<void> {
    const names = fs.existsSync(this.folder) ? fs.readdirSync(this.folder) : [];
    for (const runId of names.filter((name) => RUN_ID.test(name))) {
      try {
        if (isKnown(runId)) this.settle(runId);
        else {
          await this.drop(runId);
          log.info({ runId }, 'the refs of a submit that was cut off are removed');
        }
      } catch (error) {
        log.error({ err: error, runId }, 'the refs of a submit that was cut off could not be removed');
      }
    }
  }

  private file(runId: string): string {
    return path.join(this.folder, runId);
  }
}
