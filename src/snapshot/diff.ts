/** What changed between two snapshots, or between one and its folder as it is now. */
import { dirname, join } from 'node:path';
import { TrainyardError } from '../base/errors.js';
import { gitBytes, gitStream, type GitPlace } from './git.js';
import { innerSource, type Source } from './inner.js';
import { objectsPlace } from './keep.js';
import { parseRaw, shown, splitNul } from './listing.js';
import { hiddenRepository, locate, realIfThere } from './locate.js';
import { alternates, formatOf, withNeutral } from './neutral.js';
import { type FileChange, type Snapshot } from './snapshot.js';
import { withTree } from './tree.js';
import { inTurns } from './turns.js';
import { wholeTree } from './whole-tree.js';

export interface Difference {
  files: FileChange[];
  /** At most 1 MB of unified diff, cut after a line with a note. */
  patch: string;
}

const PATCH_LIMIT = 1_000_000;
const PATCH_NOTE = '# The rest of the changes is left out: there is more than 1 MB of them.\n';
/** A larger file that git does not have yet is listed as changed, but neither stored nor compared. */
const COMPARE_LIMIT = 100_000_000;

const STATUS: Record<string, FileChange['status']> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  T: 'type-changed',
};

/**
 * From `a` to `b`, which may be in different repositories.
 * @throws NOT_FOUND (a repository is gone), NOT_SUPPORTED (one has SHA-1 and the other SHA-256 objects)
 */
export async function diffSnapshots(a: Snapshot, b: Snapshot): Promise<Difference> {
  if (formatOf(a.tree) !== formatOf(b.tree))
    throw new TrainyardError(
      'NOT_SUPPORTED',
      'The repositories of the two runs use different object formats.',
      {
        hint: 'Restore both and compare the folders.',
      },
    );
  objectsPlace(a);
  objectsPlace(b);
  return diffTrees(a, b);
}

/**
 * From the snapshot to the current state of its folder, without ignored files.
 * @param apart folder of ours that is never compared, wherever it lies
 * @throws NOT_FOUND (folder or repository is gone)
 */
export async function diffWithFolder(a: Snapshot, apart = dirname(a.gitDir)): Promise<Difference> {
  objectsPlace(a);
  const repository = await locate(a.root, dirname(a.gitDir), a.umask);
  // A folder that has become a repository since is still compared with the snapshot taken without one.
  const home = a.hidden ? hiddenRepository(repository.root, a.gitDir) : repository;
  if (!a.hidden && repository.hidden)
    throw new TrainyardError('NOT_FOUND', `${a.root} is no longer in a repository.`, {
      hint: 'Restore the run and compare the folders.',
    });
  const include = (a.included ?? []).map((path) => Buffer.from(path).toString('latin1'));
  const policy = { sizeLimit: COMPARE_LIMIT, largeFiles: 'leave-out', onlyNew: true } as const;
  const options = { ...policy, apart: await realIfThere(apart), include };
  const { files, patch, leftOut } = await withTree(home, options, async (now) => {
    const { gitDir, root } = home;
    const works = [now.layer, ...now.inner].map(({ work }) => work);
    const { tree } = now.layer;
    const found = await diffTrees(a, { gitDir, root, tree, submodules: now.submodules, works });
    return { ...found, leftOut: now.leftOut };
  });
  const before = new Set(a.leftOut.map(({ path }) => path));
  const large = new Set(leftOut.map(({ path }) => path));
  const gone = new Set(files.filter(({ status }) => status === 'deleted').map(({ path }) => path));
  const changed = [...large].filter((path) => !before.has(path));
  return {
    files: [
      ...files.filter(({ path }) => !large.has(path)),
      ...changed.map((path) => notCompared(path, gone.has(path) ? 'modified' : 'added')),
    ],
    patch,
  };
}

function notCompared(path: string, status: FileChange['status']): FileChange {
  return { path, status, additions: null, deletions: null };
}

interface Kept extends Pick<Snapshot, 'gitDir' | 'root' | 'tree' | 'submodules'> {
  /** For a temporary tree: folders with `objects/` that contain it together with the repositories. */
  works?: string[];
}

