/**
 * Columns of numbers as bytes, in the smallest lossless form (all NaNs are equal): integers along a line (steps, times)
 * as the line and each remainder, values of single precision in four bytes, anything else unchanged. Little-endian,
 * like every machine that Node runs on.
 */

/** The first byte of a column. A line's number is the width of its remainders. */
const FLOAT64 = 8;
const FLOAT32 = 5;
const WIDTHS = [0, 1, 2, 4] as const;
type Width = (typeof WIDTHS)[number];
const REMAINDERS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array };

/** Sums of a few numbers below it are exact. */
const LARGEST = 2 ** 50;
const LINE_HEADER = 1 + 8 + 8;

interface Line {
  /** Of the first point, less what the lowest point is below the line. */
  base: number;
  slope: number;
  width: Width;
}

/** All columns have the same length, which the reader has to know. */
export function encode(columns: readonly Float64Array[]): Uint8Array {
  const parts = columns.map(encodeColumn);
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** `columns` columns of `length` each. @throws RangeError when `bytes` are not what `encode` made */
export function decode(bytes: Uint8Array, columns: number, length: number): Float64Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoded: Float64Array[] = [];
  let at = 0;
  for (let n = 0; n < columns; n++) {
    const kind = view.getUint8(at);
    const width = WIDTHS.find((w) => w === kind);
    if (width !== undefined) {
      const line = { base: view.getFloat64(at + 1, true), slope: view.getFloat64(at + 9, true), width };
      decoded.push(decodeLine(line, bytes.subarray(at + LINE_HEADER), length));
      at += LINE_HEADER + width * length;
    } else if (kind === FLOAT64 || kind === FLOAT32) {
      const end = at + 1 + (kind === FLOAT64 ? 8 : 4) * length;
      // A typed array must begin at a multiple of its width; a column may not. Hence the copy.
      const { buffer } = bytes.slice(at + 1, end);
      decoded.push(kind === FLOAT64 ? new Float64Array(buffer) : Float64Array.from(new Float32Array(buffer)));
      at = end;
    } else throw new RangeError(`no encoding of a column has the number ${kind}`);
  }
  return decoded;
}

function encodeColumn(column: Float64Array): Uint8Array {
  const line = lineOf(column);
  if (line) return encodeLine(line, column);
  if (column.every((value) => Math.fround(value) === value || Number.isNaN(value)))
    return prefixed(FLOAT32, Float32Array.from(column));
  return prefixed(FLOAT64, column);
}

function prefixed(kind: number, { buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array {
  const bytes = new Uint8Array(1 + byteLength);
  bytes[0] = kind;
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), 1);
  return bytes;
}

/** From the first point to the last one; undefined when they are no whole numbers or too far from it. */
function lineOf(column: Float64Array): Line | undefined {
  const { length } = column;
  if (
    !column.every((value) => Math.abs(value) <= LARGEST && Number.isInteger(value) && !Object.is(value, -0))
  )
    return undefined;
  const first = column[0] ?? 0;
  const slope = length > 1 ? ((column[length - 1] as number) - first) / (length - 1) : 0;
  let [low, high] = [0, 0];
  for (let i = 0; i < length; i++) {
    const above = (column[i] as number) - first - Math.round(slope * i);
    if (above < low) low = above;
    if (above > high) high = above;
  }
  const width = WIDTHS.find((w) => high - low < 256 ** w);
  return width === undefined ? undefined : { base: first + low, slope, width };
}

function encodeLine({ base, slope, width }: Line, column: Float64Array): Uint8Array {
  const bytes = new Uint8Array(LINE_HEADER + width * column.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, width);
  view.setFloat64(1, base, true);
  view.setFloat64(9, slope, true);
  if (width === 0) return bytes;
  const remainders = new REMAINDERS[width](column.length);
  for (let i = 0; i < column.length; i++)
    remainders[i] = (column[i] as number) - base - Math.round(slope * i);
  bytes.set(new Uint8Array(remainders.buffer), LINE_HEADER);
  return bytes;
}

function decodeLine({ base, slope, width }: Line, bytes: Uint8Array, length: number): Float64Array {
  const column = new Float64Array(length);
  if (width === 0) {
    for (let i = 0; i < length; i++) column[i] = base + Math.round(slope * i);
    return column;
  }
  if (bytes.length < width * length) throw new RangeError('a column ends before its last number');
  const remainders = new REMAINDERS[width](bytes.slice(0, width * length).buffer);
  for (let i = 0; i < length; i++) column[i] = base + Math.round(slope * i) + (remainders[i] as number);
  return column;
}
