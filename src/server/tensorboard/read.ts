import fs from 'node:fs';
import { decodeEvent, type Event } from './event.js';
import { dataLength, FOOTER, HEADER, isIntact } from './records.js';

/** The content of a range of an event file. */
export interface Stretch {
  events: Event[];
  /** Where the next record begins, bytes from the start of the file. */
  offset: number;
  /** Damage found in it, for people. */
  faults: string[];
  /** Time of the first record of the file, when it is in this stretch, ms since the epoch. */
  begins?: number;
}

/** Bytes read at once. Decoding and storing them takes about 30 ms, during which requests wait. */
const CHUNK = 256 * 1024;
/** A longer record is skipped: no metric or picture is that long. */
const LARGEST = 64 * 1024 * 1024;
/** The end of reading: after a damaged header the start of the next record is unknown. */
export const NO_FURTHER = Number.MAX_SAFE_INTEGER;

/**
 * The records of an event file from `from` on, in ranges, up to the end or an incomplete record. If no record starts at
 * `from`, the file was replaced and is read from its start.
 */
export async function* readEvents(path: string, from: number): AsyncGenerator<Stretch> {
  const file = await fs.promises.open(path, 'r');
  try {
    const { size: end } = await file.stat();
    let buffer = Buffer.alloc(Math.min(CHUNK, end));
    for (let at = (await isRecord(file, from)) ? from : 0; at < end;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      const { needs, ...stretch } = parse(buffer.subarray(0, bytesRead), at, end);
      if (stretch.offset > at) {
        yield stretch;
        at = stretch.offset;
        if (buffer.length > CHUNK) buffer = Buffer.alloc(CHUNK);
      } else if (needs > buffer.length && at + needs <= end) buffer = Buffer.alloc(needs);
      else return;
    }
  } finally {
    await file.close();
  }
}

/** Whether a record begins at `at`, or as much of one as there is. */
async function isRecord(file: fs.promises.FileHandle, at: number): Promise<boolean> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(HEADER), 0, HEADER, at);
  return bytesRead < HEADER || dataLength(buffer, 0) !== undefined;
}

/**
 * The whole records of `bytes`, which begin at `at` in their file; `needs`: bytes that the next record takes.
 * @param end where the file ends
 */
export function parse(bytes: Uint8Array, at: number, end = at + bytes.length): Stretch & { needs: number } {
  const stretch: Stretch & { needs: number } = { events: [], offset: at, faults: [], needs: 0 };
  const damaged = (what: string) => stretch.faults.push(`${what} at byte ${stretch.offset}`);
  for (let start = 0; start + HEADER <= bytes.length; start = stretch.offset - at) {
    const length = dataLength(bytes, start);
    if (length === undefined) {
      damaged('a damaged record');
      stretch.offset = NO_FURTHER;
      break;
    }
    const size = HEADER + length + FOOTER;
    const isThere = size > LARGEST ? stretch.offset + size <= end : start + size <= bytes.length;
    if (!isThere) {
      stretch.needs = size;
      break;
    }
    if (size > LARGEST) damaged(`a record of ${Math.round(size / 2 ** 20)} MB, which is too long,`);
    else if (!isIntact(bytes, start + HEADER, length)) damaged('a damaged record');
    else {
      try {
        const data = bytes.subarray(start + HEADER, start + HEADER + length);
        const event = decodeEvent(data);
        if (stretch.offset === 0) stretch.begins = event.timestamp;
        if (event.summaries.length > 0) stretch.events.push(event);
      } catch (error) {
        // The checksum is correct, so the writer wrote something that is not an event.
        if (!(error instanceof Error)) throw error;
        damaged('a record that is not an event');
      }
    }
    stretch.offset += size;
  }
  return stretch;
}
