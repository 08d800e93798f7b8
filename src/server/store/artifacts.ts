import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { hasCode, ifMissing, TrainyardError } from '../../base/errors.js';
import { mapBounded } from '../../base/map-bounded.js';
import { checkArtifactPath } from './artifact-path.js';
import { corrupt } from './damage.js';
import { hashes, moveInto, objectFile, Trash } from './objects.js';
import { type Content, receive } from './receive.js';
import { type Database, storeFull } from './sql.js';
import type { StoreChange } from './store.js';
import { touchRun } from './touch-run.js';

export interface ArtifactEntry {
  /** Base name. */
  name: string;
  isFolder: boolean;
  bytes: number;
  /** undefined: a folder */
  sha256?: string;
}

/** A file on disk, and the path that it is to have. */
export type FileToKeep = { path: string } & ({ file: string } | { content: Uint8Array });

export interface LostFile {
  path: string;
  error: unknown;
}

/** Files listed in one transaction: few enough not to block others. */
const BATCH = 256;
/** Files written concurrently, so that their syncs are combined. */
const AT_ONCE = 16;
/** Bytes of a file that is read in one go. */
const READ_WHOLE = 1024 * 1024;

const BELOW = 'owner = ? AND path > ? AND path < ?';
/** Its values. `0` is the character after `/`, so that the range is the prefix; SQLite sorts any text before any blob. */
const range = (owner: string, folder: string): [string, string, string | Uint8Array] =>
  folder === '' ? [owner, '', new Uint8Array()] : [owner, `${folder}/`, `${folder}0`];

/**
 * Files by owner (`runs/<run id>` or `models/<model id>`) and path; contents stored once by SHA-256 under
 * `<store>/objects/ab/cdef…`. Paths are relative, `/`-separated, checked: no `..`, no empty or absolute parts.
 */
export class Artifacts {
  private readonly db: Database;
  private readonly folder: string;
  private readonly temporary: string;
  private readonly touch: (change: StoreChange) => void;
  private readonly write: <T>(change: () => T) => Promise<T>;
  /** Contents about to get a row. They are not garbage although no row refers to them yet. */
  private readonly arriving = new Map<string, number>();
  private readonly removals = new Set<Promise<void>>();

  constructor(
    db: Database,
    folder: string,
    touch: (change: StoreChange) => void,
    write: <T>(change: () => T) => Promise<T>,
  ) {
    this.db = db;
    this.touch = touch;
    this.write = write;
    this.folder = folder;
    this.temporary = path.join(folder, 'tmp');
    // Interrupted uploads; they were never acknowledged.
    fs.rmSync(this.temporary, { recursive: true, force: true });
    fs.mkdirSync(this.temporary, { mode: 0o700 });
  }

  /** Streams to a temporary file while hashing, then renames, then lists it. Overwrites. @throws BAD_REQUEST | STORE_FULL */
  async put(owner: string, name: string, content: AsyncIterable<Uint8Array> | Uint8Array): Promise<Content> {
    checkArtifactPath(name);
    this.requireFree(owner, name);
    const arrived = await this.receiveContent(content instanceof Uint8Array ? [content] : content);
    try {
      const before = await this.write(() => {
        const replaced = this.listContent(owner, name, arrived);
        this.changed(owner);
        return replaced;
      });
      if (before !== undefined) this.collect([before]);
    } finally {
      this.unpin(arrived);
    }
    return arrived;
  }

