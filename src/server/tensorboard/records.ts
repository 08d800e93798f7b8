import { buf as crc32c } from 'crc-32/crc32c.js';

/** Bytes before a record's data: its length (uint64) and the length's checksum (uint32), little-endian. */
export const HEADER = 12;
/** Bytes after it: the data's checksum (uint32). */
export const FOOTER = 4;

/** No file is longer, in bytes. */
const LONGEST_FILE = 2 ** 50;

/** Length in bytes of the data of the record that begins at `at`; undefined when the header is damaged. */
export function dataLength(bytes: Uint8Array, at: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER);
  if (view.getUint32(8, true) !== masked(bytes.subarray(at, at + 8))) return undefined;
  const length = Number(view.getBigUint64(0, true));
  return length <= LONGEST_FILE ? length : undefined;
}

/** Whether the checksum that follows the data fits it. */
export function isIntact(bytes: Uint8Array, start: number, length: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start + length, FOOTER);
  return view.getUint32(0, true) === masked(bytes.subarray(start, start + length));
}

/** TFRecord masks its CRC-32C, because checksums of data that contains checksums are weak. */
export function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
