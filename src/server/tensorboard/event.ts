import { isUtf8 } from 'node:buffer';
import { PbfReader } from 'pbf';

/** The value of one tag at one step in an event file; see tensorflow/core/util/event.proto and summary.proto. */
export type Summary =
  | { kind: 'scalar'; tag: string; value: number }
  | { kind: 'image'; tag: string; image: Uint8Array }
  | { kind: 'text'; tag: string; text: string }
  | { kind: 'hparams'; params: Record<string, string> };

export interface Event {
  /** ms since the epoch */
  timestamp: number;
  step: number;
  summaries: Summary[];
}

/** An event that is being decoded. */
interface Draft {
  event: Event;
  items: Items;
}

interface Value {
  items: Items;
  tag: string;
  scalar?: number;
  image?: Uint8Array;
  tensor?: Tensor;
  plugin?: string;
  content?: Uint8Array;
}

interface Tensor {
  items: Items;
  type: number;
  /** The product of its dimensions. */
  size: number;
  /** Raw little-endian elements, when they are not in one of the lists. */
  raw?: Uint8Array;
  /** The first of a list of numbers. */
  first?: number;
  strings: Uint8Array[];
}

/** The most values, texts and params in one event. No writer has more, and each takes memory. */
const MOST_ITEMS = 100_000;

/** Counts those of one event. */
class Items {
  private count = 0;

  /** @returns its argument */
  add<T>(item: T): T {
    if (++this.count > MOST_ITEMS) throw new RangeError(`more than ${MOST_ITEMS} items`);
    return item;
  }
}

/** ms; neither `Date` nor MLflow's clients accept a later time. */
const LAST_MOMENT = 8.64e15;

/**
 * The parts of an event that are kept; histograms, graphs and audio are not. @throws any error if it is not an event
 */
export function decodeEvent(bytes: Uint8Array): Event {
  const event: Event = { timestamp: 0, step: 0, summaries: [] };
  return new PbfReader(bytes).readFields(readEvent, { event, items: new Items() }).event;
}

function readEvent(field: number, draft: Draft, pbf: PbfReader): void {
  if (field === 1) draft.event.timestamp = toTimestamp(pbf.readDouble());
  else if (field === 2) draft.event.step = pbf.readVarint(true);
  else if (field === 5) pbf.readMessage(readSummary, draft);
}

function toTimestamp(seconds: number): number {
  const timestamp = Math.round(seconds * 1000);
  return Math.abs(timestamp) <= LAST_MOMENT ? timestamp : 0;
}

function readSummary(field: number, { event, items }: Draft, pbf: PbfReader): void {
  if (field !== 1) return;
  const value = pbf.readMessage(readValue, items.add({ tag: '', items }));
  event.summaries.push(...interpret(value));
}

function readValue(field: number, value: Value, pbf: PbfReader): void {
  if (field === 1) value.tag = pbf.readString();
  else if (field === 2) value.scalar = pbf.readFloat();
  else if (field === 4) pbf.readMessage(readImage, value);
  else if (field === 8) value.tensor = pbf.readMessage(readTensor, newTensor(value.items));
  else if (field === 9) pbf.readMessage(readMetadata, value);
}

function readImage(field: number, value: Value, pbf: PbfReader): void {
  if (field === 4) value.image = pbf.readBytes();
}

function readMetadata(field: number, value: Value, pbf: PbfReader): void {
  if (field === 1) pbf.readMessage(readPlugin, value);
}

function readPlugin(field: number, value: Value, pbf: PbfReader): void {
  if (field === 1) value.plugin = pbf.readString();
  else if (field === 2) value.content = pbf.readBytes();
}

const newTensor = (items: Items): Tensor => ({ type: 0, size: 1, strings: [], items });

function readTensor(field: number, tensor: Tensor, pbf: PbfReader): void {
  if (field === 1) tensor.type = pbf.readVarint();
  else if (field === 2) pbf.readMessage(readShape, tensor);
  else if (field === 4) tensor.raw = pbf.readBytes();
  else if (field === 8) tensor.strings.push(tensor.items.add(pbf.readBytes()));
  else if (field in LISTS) tensor.first ??= readFirst(pbf, LISTS[field] as (list: PbfReader) => number);
}

const signed = (list: PbfReader) => list.readVarint(true);
const unsigned = (list: PbfReader) => list.readVarint();

/** The lists of numbers of a tensor by their field, and how each is read. */
const LISTS: Record<number, (list: PbfReader) => number> = {
  5: (list) => list.readFloat(),
  6: (list) => list.readDouble(),
  7: signed,
  10: signed,
  11: unsigned,
  13: unsigned,
  16: unsigned,
  17: unsigned,
};

const PACKED = 2;

/** The first number of a list. Lists of millions are not stored just to be counted. */
function readFirst(pbf: PbfReader, read: (list: PbfReader) => number): number | undefined {
  const list = pbf.type === PACKED ? new PbfReader(pbf.readBytes()) : pbf;
  return list.length > 0 ? read(list) : undefined;
}

function readShape(field: number, tensor: Tensor, pbf: PbfReader): void {
  if (field === 2) tensor.size *= pbf.readMessage(readDimension, { size: 0 }).size;
}