async function diffTrees(a: Kept, b: Kept): Promise<Difference> {
  return withNeutral(formatOf(a.tree), async (side) => {
    const [from, to] = await Promise.all([flatTree(side, 'a', a), flatTree(side, 'b', b)]);
    const place: GitPlace = {
      ...placeOver(side, [...from.gitDirs, ...to.gitDirs]),
      // Larger files are compared by their hash only.
      settings: ['core.bigFileThreshold=16m'],
    };
    const command = ['diff-tree', '-r', '-M', '--no-ext-diff', '--no-textconv'];
    const [raw, numstat, patch] = await Promise.all([
      gitBytes(place, [...command, '--raw', '-z', from.tree, to.tree]),
      gitBytes(place, [...command, '--numstat', '-z', from.tree, to.tree]),
      cutPatch(place, [...command, '-p', '--no-color', from.tree, to.tree]),
    ]);
    return { files: fileChanges(raw, numstat), patch };
  });
}

/** A temporary git folder with the objects of several others. */
function placeOver(side: string, gitDirs: string[]): GitPlace {
  return { cwd: side, env: { GIT_DIR: side, ...alternates(gitDirs) } };
}

/**
 * The tree with gitlinks replaced by the files of the inner repositories. If one no longer exists, its gitlink stays.
 * `gitDirs`: where its objects are, besides `side`.
 */
async function flatTree(
  side: string,
  name: string,
  kept: Kept,
): Promise<{ tree: string; gitDirs: string[] }> {
  const outer: Source = {
    gitDir: kept.gitDir,
    commit: kept.tree,
    tree: kept.tree,
    origin: kept.root,
    submodules: kept.submodules,
  };
  const gitDirs = [kept.gitDir, ...(kept.works ?? [])];
  if (kept.submodules.length === 0) return { tree: kept.tree, gitDirs };
  const sources = await inTurns(kept.submodules, async ({ path, commit, gitDir, tree }) => {
    if (!kept.works) return innerIfThere(outer, path, commit);
    return gitDir && tree ? { gitDir, tree } : undefined;
  });
  const inner = kept.submodules.flatMap(({ path }, i) => (sources[i] ? [{ path, ...sources[i] }] : []));
  gitDirs.push(...inner.map(({ gitDir }) => gitDir));
  const over = placeOver(side, gitDirs);
  const place = { ...over, env: { ...over.env, GIT_INDEX_FILE: join(side, name), GIT_WORK_TREE: side } };
  return { tree: await wholeTree(place, kept.tree, inner), gitDirs };
}

async function innerIfThere(outer: Source, path: string, commit: string): Promise<Source | undefined> {
  try {
    return await innerSource(outer, path, commit);
  } catch (error) {
    if (TrainyardError.is(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

function fileChanges(raw: Buffer, numstat: Buffer): FileChange[] {
  const lines = countedLines(numstat);
  return parseRaw(raw).map(({ name, from, status }) => {
    const { additions = null, deletions = null } = lines.get(name) ?? {};
    const change = { path: shown(name), status: STATUS[status] ?? 'modified', additions, deletions };
    return from === undefined ? change : { ...change, from: shown(from) };
  });
}

/** `<added>\t<deleted>\t<name>\0`, and for renames `<added>\t<deleted>\t\0<from>\0<name>\0`; binary files have hyphens. */
function countedLines(numstat: Buffer): Map<string, { additions: number | null; deletions: number | null }> {
  const parts = splitNul(numstat);
  const counted = new Map<string, { additions: number | null; deletions: number | null }>();
  for (let i = 0; i < parts.length; i++) {
    const [, added = '', deleted = '', rest = ''] = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(parts[i]!) ?? [];
    const name = rest === '' ? (parts[(i += 2)] ?? '') : rest;
    const number = (text: string): number | null => (text === '-' ? null : Number(text));
    counted.set(name, { additions: number(added), deletions: number(deleted) });
  }
  return counted;
}

async function cutPatch(place: GitPlace, args: string[]): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  await gitStream(place, args, '', (chunk) => {
    chunks.push(chunk);
    bytes += chunk.length;
    return bytes <= PATCH_LIMIT;
  });
  const patch = Buffer.concat(chunks);
  if (patch.length <= PATCH_LIMIT) return patch.toString('utf8');
  const end = patch.lastIndexOf(0x0a, PATCH_LIMIT - PATCH_NOTE.length - 1) + 1;
  return patch.toString('utf8', 0, end) + PATCH_NOTE;
}
