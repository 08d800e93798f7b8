import fs from 'node:fs';

/** Reads SQLite's write-ahead log without SQLite (https://sqlite.org/fileformat2.html#walformat). */

export const WAL_HEADER = 32;
const FRAME_HEADER = 24;
/** The last bit says in which order the words are summed: 0 is little-endian. */
const MAGIC = 0x377f0682;

export interface Wal {
  pageSize: number;
  /** The bytes of each page (from 1) after the last commit. */
  pages: Map<number, Buffer>;
  /** The number of pages of the database after the last commit; 0 if there was none. */
  pageCount: number;
  /** Bytes up to the end of the last commit. What comes after it, SQLite does not read either. */
  end: number;
}

/**
 * Where the last commit of an open log ends, in bytes. Checksums are not checked: frames that were never committed have
 * no mark of a commit.
 * @param from 0, or where a commit ends
 */
export function endOfCommits(log: number, header: Buffer, from: number): number {
  const size = FRAME_HEADER + header.readUInt32BE(8);
  const salts = header.subarray(16, 24);
  const head = Buffer.alloc(FRAME_HEADER);
  let end = Math.max(from, WAL_HEADER);
  const { size: bytes } = fs.fstatSync(log);
  for (let at = end; at + size <= bytes; at += size) {
    fs.readSync(log, head, 0, FRAME_HEADER, at);
    if (!salts.equals(head.subarray(8, 16))) break;
    if (head.readUInt32BE(4) !== 0) end = at + size;
  }
  return end;
}

/** The commits of a log up to the first invalid byte. undefined: its header is invalid. */
export function readWal(bytes: Buffer): Wal | undefined {
  if (bytes.length < WAL_HEADER || (bytes.readUInt32BE(0) & ~1) >>> 0 !== MAGIC) return undefined;
  const isLittle = (bytes.readUInt32BE(0) & 1) === 0;
  let sum = checksum(bytes.subarray(0, 24), [0, 0], isLittle);
  if (!isSum(bytes, 24, sum)) return undefined;
  const pageSize = bytes.readUInt32BE(8);
  const salts = bytes.subarray(16, 24);
  const wal: Wal = { pageSize, pages: new Map(), pageCount: 0, end: WAL_HEADER };
  /** Of the commit that is being read. */
  const pending = new Map<number, Buffer>();
  for (let at = WAL_HEADER; at + FRAME_HEADER + pageSize <= bytes.length; at += FRAME_HEADER + pageSize) {
    const head = bytes.subarray(at, at + FRAME_HEADER);
    const page = bytes.subarray(at + FRAME_HEADER, at + FRAME_HEADER + pageSize);
    sum = checksum(page, checksum(head.subarray(0, 8), sum, isLittle), isLittle);
    if (!salts.equals(head.subarray(8, 16)) || !isSum(head, 16, sum)) break;
    pending.set(head.readUInt32BE(0), page);
    const pageCount = head.readUInt32BE(4);
    if (pageCount === 0) continue;
    for (const [number, content] of pending) wal.pages.set(number, content);
    pending.clear();
    wal.pageCount = pageCount;
    wal.end = at + FRAME_HEADER + pageSize;
  }
  return wal;
}

type Sum = [number, number];

function checksum(bytes: Buffer, [first, second]: Sum, isLittle: boolean): Sum {
  let [a, b] = [first, second];
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)) + b) | 0;
    b = (b + (isLittle ? bytes.readUInt32LE(at + 4) : bytes.readUInt32BE(at + 4)) + a) | 0;
  }
  return [a, b];
}

function isSum(bytes: Buffer, at: number, [a, b]: Sum): boolean {
  return bytes.readInt32BE(at) === a && bytes.readInt32BE(at + 4) === b;
}