function readDimension(field: number, dimension: { size: number }, pbf: PbfReader): void {
  if (field === 1) dimension.size = pbf.readVarint(true);
}

/** The plugin says what a tensor is. Writers may omit it; then type and size decide. */
function interpret({ tag, scalar, image, tensor, plugin, content, items }: Value): Summary[] {
  if (plugin === 'hparams') return content ? [{ kind: 'hparams', params: readHparams(content, items) }] : [];
  if (scalar !== undefined) return [{ kind: 'scalar', tag, value: scalar }];
  if (image) return [{ kind: 'image', tag, image }];
  if (!tensor) return [];
  if (tensor.strings.length > 0) return interpretStrings(tag, tensor.strings, plugin);
  const value = onlyNumber(tensor);
  return value === undefined ? [] : [{ kind: 'scalar', tag, value }];
}

function interpretStrings(tag: string, strings: Uint8Array[], plugin: string | undefined): Summary[] {
  // Images are their width, their height and then one encoded picture or more.
  const pictures = strings.slice(2);
  if (plugin === 'images' || (plugin === undefined && pictures.length > 0 && pictures.every(isPicture)))
    return pictures.map((image, n) => ({ kind: 'image', tag: n === 0 ? tag : `${tag}/${n}`, image }));
  if (plugin === 'text' || (plugin === undefined && strings.every(isText))) {
    const text = strings.map((bytes) => Buffer.from(bytes).toString()).join('\n\n');
    return [{ kind: 'text', tag, text }];
  }
  return [];
}

/** Sound is bytes in a tensor, too. */
const isText = (bytes: Uint8Array): boolean => isUtf8(bytes) && !bytes.includes(0);

const isPicture = (bytes: Uint8Array): boolean => pictureType(bytes) !== undefined;

/** Extension of an encoded picture by its first bytes. */
export function pictureType(bytes: Uint8Array): 'png' | 'jpg' | 'gif' | undefined {
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return 'png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'jpg';
  if (bytes[0] === 0x47 && bytes[1] === 0x49) return 'gif';
  return undefined;
}

const HALF = 19;
const BFLOAT16 = 14;

/** How raw elements are read, by DataType (tensorflow/core/framework/types.proto). */
const READERS: Record<number, [bytes: number, read: (view: DataView) => number]> = {
  1: [4, (view) => view.getFloat32(0, true)],
  2: [8, (view) => view.getFloat64(0, true)],
  3: [4, (view) => view.getInt32(0, true)],
  4: [1, (view) => view.getUint8(0)],
  5: [2, (view) => view.getInt16(0, true)],
  6: [1, (view) => view.getInt8(0)],
  9: [8, (view) => Number(view.getBigInt64(0, true))],
  10: [1, (view) => view.getUint8(0)],
  17: [2, (view) => view.getUint16(0, true)],
  [BFLOAT16]: [2, (view) => bfloat(view.getUint16(0, true))],
  [HALF]: [2, (view) => half(view.getUint16(0, true))],
  22: [4, (view) => view.getUint32(0, true)],
  23: [8, (view) => Number(view.getBigUint64(0, true))],
};

/** The value of a tensor that holds one; undefined for any other. */
function onlyNumber({ type, size, raw, first }: Tensor): number | undefined {
  if (size !== 1) return undefined;
  if (raw?.length) {
    const [bytes, read] = READERS[type] ?? [];
    if (bytes !== raw.length || !read) return undefined;
    return read(new DataView(raw.buffer, raw.byteOffset, raw.length));
  }
  // Protobuf leaves out a list that holds nothing but the default.
  const number = first ?? (type in READERS ? 0 : undefined);
  if (number === undefined) return undefined;
  return type === HALF ? half(number) : type === BFLOAT16 ? bfloat(number) : number;
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function bfloat(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}

/** The parameters of tensorboard/plugins/hparams/plugin_data.proto: HParamsPluginData.session_start_info.hparams. */
function readHparams(content: Uint8Array, items: Items): Record<string, string> {
  const entries: Entry[] = [];
  const readSession = (field: number, _: unknown, pbf: PbfReader) => {
    if (field === 1) entries.push(pbf.readMessage(readEntry, items.add({ key: '', value: '' })));
  };
  new PbfReader(content).readFields((field, _, pbf) => {
    if (field === 3) pbf.readMessage(readSession, undefined);
  }, undefined);
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

interface Entry {
  key: string;
  value: string;
}

function readEntry(field: number, entry: Entry, pbf: PbfReader): void {
  if (field === 1) entry.key = pbf.readString();
  else if (field === 2) pbf.readMessage(readAnyValue, entry);
}

/** google.protobuf.Value */
function readAnyValue(field: number, entry: { value: string }, pbf: PbfReader): void {
  if (field === 1) entry.value = pbf.readVarint() === 0 ? 'None' : '';
  else if (field === 2) entry.value = String(pbf.readDouble());
  else if (field === 3) entry.value = pbf.readString();
  else if (field === 4) entry.value = pbf.readBoolean() ? 'True' : 'False';
}