  /**
   * Takes copies of files, a batch at a time: the contents are written and synced several at once, and one
   * change lists those of the batch. A file that fails does not hinder the others. May be done again: a file replaces itself.
   * @param listed called inside the change of each batch with how many files are dealt with so far
   * @returns the files that could not be kept, and why
   */
  async putFiles(
    owner: string,
    files: readonly FileToKeep[],
    listed: (done: number) => void = () => undefined,
  ): Promise<LostFile[]> {
    const lost: LostFile[] = [];
    for (let at = 0; at < files.length; at += BATCH) {
      const batch = files.slice(at, at + BATCH);
      const arrived = await mapBounded(batch, AT_ONCE, (file) => this.receiveFile(owner, file));
      try {
        const { replaced, refused } = await this.write(() => {
          const entered = this.listBatch(owner, batch, arrived);
          listed(at + batch.length);
          return entered;
        });
        lost.push(...refused);
        this.collect(replaced);
      } catch (error) {
        lost.push(...batch.map(({ path: name }) => ({ path: name, error })));
      } finally {
        for (const one of arrived) if ('sha256' in one) this.unpin(one);
      }
    }
    return lost;
  }

  private async receiveFile(
    owner: string,
    { path: name, ...from }: FileToKeep,
  ): Promise<Content | { error: unknown }> {
    try {
      checkArtifactPath(name);
      this.requireFree(owner, name);
      if ('content' in from) return await this.receiveContent([from.content]);
      const { file } = from;
      const { size } = await fs.promises.stat(file);
      return await this.receiveContent(
        size < READ_WHOLE ? [await fs.promises.readFile(file)] : fs.createReadStream(file),
      );
    } catch (error) {
      return { error };
    }
  }

  /** Lists what arrived of a batch, in its order. For use inside a change. */
  private listBatch(
    owner: string,
    batch: readonly FileToKeep[],
    arrived: readonly (Content | { error: unknown })[],
  ): { replaced: string[]; refused: LostFile[] } {
    const replaced: string[] = [];
    const refused: LostFile[] = [];
    for (const [i, { path: name }] of batch.entries()) {
      const one = arrived[i] as Content | { error: unknown };
      if ('error' in one) {
        refused.push({ path: name, error: one.error });
        continue;
      }
      try {
        const before = this.listContent(owner, name, one);
        if (before !== undefined) replaced.push(before);
      } catch (error) {
        if (!TrainyardError.is(error)) throw error;
        refused.push({ path: name, error });
      }
    }
    this.changed(owner);
    return { replaced, refused };
  }

