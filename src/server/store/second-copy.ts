import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ifMissing } from '../../base/errors.js';
import { endOfCommits, readWal, WAL_HEADER } from './wal.js';

/** Bytes of segments after which the oldest are written into the base. */
const FOLD_AT = 16 * 1024 * 1024;
/** Bytes that must be free, besides twice the database, to start a second copy. */
const LEAST_ROOM = 256 * 1024 * 1024;
const PIECE = 1024 * 1024;

/**
 * A second copy of the database in `<store>/copy/`: `base.db`, and later writes as segments, which are copies of
 * SQLite's log. After the base was made, nothing is read from the database, so that damage to one does not affect the
 * other. The copy follows the log shortly after each commit. Before SQLite overwrites the log, all of it is here and
 * synced.
 */
export class SecondCopy {
  private readonly folder: string;
  private readonly log: string;
  private readonly report: (error: unknown) => void;
  /** The segment that the log of now goes to. */
  private segment: { handle: number; header: Buffer; bytes: number } | undefined;
  private number: number;
  private folding: Promise<void> | undefined;
  private isOn = true;

  private constructor(database: string, report: (error: unknown) => void) {
    this.folder = folderBeside(database);
    this.log = `${database}-wal`;
    this.report = report;
    this.number = Math.max(0, ...segmentsOf(this.folder).map(numberOf));
  }

  /**
   * Call before SQLite opens the database: afterwards, closing any other handle of the file would release its lock. The
   * copy is used once `take` is called.
   * @param isAnew the one that there is does not count
   */
  static prepare(database: string, isAnew: boolean): Prepared {
    const folder = folderBeside(database);
    if (!isAnew && fs.existsSync(baseOf(folder)))
      return { take: (report) => new SecondCopy(database, report), drop };
    const bytes = fs.statSync(database, { throwIfNoEntry: false })?.size ?? 0;
    const { bavail, bsize } = fs.statfsSync(path.dirname(database));
    if (bavail * bsize < LEAST_ROOM + 2 * bytes) return { take: () => undefined, drop };
    const part = `${database}.${randomUUID()}`;
    if (bytes > 0) fs.copyFileSync(database, part, fs.constants.COPYFILE_FICLONE);
    else fs.writeFileSync(part, '', { mode: 0o600 });
    return {
      take(report) {
        fs.rmSync(folder, { recursive: true, force: true });
        fs.mkdirSync(folder, { mode: 0o700 });
        fs.renameSync(part, baseOf(folder));
        return new SecondCopy(database, report);
      },
      drop: () => fs.rmSync(part, { force: true }),
    };
  }

  /** Copies what was added to the log since the last call. */
  follow(): void {
    if (!this.isOn) return;
    try {
      this.read();
    } catch (error) {
      this.giveUp(error);
    }
  }

  /** Call before SQLite restarts its log. */
  endSegment(): void {
    this.follow();
    if (!this.segment) return;
    try {
      fs.fsyncSync(this.segment.handle);
      fs.closeSync(this.segment.handle);
      this.segment = undefined;
      this.folding ??= this.fold().finally(() => (this.folding = undefined));
    } catch (error) {
      this.giveUp(error);
    }
  }

  /** Resolves when nothing is written any more. */
  async close(): Promise<void> {
    await this.folding;
    if (this.segment) fs.closeSync(this.segment.handle);
    this.segment = undefined;
    this.isOn = false;
  }

  private read(): void {
    if (!fs.existsSync(this.log)) return;
    const log = fs.openSync(this.log, 'r');
    try {
      const header = Buffer.alloc(WAL_HEADER);
      if (fs.readSync(log, header, 0, WAL_HEADER, 0) < WAL_HEADER) return;
      const segment = this.segmentOf(header);
      // What follows the last commit, such as what a killed server left there, is overwritten in place later.
      const end = endOfCommits(log, header, segment.bytes);
      const piece = Buffer.alloc(Math.min(PIECE, end - segment.bytes));
      while (segment.bytes < end) {
        const read = fs.readSync(log, piece, 0, Math.min(piece.length, end - segment.bytes), segment.bytes);
        if (read === 0) throw new Error('The log of the database became shorter while it was copied.');
        fs.writeSync(segment.handle, piece, 0, read, segment.bytes);
        segment.bytes += read;
      }
    } finally {
      fs.closeSync(log);
    }
  }

  private segmentOf(header: Buffer): { handle: number; header: Buffer; bytes: number } {
    if (this.segment?.header.equals(header)) return this.segment;
    if (this.segment) throw new Error('The log of the database was restarted before it was copied.');
    // An earlier server may have started it, and a power loss may have damaged it.
    const last = segmentOf(this.folder, this.number);
    if (!fs.existsSync(last) || !headerOf(last).equals(header)) this.number++;
    const handle = fs.openSync(segmentOf(this.folder, this.number), 'w', 0o600);
    return (this.segment = { handle, header, bytes: 0 });
  }

  /** Writes the oldest segments into the base until few are left. If interrupted, it is repeated. */
  private async fold(): Promise<void> {
    try {
      const segments = segmentsOf(this.folder);
      const sizes = segments.map((file) => fs.statSync(file).size);
      let bytes = sizes.reduce((sum, size) => sum + size, 0);
      if (bytes < FOLD_AT) return;
      for (const [i, file] of segments.entries()) {
        if (bytes < FOLD_AT / 2 || numberOf(file) === this.number) return;
        await foldInto(baseOf(this.folder), file);
        await fs.promises.rm(file);
        bytes -= sizes[i] as number;
      }
    } catch (error) {
      this.giveUp(error);
    }
  }

