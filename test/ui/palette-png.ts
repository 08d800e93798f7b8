// A screenshot with at most 256 colours: a third of the size, and the eye sees no difference.
import zlib from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const MOST = 256;

/** @param png with three bytes to a pixel, as Chromium makes screenshots */
export function withPalette(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png);
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const palette = paletteOf([...counts]);
  const nearest = new Map([...counts.keys()].map((colour) => [colour, nearestTo(colour, palette)]));
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at++) rows[y * (width + 1) + 1 + x] = nearest.get(pixels[at]!)!;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits to a pixel, an index into the palette.
  head.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', zlib.deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

type Counted = [colour: number, count: number];

/** Median cut; of each part the colour that is there most often, so that areas keep theirs. */
function paletteOf(colours: Counted[]): number[] {
  const parts = [partOf(colours)];
  while (parts.length < MOST) {
    parts.sort((a, b) => a.weight - b.weight);
    const part = parts.pop()!;
    if (part.colours.length < 2) {
      parts.push(part);
      break;
    }
    const sorted = part.colours.sort(([a], [b]) => channels(a)[part.widest]! - channels(b)[part.widest]!);
    const middle = sorted.length >> 1;
    parts.push(partOf(sorted.slice(0, middle)), partOf(sorted.slice(middle)));
  }
  return parts.map((part) => part.colours.reduce((most, next) => (next[1] > most[1] ? next : most))[0]);
}

/** The greater its weight, the more it is worth to divide it. */
function partOf(colours: Counted[]): { colours: Counted[]; widest: number; weight: number } {
  const spans = [0, 1, 2].map((of) => {
    const values = colours.map(([colour]) => channels(colour)[of]!);
    return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
  });
  const span = Math.max(...spans);
  const count = colours.reduce((sum, [, each]) => sum + each, 0);
  return { colours, widest: spans.indexOf(span), weight: span ** 1.5 * Math.log2(1 + count) };
}

function nearestTo(colour: number, palette: readonly number[]): number {
  const own = channels(colour);
  let best = 0;
  let least = Infinity;
  for (const [i, entry] of palette.entries()) {
    const distance = channels(entry).reduce((sum, value, of) => sum + (value - own[of]!) ** 2, 0);
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

const channels = (colour: number): [number, number, number] => [
  colour >> 16,
  (colour >> 8) & 255,
  colour & 255,
];

function decode(png: Buffer): { width: number; height: number; pixels: Uint32Array } {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  if (png[24] !== 8 || png[25] !== 2) throw new Error('The picture is not of three bytes to a pixel.');
  const data: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const filtered = zlib.inflateSync(Buffer.concat(data));
  const stride = width * 3;
  const bytes = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = filtered[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < 3 ? 0 : bytes[at - 3]!;
      const above = y === 0 ? 0 : bytes[at - stride]!;
      const corner = x < 3 || y === 0 ? 0 : bytes[at - stride - 3]!;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!;
      bytes[at] = filtered[y * (stride + 1) + 1 + x]! + guess;
    }
  }
  const pixels = Uint32Array.from(
    { length: width * height },
    (_, i) => (bytes[i * 3]! << 16) | (bytes[i * 3 + 1]! << 8) | bytes[i * 3 + 2]!,
  );
  return { width, height, pixels };
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(zlib.crc32(named));
  return Buffer.concat([length, named, sum]);
}
