/** Checkouts that are kept for each repository, so that the next job finds nearly all of its files there. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Logger } from 'pino';
import { hasCode, TrainyardError } from '../../../base/errors.js';
import { within } from '../../../base/within.js';
import { folderKey } from '../../../snapshot/locate.js';
import { bringTo, type Mirror, moveStrays } from '../../../snapshot/mirror.js';
import type { Snapshot } from '../../../snapshot/snapshot.js';
import { processesOf } from '../proc.js';
import { mountedBelow } from './mounts.js';
import { madeAround } from './surroundings.js';

/** A folder for the code of one job at a time: `<home>/checkouts/<key of the repository>/<number>`. */
export interface Slot extends Mirror {
  /** Everything below is in it. */
  slot: string;
  /** Where the folder of the person stands for a job that has the checkout in that folder's own place. */
  person: string;
  /** A git folder for the script. */
  privateGit: string;
  /** Folders that stand for those around the person's folder lie in it, the checkout with them. */
  tree: string;
}

/** Its presence says that there is nothing in the checkout but the code of some snapshot. */
const READY = 'ready';
/** Names the job that has it. */
const JOB = 'job';
/** Kept for the jobs of one repository that run at once. */
const MOST_OF_ONE = 2;
const MOST = 10;
/** Milliseconds after the end of a job in which nothing is removed. */
const REST = 10_000;
const OLDEST = 30 * 24 * 60 * 60_000;

export class Slots {
  private readonly root: string;
  private readonly trash: string;
  private readonly log: Logger;
  /** By job. */
  private readonly taken = new Map<string, string>();
  /** Those that are being tidied. */
  private readonly tidying = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(home: string, log: Logger) {
    this.root = path.join(home, 'checkouts');
    this.trash = path.join(this.root, 'trash');
    this.log = log;
  }

  /**
   * Takes up where a server before this one ended.
   * @param isNeeded whether a job still runs in its checkout, or has left something there
   */
  recover(isNeeded: (runId: string) => boolean): void {
    for (const slot of this.all()) {
      const runId = readIfThere(path.join(slot, JOB));
      if (runId && isNeeded(runId)) this.taken.set(runId, slot);
      // Half written, or half tidied; a git of the server before may even be at work there.
      else if (!fs.existsSync(path.join(slot, READY))) this.discard(slot);
    }
    this.emptyTrashLater();
  }

  /** A slot for the job; one that another job of the repository had before, when there is one. */
  async take(runId: string, root: string): Promise<Slot> {
    const folder = path.join(this.root, folderKey(root));
    const free = subfolders(folder).filter((slot) => !this.isTaken(slot));
    return this.give(runId, root, free.find((one) => !this.tidying.has(one)) ?? free[0] ?? this.next(folder));
  }

  private async give(runId: string, root: string, slot: string): Promise<Slot> {
    this.taken.set(runId, slot);
    // What takes a moment is to be waited for: a new checkout takes longer.
    await this.tidying.get(slot);
    const found = layout(slot, root);
    for (const made of [found.git, found.folder, found.person])
      fs.mkdirSync(made, { recursive: true, mode: 0o700 });
    fs.rmSync(path.join(slot, READY), { force: true });
    fs.writeFileSync(path.join(slot, JOB), runId, { mode: 0o600 });
    return found;
  }

  /** Of a slot in doubt: the job has an empty one instead. */
  async renew(runId: string, root: string, { slot }: Slot): Promise<Slot> {
    this.discard(slot);
    return this.give(runId, root, slot);
  }

  /** undefined: the job has none, or it is gone. */
  of(runId: string, root: string): Slot | undefined {
    const slot = this.taken.get(runId);
    return slot !== undefined && fs.existsSync(slot) ? layout(slot, root) : undefined;
  }

  /** The job needs it no more. What is to be done takes its time after this. */
  release(runId: string, root: string): void {
    const found = this.of(runId, root);
    this.taken.delete(runId);
    if (!found) return;
    const { slot } = found;
    const tidy = async (): Promise<void> => {
      // One that got away may still write there.
      if (processesOf(runId).length > 0) throw new Error('a process of the job is left');
      const away = path.join(this.trash, randomUUID());
      await moveStrays(found, away, mtimeOf(path.join(slot, JOB)));
      for (const [i, { at }] of madeAround(found, root).entries())
        fs.renameSync(at, path.join(away, `around${i}`));
      fs.writeFileSync(path.join(slot, READY), '', { mode: 0o600 });
    };
    const tidied = tidy()
      .catch((error: unknown) => {
        this.log.info({ err: error, slot, runId }, 'a checkout is not kept');
        this.discard(slot);
      })
      .finally(() => {
        this.tidying.delete(slot);
        this.evict();
        this.emptyTrashLater();
      });
    this.tidying.set(slot, tidied);
  }

