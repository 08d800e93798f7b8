import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../../base/errors.js';
import { writeFileAtomic } from '../../base/write-file.js';

/** The contents of files by SHA-256 in `<store>/objects/ab/cdef…`, and removed ones in `<store>/trash/`. */

/** Milliseconds that unreferenced contents stay in the trash. */
const KEPT = 30 * 24 * 60 * 60_000;

const SHA256 = /^[0-9a-f]{64}$/;
/** Of the store that the objects are of. */
const IDENTITY = 'identity';

const rootOf = (folder: string) => path.join(folder, 'objects');
const trashOf = (folder: string) => path.join(folder, 'trash');

export function objectFile(folder: string, sha256: string): string {
  return path.join(rootOf(folder), sha256.slice(0, 2), sha256.slice(2));
}

/** Their store, and whether there are any. */
export function objectsIn(folder: string): { identity?: string; some: boolean } {
  const root = rootOf(folder);
  const file = path.join(root, IDENTITY);
  const identity = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : '';
  return {
    ...(identity !== '' && { identity }),
    some: foldersIn(root).some((name) => hashesIn(root, name).length > 0),
  };
}

/** Writes the identity of the store to the objects. */
export function signObjects(folder: string, identity: string): void {
  fs.mkdirSync(rootOf(folder), { recursive: true, mode: 0o700 });
  if (objectsIn(folder).identity !== identity)
    writeFileAtomic(path.join(rootOf(folder), IDENTITY), `${identity}\n`);
}

/** The hashes of the objects, a folder at a time. */
export async function* hashes(folder: string): AsyncGenerator<string[]> {
  const root = rootOf(folder);
  for (const name of foldersIn(root)) {
    yield hashesIn(root, name);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function foldersIn(root: string): string[] {
  if (!fs.existsSync(root)) return [];
  return fs.readdirSync(root).filter((name) => /^[0-9a-f]{2}$/.test(name));
}

function hashesIn(root: string, name: string): string[] {
  return fs
    .readdirSync(path.join(root, name))
    .map((rest) => name + rest)
    .filter((hash) => SHA256.test(hash));
}

/** There are at most 256 folders, so it nearly always exists. */
export function moveInto(object: string, file: string): void {
  try {
    fs.renameSync(file, object);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    fs.mkdirSync(path.dirname(object), { recursive: true, mode: 0o700 });
    fs.renameSync(file, object);
  }
}

/** Removed contents and when they were removed: `<store>/trash/<ms since the epoch>-<SHA-256>`. */
export class Trash {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  throwAway(sha256: string, now = Date.now()): void {
    const object = objectFile(this.folder, sha256);
    if (fs.existsSync(object)) moveInto(path.join(trashOf(this.folder), `${now}-${sha256}`), object);
  }

  all(): { sha256: string; thrownAt: number; file: string }[] {
    const folder = trashOf(this.folder);
    if (!fs.existsSync(folder)) return [];
    return fs.readdirSync(folder).flatMap((name) => {
      const [, at, sha256] = /^(\d+)-([0-9a-f]{64})$/.exec(name) ?? [];
      if (at === undefined || sha256 === undefined) return [];
      return [{ sha256, thrownAt: Number(at), file: path.join(folder, name) }];
    });
  }

  /** Restores contents that are referenced after all. */
  restore(isNamed: (sha256: string) => boolean): void {
    for (const { sha256, file } of this.all()) {
      const object = objectFile(this.folder, sha256);
      if (isNamed(sha256) && !fs.existsSync(object)) moveInto(object, file);
    }
  }

  /** Permanently removes what has been here for thirty days. */
  async empty(now = Date.now()): Promise<void> {
    for (const { thrownAt, file } of this.all())
      if (now - thrownAt > KEPT) await fs.promises.rm(file, { force: true });
  }
}

/** SHA-256 of a file. */
export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of fs.createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
