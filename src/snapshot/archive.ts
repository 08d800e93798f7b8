/** The code of a snapshot as one tar archive, for a machine that does not share a disk with this one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gitReadable } from './git.js';
import { objectsPlace } from './keep.js';
import { partsOf } from './mirror.js';
import { alternates, formatOf, makeNeutral, neutralPlace } from './neutral.js';
import { type Snapshot } from './snapshot.js';
import { wholeTree } from './whole-tree.js';

/** Of the files, where that of the person is not known. */
const USUAL_UMASK = 0o022;
const BLOCK = 512;

/**
 * Every file as it was, byte for byte, with those of inner repositories, links and empty folders. Modes are those that git
 * knows, under the umask of the person. Nothing is done before the stream is read.
 * @returns fails with NOT_FOUND (the repository is gone) or GIT_FAILED
 */
export function archive(snapshot: Snapshot): Readable {
  return Readable.from(pieces(snapshot), { objectMode: false });
}

async function* pieces(snapshot: Snapshot): AsyncGenerator<Uint8Array> {
  objectsPlace(snapshot);
  const { umask = USUAL_UMASK, empty = [] } = snapshot;
  const parts = await partsOf(snapshot);
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-git-'));
  try {
    await makeNeutral(folder, formatOf(snapshot.tree));
    const place = neutralPlace(folder, { root: folder, index: join(folder, 'index'), objectsOf: folder });
    place.env = { ...place.env, ...alternates(parts.map(({ gitDir }) => gitDir)) };
    place.settings = [`tar.umask=${umask.toString(8).padStart(4, '0')}`];
    const [, ...inner] = parts;
    const tree = await wholeTree(place, snapshot.tree, inner);
    // Before the rest, which ends with the end of the archive. A name that is not UTF-8 cannot be written.
    for (const name of empty) if (!name.includes('\ufffd')) yield folderEntry(name, 0o777 & ~umask);
    yield* gitReadable(place, ['archive', '--format=tar', tree]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A folder in a tar archive; see pax(1) for the format. */
function folderEntry(name: string, mode: number): Buffer {
  const path = Buffer.from(`${name.replace(/\/$/, '')}/`);
  if (path.length <= 100) return header(path, { type: '5', mode, size: 0 });
  const record = paxRecord('path', path);
  return Buffer.concat([
    header(Buffer.from('pax'), { type: 'x', mode: 0o644, size: record.length }),
    record,
    Buffer.alloc((BLOCK - (record.length % BLOCK)) % BLOCK),
    header(path.subarray(0, 100), { type: '5', mode, size: 0 }),
  ]);
}

function header(name: Buffer, { type, mode, size }: { type: string; mode: number; size: number }): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  name.copy(block, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(Math.floor(Date.now() / 1000), 136, 12);
  block.write('        ', 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** `<length of the record> <key>=<value>\n`, the length counting itself. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