  /** Moves a content to its place on the disk. Until released, it is kept although no row refers to it. */
  private async receiveContent(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Content> {
    const file = path.join(this.temporary, randomUUID());
    try {
      const received = await receive(content, file);
      // No await from here to the return: the caller must release it.
      moveInto(this.object(received.sha256), file);
      this.arriving.set(received.sha256, (this.arriving.get(received.sha256) ?? 0) + 1);
      return received;
    } catch (error) {
      await fs.promises.rm(file, { force: true });
      throw hasCode(error, 'ENOSPC', 'EDQUOT') ? storeFull(error) : error;
    }
  }

  private unpin({ sha256 }: Content): void {
    const left = (this.arriving.get(sha256) ?? 1) - 1;
    if (left > 0) this.arriving.set(sha256, left);
    else this.arriving.delete(sha256);
  }

  /** Lists a content under a path. For use inside a change. @returns the other content that was there before */
  private listContent(owner: string, name: string, { sha256, bytes }: Content): string | undefined {
    const replaced = this.row(owner, name)?.sha256;
    if (replaced === undefined) this.requireFree(owner, name);
    this.db.run(
      `INSERT INTO artifacts VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       sha256 = excluded.sha256, bytes = excluded.bytes, stored_at = excluded.stored_at`,
      owner,
      name,
      sha256,
      bytes,
      Date.now(),
    );
    return replaced === sha256 ? undefined : replaced;
  }

  /** Takes a copy of a file on disk. */
  putFile(owner: string, name: string, file: string): Promise<Content> {
    return this.put(owner, name, fs.createReadStream(file));
  }

  /** undefined: no such file, or a folder. */
  stat(owner: string, name: string): (Content & { file: string }) | undefined {
    const row = this.row(owner, name);
    return row && { sha256: row.sha256, bytes: row.bytes, file: this.object(row.sha256) };
  }

  isFolder(owner: string, name: string): boolean {
    return this.db.get(`SELECT 1 FROM artifacts WHERE ${BELOW} LIMIT 1`, ...range(owner, name)) !== undefined;
  }

  /** Children of `folder` ('' is the root), by name; empty when there are none. */
  list(owner: string, folder: string): ArtifactEntry[] {
    const start = folder === '' ? 0 : folder.length + 1;
    const entries = new Map<string, ArtifactEntry>();
    for (const { path: found, bytes, sha256 } of this.below(owner, folder)) {
      const [name = '', ...rest] = found.slice(start).split('/');
      const isFolder = rest.length > 0;
      if (!entries.has(name))
        entries.set(name, isFolder ? { name, isFolder, bytes: 0 } : { name, isFolder, bytes, sha256 });
    }
    return [...entries.values()];
  }

  /** Removes a file, or a folder with everything below it. @returns the number of files removed */
  async delete(owner: string, name: string): Promise<number> {
    const gone = await this.write(() => {
      const rows = this.below(owner, name);
      const row = name === '' ? undefined : this.row(owner, name);
      if (row) rows.push(row);
      for (const { path: found } of rows)
        this.db.run('DELETE FROM artifacts WHERE owner = ? AND path = ?', owner, found);
      if (rows.length > 0) this.changed(owner);
      return rows.map(({ sha256 }) => sha256);
    });
    this.collect(gone);
    return gone.length;
  }

  /** For use inside Store.write. A file that is there by the new name is replaced. @throws BAD_REQUEST */
  rename(owner: string, name: string, to: string): void {
    const row = this.row(owner, name);
    if (!row || name === to) return;
    this.requireFree(owner, checkArtifactPath(to));
    this.db.run('UPDATE OR REPLACE artifacts SET path = ? WHERE owner = ? AND path = ?', to, owner, name);
    this.changed(owner);
  }

  /** Unlists all files of these owners. For use inside a change. @returns their contents, to be released afterwards */
  unlist(owners: readonly string[]): string[] {
    const listed = JSON.stringify(owners);
    const of = 'FROM artifacts WHERE owner IN (SELECT value FROM json_each(?))';
    const contents = this.db.all<{ sha256: string }>(`SELECT DISTINCT sha256 ${of}`, listed);
    this.db.run(`DELETE ${of}`, listed);
    return contents.map(({ sha256 }) => sha256);
  }

  /** Removes the contents that no row refers to. @returns their bytes */
  release(contents: readonly string[]): number {
    const sizes = contents.map((sha256): [string, number] => {
      const file = this.object(sha256);
      return [file, fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0];
    });
    this.collect(contents);
    return sizes.reduce((sum, [file, size]) => (fs.existsSync(file) ? sum : sum + size), 0);
  }

  /** Bytes of the contents that only these owners have. */
  bytesOnlyOf(owners: readonly string[]): number {
    const query = `WITH gone (owner) AS (SELECT value FROM json_each(?))
      SELECT sum(bytes) AS bytes FROM (
        SELECT DISTINCT sha256, bytes FROM artifacts a WHERE owner IN gone AND NOT EXISTS (
          SELECT 1 FROM artifacts o WHERE o.sha256 = a.sha256 AND o.owner NOT IN gone))`;
    return this.db.get<{ bytes: number | null }>(query, JSON.stringify(owners))?.bytes ?? 0;
  }

  /** Bytes of the contents, each counted once. */
  bytes(): number {
    return (
      this.db.get<{ bytes: number | null }>(
        'SELECT sum(bytes) AS bytes FROM (SELECT DISTINCT sha256, bytes FROM artifacts)',
      )?.bytes ?? 0
    );
  }

  /**
   * Moves contents that no row refers to, as a killed server may leave, to the trash. They are only removed after a
   * month, so that an incomplete database never costs a file. Works one folder at a time, so that nobody waits for it.
   * @returns the contents that rows refer to but are missing; undefined if interrupted
   * @throws STORE_CORRUPT when the list of files is damaged
   */
  async sweep(signal: AbortSignal): Promise<string[] | undefined> {
    const found = this.db.get<{ integrity_check: string }>(
      'PRAGMA integrity_check(artifacts)',
    )?.integrity_check;
    if (found !== 'ok') throw corrupt(`The list of files in ${this.db.file} is damaged: ${found}.`);
    const trash = new Trash(this.folder);
    for await (const names of hashes(this.folder)) {
      if (signal.aborted) return undefined;
      for (const sha256 of names) if (this.isGarbage(sha256)) trash.throwAway(sha256);
    }
    trash.restore((sha256) => this.isNamed(sha256));
    await trash.empty();
    return this.missing();
  }

  /** Contents that rows refer to but are missing. */
  missing(): string[] {
    return this.db
      .all<{ sha256: string }>('SELECT DISTINCT sha256 FROM artifacts')
      .map(({ sha256 }) => sha256)
      .filter((sha256) => !fs.existsSync(this.object(sha256)));
  }

  isNamed(sha256: string): boolean {
    return this.db.get('SELECT 1 FROM artifacts WHERE sha256 = ? LIMIT 1', sha256) !== undefined;
  }

  /** Registers a content that is already among the objects. */
  async adopt(owner: string, name: string, sha256: string): Promise<void> {
    checkArtifactPath(name);
    const { size } = fs.statSync(this.object(sha256));
    await this.write(() => {
      this.listContent(owner, name, { sha256, bytes: size });
      this.changed(owner);
    });
  }

  private collect(contents: readonly string[]): void {
    // No await between check and rename, so that a concurrent put of the same content is seen by one of them.
    for (const sha256 of contents) if (this.isGarbage(sha256)) this.remove(this.object(sha256));
  }

  private isGarbage(sha256: string): boolean {
    return !this.arriving.has(sha256) && !this.isNamed(sha256);
  }

  /** Removing a file of gigabytes takes half a second; nobody waits for that. */
  private remove(object: string): void {
    const file = path.join(this.temporary, randomUUID());
    try {
      fs.renameSync(object, file);
    } catch (error) {
      return ifMissing(error);
    }
    const removal = fs.promises
      .rm(file, { force: true })
      // It is gone from the store, and what is left of it goes at the next start.
      .catch(() => undefined)
      .finally(() => this.removals.delete(removal));
    this.removals.add(removal);
  }

  /** Resolves when the removed files are off the disk. */
  async settled(): Promise<void> {
    await Promise.all(this.removals);
  }

  private requireFree(owner: string, name: string): void {
    if (this.isFolder(owner, name))
      throw new TrainyardError('BAD_REQUEST', `Invalid path: ${name} is a folder of this run.`);
    const parts = name.split('/');
    for (let n = 1; n < parts.length; n++) {
      const parent = parts.slice(0, n).join('/');
      if (this.row(owner, parent))
        throw new TrainyardError(
          'BAD_REQUEST',
          `Invalid path: ${parent} is a file, so nothing can be below it.`,
        );
    }
  }

  private row(owner: string, name: string): { path: string; sha256: string; bytes: number } | undefined {
    return this.db.get('SELECT path, sha256, bytes FROM artifacts WHERE owner = ? AND path = ?', owner, name);
  }

  /** Files below a folder, by path. */
  private below(owner: string, folder: string): { path: string; sha256: string; bytes: number }[] {
    return this.db.all(
      `SELECT path, sha256, bytes FROM artifacts WHERE ${BELOW} ORDER BY path`,
      ...range(owner, folder),
    );
  }

  private object(sha256: string): string {
    return objectFile(this.folder, sha256);
  }

  private changed(owner: string): void {
    const [kind, id] = owner.split('/');
    if (kind === 'runs' && id !== undefined) touchRun(this.db, this.touch, id, 'files');
  }
}
