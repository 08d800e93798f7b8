/** Finds the repository around a folder, or its hidden repository. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ifMissing, TrainyardError } from '../base/errors.js';
import { filtersOff, type GitPlace, gitBytes, gitText } from './git.js';
import { splitNul } from './listing.js';
import { type ObjectFormat } from './neutral.js';
import { type Modes, modesUnder, PRIVATE, umaskOf } from './sharing.js';
import { redactRemote } from './redact-remote.js';

/** A working folder and the repository of its snapshots. */
export interface Repository {
  /** Top of the working folder, absolute, symbolic links resolved. */
  root: string;
  /** The git folder that holds objects and refs. */
  gitDir: string;
  hidden: boolean;
  /** Our own git folder: neutral attributes, and the index that is kept from one snapshot to the next. */
  side: string;
  format: ObjectFormat;
  head: string | null;
  headTree: string | null;
  branch: string | null;
  remote: string | null;
  /** The repository's settings on how files and objects are stored, for commands that run with `side`. */
  settings: string[];
  /** For git commands that write into it, and the modes of what we write there ourselves. */
  umask: number;
  modes: Modes;
  /** Settings that disable filters in the person's own git folder. */
  filtersOff: string[];
  /** False where the file system does not keep the executable bit, or symbolic links, and the index does. */
  trustsModes: boolean;
  /** Line endings may be converted although no attribute says so. */
  convertsLines: boolean;
}

/** Settings copied from the person's repository to our own git folder. */
const STORAGE = new Set(
  'filemode symlinks ignorecase precomposeunicode sharedrepository checkstat trustctime compression loosecompression bigfilethreshold'
    .split(' ')
    .map((name) => `core.${name}`),
);

/**
 * @param umask the person's; without it, that under which the repository was made
 * @throws NOT_FOUND when `folder` is no folder; GIT_FAILED with git's words when git refuses the repository.
 */
export async function locate(folder: string, hiddenRoot: string, umask?: number): Promise<Repository> {
  const real = await realFolder(folder);
  const place: GitPlace = { cwd: real };
  const [found, config] = await Promise.all([discover(place), gitBytes(place, ['config', '-z', '--list'])]);
  if (found === null) return hiddenRepository(real, join(hiddenRoot, folderKey(real)));
  const values = parseConfig(config);
  const settings = [...values]
    .filter(([name]) => STORAGE.has(name))
    .map(([name, value]) => `${name}=${value}`);
  const mask = umask ?? (await umaskOf(join(found.gitDir, 'objects')));
  return {
    ...found,
    hidden: false,
    umask: mask,
    modes: modesUnder(mask, values.get('core.sharedrepository')),
    remote: remoteOf(values),
    settings,
    filtersOff: filtersOff(values.keys()),
    trustsModes: !['core.filemode', 'core.symlinks'].some((name) => isFalse(values.get(name))),
    convertsLines: !isFalse(values.get('core.autocrlf') ?? 'false'),
  };
}

/** The hidden repository `gitDir` of a folder without git. */
export function hiddenRepository(root: string, gitDir: string): Repository {
  return {
    root,
    gitDir,
    hidden: true,
    side: gitDir,
    format: 'sha1',
    head: null,
    headTree: null,
    branch: null,
    remote: null,
    settings: [],
    umask: PRIVATE,
    modes: modesUnder(PRIVATE, undefined),
    filtersOff: [],
    trustsModes: process.platform !== 'win32',
    convertsLines: false,
  };
}

/** The name of a folder's hidden repository: 16 hex digits. */
export function folderKey(realPath: string): string {
  return createHash('sha256').update(realPath).digest('hex').slice(0, 16);
}

/** The path with its symbolic links resolved, and names in the case that they have; as given when nothing is there. */
export async function realIfThere(path: string): Promise<string> {
  return existsSync(path) ? realpath(path) : path;
}

async function realFolder(folder: string): Promise<string> {
  try {
    const real = await realpath(folder);
    if ((await stat(real)).isDirectory()) return real;
  } catch (error) {
    ifMissing(error);
  }
  throw new TrainyardError('NOT_FOUND', `There is no folder ${folder}.`, {
    hint: 'Open a folder that exists.',
  });
}

type Found = Pick<Repository, 'root' | 'gitDir' | 'side' | 'format' | 'head' | 'headTree' | 'branch'>;

/** null: no repository around the folder. */
async function discover(place: GitPlace): Promise<Found | null> {
  const paths = [
    '--show-object-format',
    '--path-format=absolute',
    '--absolute-git-dir',
    '--git-common-dir',
    '--show-toplevel',
  ];
  const head = ['HEAD^{commit}', 'HEAD^{tree}', '--symbolic-full-name', 'HEAD'];
  let text: string;
  try {
    text = await gitText(place, ['rev-parse', ...paths, ...head]);
  } catch (error) {
    const output = outputOf(error);
    if (/^fatal: not a git repository \(or any/m.test(output)) return null;
    // A branch without a commit. (With a second error the same call fails again, in git's words.)
    if (!/HEAD/.test(output)) throw error;
    text = await gitText(place, ['rev-parse', ...paths]);
    const branch = await gitText(place, ['symbolic-ref', 'HEAD']);
    text += `\n\n\n${branch}`;
  }
  const lines = text.split('\n');
  if (lines.length !== 7)
    throw new TrainyardError(
      'GIT_FAILED',
      `The path ${place.cwd} contains a line break, which git cannot handle.`,
      {
        hint: 'Rename the folder.',
      },
    );
  const [format, own, common, root, commit, tree, ref] = lines as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    root: await realpath(root),
    gitDir: await realpath(common),
    side: join(await realpath(own), 'trainyard'),
    format: format === 'sha256' ? 'sha256' : 'sha1',
    head: commit === '' ? null : commit,
    headTree: tree === '' ? null : tree,
    branch: ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null,
  };
}

function outputOf(error: unknown): string {
  if (!TrainyardError.is(error, 'GIT_FAILED')) throw error;
  return (error.details as { output: string }).output;
}

/** `name\nvalue\0`; the last value of a name counts. */
function parseConfig(output: Buffer): Map<string, string> {
  const values = new Map<string, string>();
  for (const entry of splitNul(output)) {
    const end = entry.indexOf('\n');
    if (end < 0) values.set(entry, 'true');
    else values.set(entry.slice(0, end), Buffer.from(entry.slice(end + 1), 'latin1').toString('utf8'));
  }
  return values;
}

function remoteOf(values: Map<string, string>): string | null {
  const first = [...values.keys()].find((name) => /^remote\..+\.url$/s.test(name));
  const address = values.get('remote.origin.url') ?? (first === undefined ? undefined : values.get(first));
  return address === undefined ? null : redactRemote(address);
}

function isFalse(value: string | undefined): boolean {
  return value !== undefined && /^(false|no|off|0|)$/i.test(value);
}
