import fs from 'node:fs';
import { decodeEvent, type Event } from './event.js';
import { dataLength, FOOTER, HEADER, isIntact } from './records.js';

/** What a stretch of an event file holds. */
export interface Stretch {
  events: Event[];
  /** Where the next record begins, bytes from the start of the file. */
  offset: number;
  /** What is damaged in it, for people. */
  faults: string[];
}

/** Bytes that are read at once. */
const CHUNK = 1024 * 1024;
/** A longer record is passed over: nothing that becomes a metric or a picture is as long. */
const LARGEST = 64 * 1024 * 1024;
/** Where nothing more is ever read: after a damaged header nobody knows where the next record begins. */
export const NO_FURTHER = Number.MAX_SAFE_INTEGER;

/** The records of an event file from `from` on, by stretches; ends at its end or before a record that is not whole yet. */
export async function* readEvents(path: string, from: number): AsyncGenerator<Stretch> {
  const file = await fs.promises.open(path, 'r');
  try {
    let buffer = Buffer.alloc(CHUNK);
    for (let at = from; ;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      const { needs, ...stretch } = parse(buffer.subarray(0, bytesRead), at);
      if (stretch.offset > at) {
        yield stretch;
        at = stretch.offset;
        if (at === NO_FURTHER) return;
        if (buffer.length > CHUNK) buffer = Buffer.alloc(CHUNK);
      } else if (needs > buffer.length && bytesRead === buffer.length) buffer = Buffer.alloc(needs);
      else return;
    }
  } finally {
    await file.close();
  }
}

/** The whole records of `bytes`, which begin at `at` in their file; `needs`: bytes that the next record takes. */
export function parse(bytes: Uint8Array, at: number): Stretch & { needs: number } {
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
    if (size > LARGEST) damaged(`a record of ${Math.round(size / 2 ** 20)} MB, which is too long,`);
    else if (start + size > bytes.length) {
      stretch.needs = size;
      break;
    } else if (!isIntact(bytes, start + HEADER, length)) damaged('a damaged record');
    else {
      try {
        const data = bytes.subarray(start + HEADER, start + HEADER + length);
        const event = decodeEvent(data);
        if (event.summaries.length > 0) stretch.events.push(event);
      } catch (error) {
        // Its checksum is right, so this is what was written: not an event.
        if (!(error instanceof Error)) throw error;
        damaged('a record that is no event');
      }
    }
    stretch.offset += size;
  }
  return stretch;
}