  /**
   * A copy with a gap is useless. It is removed, which may free the space that the database needs. The next start makes
   * a new one.
   */
  private giveUp(error: unknown): void {
    this.report(error);
    this.isOn = false;
    if (this.segment) fs.closeSync(this.segment.handle);
    this.segment = undefined;
    fs.rmSync(baseOf(this.folder), { force: true });
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Prepared {
  /** undefined: there is no room for one. */
  take(report: (error: unknown) => void): SecondCopy | undefined;
  drop(): void;
}

const drop = () => undefined;

const folderBeside = (database: string) => path.join(path.dirname(database), 'copy');
const baseOf = (folder: string) => path.join(folder, 'base.db');
const segmentOf = (folder: string, number: number) =>
  path.join(folder, `${`${number}`.padStart(9, '0')}.wal`);
const numberOf = (file: string) => parseInt(path.basename(file), 10);

/** Oldest first. */
function segmentsOf(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder).filter((name) => /^\d{9}\.wal$/.test(name));
  return names.sort().map((name) => path.join(folder, name));
}

function headerOf(file: string): Buffer {
  const handle = fs.openSync(file, 'r');
  try {
    const header = Buffer.alloc(WAL_HEADER);
    return header.subarray(0, fs.readSync(handle, header, 0, WAL_HEADER, 0));
  } finally {
    fs.closeSync(handle);
  }
}

async function foldInto(base: string, segment: string): Promise<void> {
  const bytes = await fs.promises.readFile(segment);
  const wal = readWal(bytes);
  if (!wal || wal.end !== bytes.length) throw new Error(`${segment} is damaged.`);
  const handle = await fs.promises.open(base, 'r+');
  try {
    for (const [number, page] of wal.pages)
      await handle.write(page, 0, page.length, (number - 1) * wal.pageSize);
    await handle.truncate(wal.pageCount * wal.pageSize);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether the store has a second copy. */
export function hasCopy(database: string): boolean {
  return fs.existsSync(baseOf(folderBeside(database)));
}

/** The number of segments, to search for the last intact state by leaving some out at the end. */
export function segmentCount(database: string): number {
  return segmentsOf(folderBeside(database)).length;
}

/**
 * Writes the database from the copy.
 * @param segments how many of them, from the oldest
 * @param log SQLite's own log, when it goes on from there
 */
export function writeCopy(database: string, target: string, segments = Infinity, log?: Buffer): void {
  const folder = folderBeside(database);
  fs.copyFileSync(baseOf(folder), target, fs.constants.COPYFILE_FICLONE);
  const handle = fs.openSync(target, 'r+');
  try {
    const files = segmentsOf(folder).slice(0, segments);
    for (const bytes of [...files.map((file) => fs.readFileSync(file)), ...(log ? [log] : [])]) {
      const wal = readWal(bytes);
      if (!wal || wal.pageCount === 0) continue;
      for (const [number, page] of wal.pages)
        fs.writeSync(handle, page, 0, page.length, (number - 1) * wal.pageSize);
      fs.ftruncateSync(handle, wal.pageCount * wal.pageSize);
    }
  } finally {
    fs.closeSync(handle);
  }
}

export interface Comparison {
  /** How many pages differ. */
  differing: number;
  /** Another program has written to the database; SQLite counts changes in its first page. */
  isWritten: boolean;
}

/** Where SQLite counts changes. */
const COUNTER = [24, 28] as const;

/**
 * Compares database and copy page by page, ignoring SQLite's log, which is newer than both.
 * @param upTo the last page (from 1) that is looked at
 */
export function compareWithCopy(database: string, upTo = Infinity): Comparison {
  const folder = folderBeside(database);
  const bytes = readLog(database);
  const log = bytes && readWal(bytes);
  const newer = new Map<number, Buffer>();
  let pageSize = 4096;
  let pageCount: number | undefined;
  for (const file of segmentsOf(folder)) {
    const wal = readWal(fs.readFileSync(file));
    if (!wal || wal.pageCount === 0) continue;
    for (const [number, page] of wal.pages) newer.set(number, page);
    ({ pageSize, pageCount } = wal);
  }
  const [ours, base] = [fs.openSync(database, 'r'), fs.openSync(baseOf(folder), 'r')];
  try {
    const held = Math.ceil(fs.fstatSync(ours).size / pageSize);
    const count = pageCount ?? Math.ceil(fs.fstatSync(base).size / pageSize);
    const found: Comparison = { differing: 0, isWritten: false };
    const [a, b] = [Buffer.alloc(pageSize), Buffer.alloc(pageSize)];
    for (let number = 1; number <= Math.min(upTo, Math.max(held, count)); number++) {
      if (log && (log.pages.has(number) || (log.pageCount > 0 && number > log.pageCount))) continue;
      readPage(ours, number, a);
      const copied = newer.get(number);
      if (!copied) readPage(base, number, b);
      const other = copied ?? b;
      if (a.equals(other)) continue;
      found.differing++;
      if (number === 1) found.isWritten = !a.subarray(...COUNTER).equals(other.subarray(...COUNTER));
    }
    return found;
  } finally {
    for (const handle of [ours, base]) fs.closeSync(handle);
  }
}

function readPage(handle: number, number: number, into: Buffer): void {
  const read = fs.readSync(handle, into, 0, into.length, (number - 1) * into.length);
  into.fill(0, read);
}

/** SQLite's log of a database, unchanged. */
export function readLog(database: string): Buffer | undefined {
  try {
    return fs.readFileSync(`${database}-wal`);
  } catch (error) {
    return ifMissing(error);
  }
}