  /** Resolves when every slot that was released is as it should be. */
  async settled(): Promise<void> {
    await Promise.all(this.tidying.values());
    clearTimeout(this.timer);
  }

  private isTaken(slot: string): boolean {
    return [...this.taken.values()].includes(slot);
  }

  private next(folder: string): string {
    for (let n = 1; ; n++) {
      const slot = path.join(folder, String(n));
      if (!fs.existsSync(slot) && !this.isTaken(slot)) return slot;
    }
  }

  private all(): string[] {
    return subfolders(this.root)
      .filter((folder) => folder !== this.trash)
      .flatMap(subfolders);
  }

  /** Those that were used last stay. */
  private evict(): void {
    const idle = this.all().filter((slot) => !this.isTaken(slot) && !this.tidying.has(slot));
    const used = new Map(idle.map((slot) => [slot, mtimeOf(path.join(slot, READY))]));
    idle.sort((a, b) => (used.get(b) ?? 0) - (used.get(a) ?? 0));
    const ofOne = new Map<string, number>();
    for (const [i, slot] of idle.entries()) {
      const key = path.dirname(slot);
      const count = (ofOne.get(key) ?? 0) + 1;
      ofOne.set(key, count);
      const old = Date.now() - (used.get(slot) ?? 0) > OLDEST;
      if (i >= MOST || count > MOST_OF_ONE || old) this.discard(slot);
    }
  }

  /** It is out of the way at once. */
  private discard(slot: string): void {
    fs.mkdirSync(this.trash, { recursive: true, mode: 0o700 });
    try {
      fs.renameSync(slot, path.join(this.trash, randomUUID()));
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }

  /** When no job has ended for a while: the disk is for the jobs. */
  private emptyTrashLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.emptyTrash(), REST).unref();
  }

  private async emptyTrash(): Promise<void> {
    for (const folder of subfolders(this.trash))
      try {
        // A server that was started by a job sees what is mounted for that: there the person's folder would be removed.
        if (mountedBelow(this.root)) return;
        await removeFolder(folder);
      } catch (error) {
        this.log.warn({ err: error, folder }, 'an old checkout could not be removed');
      }
  }
}

/** The code of a job, in a slot for it. A checkout of which anything is wrong is made anew. @throws NOT_FOUND | GIT_FAILED */
export async function checkedOut(slots: Slots, runId: string, snapshot: Snapshot): Promise<Slot> {
  const slot = await slots.take(runId, snapshot.root);
  try {
    await bringTo(slot, snapshot);
    return slot;
  } catch (error) {
    if (TrainyardError.is(error, 'NOT_FOUND')) throw error;
    const fresh = await slots.renew(runId, snapshot.root, slot);
    await bringTo(fresh, snapshot);
    return fresh;
  }
}

function layout(slot: string, root: string): Slot {
  const tree = path.join(slot, 'tree');
  const person = path.join(slot, 'person');
  const privateGit = path.join(slot, 'script.git');
  return {
    slot,
    tree,
    person,
    privateGit,
    folder: path.join(tree, placeIn(root)),
    git: path.join(slot, 'git'),
  };
}

/** An absolute path as one from a folder that stands for all disks. */
export function placeIn(absolute: string): string {
  const { root } = path.parse(absolute);
  const disk = root.replace(/[\\/:?*]+/g, '_').replace(/^_+|_+$/g, '');
  return path.join(disk, path.relative(root, absolute));
}

/** The person's folder of a checkout below `home`; undefined when it is none of ours. */
export function rootOf(home: string, checkout: string): string | undefined {
  const inside = within(path.join(fs.realpathSync(home), 'checkouts'), checkout);
  const [, , , ...parts] = inside?.split(path.sep) ?? [];
  if (parts.length === 0) return undefined;
  const disk = process.platform === 'win32' ? `${parts.shift()}:` : '';
  return [disk, ...parts].join(path.sep);
}

function subfolders(folder: string): string[] {
  try {
    const entries = fs.readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function readIfThere(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

function mtimeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Also with folders in it that a job closed to itself. */
async function removeFolder(folder: string): Promise<void> {
  try {
    await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 2 });
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM', 'ENOTEMPTY')) throw error;
    await openAll(folder);
    await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 2 });
  }
}

async function openAll(folder: string): Promise<void> {
  await fs.promises.chmod(folder, 0o700);
  for (const entry of await fs.promises.readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await openAll(path.join(folder, entry.name));
}
