/** The build context of an environment, as one archive that is the same for the same files. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import { ifMissing, TrainyardError } from '../../base/errors.js';
import { formatBytes } from '../../base/format.js';
import { type IgnoreFiles, leavesOut, mayComeBack } from './ignored.js';

/** Bytes of the files in a build context. */
export const LARGEST_CONTEXT = 1024 ** 3;

interface Entry {
  /** Relative to the context, with `/`. */
  name: string;
  file: string;
  stat: fs.Stats;
}

/**
 * Writes a build context to a tar archive. Owners and times are left out, so that they make no difference.
 * @param folder of the context; what its .dockerignore and its .amlignore (else .gitignore) name stays out
 * @param dockerfile relative to it, with `/`; it is in the archive in any case
 * @returns the SHA-256 of the archive
 * @throws NOT_FOUND (folder, Dockerfile) | TOO_LARGE
 */
export async function packContext(
  folder: string,
  dockerfile: string,
  archive: string,
  mostBytes = LARGEST_CONTEXT,
): Promise<string> {
  if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new TrainyardError('NOT_FOUND', `The build context ${folder} is not there.`);
  if (
    !isInside(dockerfile) ||
    !fs.statSync(path.join(folder, dockerfile), { throwIfNoEntry: false })?.isFile()
  )
    throw new TrainyardError('NOT_FOUND', `There is no ${dockerfile} in the build context ${folder}.`, {
      hint: 'Name the Dockerfile relative to the build context.',
    });
  const entries = await entriesOf(folder, dockerfile);
  const bytes = entries.reduce((sum, { stat }) => sum + (stat.isFile() ? stat.size : 0), 0);
  if (bytes > mostBytes)
    throw new TrainyardError(
      'TOO_LARGE',
      `The build context ${folder} has ${formatBytes(bytes)}; at most ${formatBytes(mostBytes)} are kept.`,
      { hint: 'Leave out what the build does not need in a .dockerignore.' },
    );
  const tar = pack();
  const hash = createHash('sha256');
  const hashed = async function* (chunks: AsyncIterable<unknown>) {
    for await (const chunk of chunks) {
      hash.update(chunk as Uint8Array);
      yield chunk;
    }
  };
  const written = pipeline(tar, hashed, fs.createWriteStream(archive, { mode: 0o600 }));
  await Promise.all([written, addAll(tar, entries)]);
  return hash.digest('hex');
}

/** A Dockerfile as a context names it: `./docker\\Dockerfile` is `docker/Dockerfile`. */
export function nameInContext(dockerfile: string): string {
  return path.posix.normalize(dockerfile.replaceAll('\\', '/'));
}

function isInside(name: string): boolean {
  return !path.isAbsolute(name) && !name.split(/[\\/]/).includes('..');
}

async function entriesOf(folder: string, dockerfile: string): Promise<Entry[]> {
  const read = async (name: string) =>
    (await fs.promises.readFile(path.join(folder, name), 'utf8').catch(ifMissing)) || undefined;
  const dockerignore = (await read(`${dockerfile}.dockerignore`)) ?? (await read('.dockerignore'));
  const ignore = (await read('.amlignore')) ?? (await read('.gitignore'));
  const files: IgnoreFiles = { ...(dockerignore && { dockerignore }), ...(ignore && { ignore }) };
  const isOut = leavesOut(files);
  const looksInside = mayComeBack(files);
  const entries: Entry[] = [];
  const walk = async (below: string): Promise<void> => {
    const names = (await fs.promises.readdir(path.join(folder, below))).sort();
    for (const base of names) {
      const name = below === '' ? base : `${below}/${base}`;
      const file = path.join(folder, name);
      const stat = await fs.promises.lstat(file);
      const isNeeded = name === dockerfile || dockerfile.startsWith(`${name}/`);
      const isLeftOut = isOut(name, stat.isDirectory()) && !isNeeded;
      if (!isLeftOut && (stat.isFile() || stat.isDirectory() || stat.isSymbolicLink()))
        entries.push({ name, file, stat });
      if (stat.isDirectory() && name !== '.git' && (!isLeftOut || looksInside)) await walk(name);
    }
  };
  await walk('');
  return entries;
}

async function addAll(tar: Pack, entries: readonly Entry[]): Promise<void> {
  try {
    for (const entry of entries) await add(tar, entry);
    tar.finalize();
  } catch (error) {
    tar.destroy(error instanceof Error ? error : undefined);
    throw error;
  }
}

async function add(tar: Pack, { name, file, stat }: Entry): Promise<void> {
  const header = { name, mtime: new Date(0), uid: 0, gid: 0, mode: stat.mode & 0o111 ? 0o755 : 0o644 };
  if (stat.isDirectory()) return whole(tar, { ...header, type: 'directory', mode: 0o755 });
  if (stat.isSymbolicLink()) {
    const linkname = await fs.promises.readlink(file);
    return whole(tar, { ...header, type: 'symlink', linkname, mode: 0o777 });
  }
  await pipeline(fs.createReadStream(file), tar.entry({ ...header, size: stat.size }));
}

function whole(tar: Pack, header: Parameters<Pack['entry']>[0]): Promise<void> {
  return new Promise((resolve, reject) => tar.entry(header, (error) => (error ? reject(error) : resolve())));
}
