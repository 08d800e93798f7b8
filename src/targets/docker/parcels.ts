/** Files for a container whose engine does not see the disk of this machine, and files from it: as archives. */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header, pack, type Pack } from 'tar-stream';
import { hasCode } from '../../base/errors.js';
import type { Engine } from './engine.js';
import type { Bind } from './inputs.js';
import { containerName } from './names.js';

/** Whose the files are in the container. undefined: it is not known, so everybody there may write. */
export type Owner = { uid: number; gid: number } | undefined;

export interface Parcel {
  binds: readonly Bind[];
  /** Absolute paths in the container. */
  links: readonly { at: string; to: string }[];
  owner: Owner;
}

/** Folders that git keeps for the checkout: they lead to this machine. */
const GIT = '.git';

/**
 * Puts files into a container that was made and has not been started.
 * @param onProgress gets the bytes that were sent
 */
export async function sendFiles(
  engine: Engine,
  runId: string,
  { binds, links, owner }: Parcel,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (bytes: number) => void },
): Promise<void> {
  const archive = pack();
  let sent = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      onProgress((sent += chunk.length));
      done(null, chunk);
    },
  });
  const stop = new AbortController();
  const filled = fill(archive, { binds, links, owner }).catch((error: unknown) => {
    archive.destroy(error as Error);
    throw error;
  });
  const piped = pipeline(archive, counted, { signal: AbortSignal.any([signal, stop.signal]) });
  try {
    await Promise.all([
      filled,
      piped,
      engine.call((docker) => docker.getContainer(containerName(runId)).putArchive(counted, { path: '/' })),
    ]);
  } catch (error) {
    stop.abort();
    await Promise.allSettled([filled, piped]);
    throw error;
  }
}

async function fill(archive: Pack, { binds, links, owner }: Parcel): Promise<void> {
  // Their parents: of those in the place of the person's folder, the engine makes them.
  const own = binds.filter(({ target }) => target.startsWith('/trainyard/')).map(({ target }) => target);
  const parents = new Set(own.flatMap(parentsOf));
  for (const name of [...parents].sort())
    await entry(archive, { name: inArchive(name), type: 'directory', mode: 0o755 });
  for (const { source, target, readOnly } of binds) {
    const real = await fs.promises.realpath(source);
    await add(real, target, readOnly);
  }
  for (const { at, to } of links)
    await entry(archive, { name: inArchive(at), type: 'symlink', linkname: to, ...owner });
  archive.finalize();

  async function add(source: string, target: string, readOnly: boolean): Promise<void> {
    const stat = await fs.promises.lstat(source);
    const bits = owner ? stat.mode & 0o777 : stat.mode | (stat.mode & 0o111 ? 0o777 : 0o666);
    const header = {
      name: inArchive(target),
      mode: readOnly ? bits & 0o555 : bits,
      mtime: stat.mtime,
      ...owner,
    };
    if (stat.isSymbolicLink())
      await entry(archive, { ...header, type: 'symlink', linkname: await fs.promises.readlink(source) });
    else if (stat.isFile()) await addFile(archive, source, { ...header, size: stat.size });
    else if (stat.isDirectory()) {
      await entry(archive, { ...header, type: 'directory' });
      for (const name of (await fs.promises.readdir(source)).sort())
        if (name !== GIT) await add(path.join(source, name), path.posix.join(target, name), readOnly);
    }
  }
}

/** Of what the archive is told of an entry. */
type Entry = Partial<Header> & { name: string };

function entry(archive: Pack, header: Entry): Promise<void> {
  return new Promise((resolve, reject) =>
    archive.entry(header, (error) => (error ? reject(error) : resolve())),
  );
}

async function addFile(archive: Pack, file: string, header: Entry & { size: number }): Promise<void> {
  if (header.size === 0) return entry(archive, header);
  // One that grows is sent as it was.
  await pipeline(fs.createReadStream(file, { end: header.size - 1 }), archive.entry(header));
}

/** Of a path in a container, from `/trainyard` on. */
function parentsOf(target: string): string[] {
  const parent = path.posix.dirname(target);
  return parent === '/' ? [] : [...parentsOf(parent), parent];
}

function inArchive(target: string): string {
  return target.replace(/^\/+/, '');
}

/**
 * Brings a folder of a container, which may have ended, into a folder of this machine. What is there under the same name is replaced;
 * links are left out.
 */
export async function bringFolder(
  engine: Engine,
  runId: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const archive = await engine.find((docker) =>
    docker.getContainer(containerName(runId)).getArchive({ path: from }),
  );
  // The job removed it.
  if (!archive) return;
  const unpacked = extract();
  const reading = pipeline(archive, unpacked);
  const writing = (async () => {
    for await (const one of unpacked) {
      const { name, type = 'file', mode } = one.header;
      // The archive begins with the name of the folder itself.
      const parts = name.split('/').filter((part) => part !== '' && part !== '.');
      const below = parts.slice(1);
      const isWanted = below.length > 0 && !below.includes('..') && !below.includes(GIT);
      if (isWanted && type === 'directory') await makeFolder(to, below);
      if (isWanted && (type === 'file' || type === 'contiguous-file'))
        await writeFile(to, below, { content: one, isProgram: ((mode ?? 0) & 0o100) !== 0 });
      else one.resume();
    }
  })();
  await Promise.all([reading, writing]);
}

/** Nothing is written through a link: it may lead out of the folder. */
async function makeFolder(root: string, parts: readonly string[]): Promise<string> {
  let folder = root;
  for (const part of parts) {
    folder = path.join(folder, part);
    const stat = await fs.promises.lstat(folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (stat?.isDirectory()) continue;
    if (stat) await fs.promises.rm(folder);
    await fs.promises.mkdir(folder, { mode: 0o700 });
  }
  return folder;
}

async function writeFile(
  root: string,
  parts: readonly string[],
  { content, isProgram }: { content: AsyncIterable<unknown>; isProgram: boolean },
): Promise<void> {
  const folder = await makeFolder(root, parts.slice(0, -1));
  const file = path.join(folder, parts.at(-1) ?? '');
  const making = path.join(folder, `.${randomUUID()}`);
  await pipeline(content, fs.createWriteStream(making, { flags: 'wx', mode: isProgram ? 0o700 : 0o600 }));
  const stat = await fs.promises.lstat(file).catch(() => undefined);
  if (stat?.isDirectory()) await fs.promises.rm(file, { recursive: true });
  await fs.promises.rename(making, file);
}
