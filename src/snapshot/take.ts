/** Takes a snapshot: the current working folder as a tree and a commit on top of HEAD, kept by a ref of the run. */
import { existsSync } from 'node:fs';
import { readFile, realpath, rename, utimes } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ifMissing, TrainyardError } from '../base/errors.js';
import { commitOf, type CommitText } from './commit.js';
import { gitBytes } from './git.js';
import { hold } from './hold.js';
import { refPlace, removeRefs } from './keep.js';
import { word, writeKeeper } from './keeper.js';
import { locate, realIfThere, type Repository } from './locate.js';
import { shown } from './listing.js';
import { type Inner, type KeptRef, type Snapshot, type TakeOptions } from './snapshot.js';
import { settle } from './neutral.js';
import { isAtHead, isStill } from './still.js';
import { HEAVY, type Layer, withTree, type Written } from './tree.js';
import { inTurns } from './turns.js';

/** How often a folder is read if git keeps changing it, and the milliseconds between attempts. */
const ATTEMPTS = 3;
const PAUSE = 100;

/** The last tree kept of a working folder, with its ref: `<ref> <keeper>`. */
const LAST = 'last';

/**
 * Does not touch the person's index, HEAD, branches, files, stash, hooks or reflog. Adds objects, the ref, and
 * `trainyard/` in the git folder, also in those of inner repositories. If it fails, there is no ref. A concurrent `git
 * gc` removes nothing that the ref keeps.
 *
 * @throws NOT_FOUND (no such folder), BAD_REQUEST (run id, folder), LARGE_FILES, GIT_FAILED (with git's words)
 */
export async function take(options: TakeOptions): Promise<Snapshot> {
  const ref = refOf(options.runId);
  let before: Snapshot | undefined;
  for (let attempt = 1; ; attempt++) {
    const last = attempt === ATTEMPTS;
    const { snapshot, stable, kept } = await takeOnce(options, ref, before, last);
    // Two identical reads are one consistent state, whatever holds the index.
    if (kept) return stable || isSame(before, snapshot) ? snapshot : { ...snapshot, torn: true };
    before = snapshot;
    await setTimeout(attempt * PAUSE);
  }
}

interface Taken {
  snapshot: Snapshot;
  /** Git changed nothing while it was taken. */
  stable: boolean;
  /** False: take it again. */
  kept: boolean;
}

/** @param before the previous attempt, not kept; @param last keep it in any case */
async function takeOnce(
  options: TakeOptions,
  ref: string,
  before: Snapshot | undefined,
  last: boolean,
): Promise<Taken> {
  const { folder, hiddenRoot } = options;
  const repository = await locate(folder, hiddenRoot, options.umask);
  const apart = await realIfThere(options.apart ?? hiddenRoot);
  if (apart === repository.root)
    throw new TrainyardError(
      'BAD_REQUEST',
      `${apart} is where Trainyard keeps its runs; it cannot be submitted.`,
      {
        hint: 'Move the script to another folder.',
      },
    );
  const include = await namesIn(repository.root, folder, options.include ?? []);
  return withTree(repository, { ...options, apart, include, complete: last }, async (written) => {
    const { layer, inner, submodules, ...found } = written;
    const { gitDir, root, hidden, head, branch, remote } = repository;
    const commit = commitOf(layer.tree, head, options.message);
    // The umask of a hidden repository is not the person's.
    const umask = options.umask ?? (hidden ? undefined : repository.umask);
    const included = include.map(shown);
    const snapshot: Snapshot = {
      ...{ gitDir, root, hidden, commit: commit.oid, tree: layer.tree, ref, head, branch, remote, umask },
      ...{ included, ...found, submodules: withRefs(submodules, gitDir, ref) },
    };
    const stable = await isStable(written);
    if (!stable && !last && !isSame(before, snapshot)) return { snapshot, stable, kept: false };
    const refs = snapshot.submodules.filter((found) => found.gitDir).map(({ ref }) => ref!);
    const layers = [{ ...layer, commit, ref }, ...inner.map((found, i) => ({ ...found, ref: refs[i]! }))];
    await options.intend?.(layers.map(({ repository, ref }) => ({ gitDir: repository.gitDir, ref })));
    return { snapshot, stable, kept: await keep(layers, last) };
  });
}

async function isStable({ layer, inner }: Written): Promise<boolean> {
  const still = await inTurns([layer, ...inner], ({ repository, before }) => isStill(repository, before));
  return still.every(Boolean);
}

function isSame(a: Snapshot | undefined, b: Snapshot): boolean {
  return a?.tree === b.tree && a.head === b.head;
}

interface KeptLayer extends Layer {
  commit: CommitText;
  ref: string;
}

/**
 * Writes objects and refs of all layers, or no ref.
 * @param complete rewrite every object, without relying on objects that current refs keep
 * @returns false if a ref that the objects rely on has moved; then no ref is left
 */
async function keep(layers: readonly KeptLayer[], complete: boolean): Promise<boolean> {
  const written: KeptRef[] = [];
  const { umask } = layers[0]!.repository;
  let sound = false;
  try {
    const checks: (() => Promise<boolean>)[] = [];
    for (const layer of layers) {
      written.push({ gitDir: layer.repository.gitDir, ref: layer.ref });
      checks.push(await keepLayer(layer, complete));
    }
    // A gc that saw our ref, or the refs that the objects rely on, has kept all of them.
    sound = (await inTurns(checks, (check) => check())).every(Boolean);
    return sound;
  } finally {
    if (!sound) await removeRefs(written, umask);
  }
}

/** @returns whether other refs still keep the objects it relies on */
async function keepLayer(
  { repository, work, place, since, heavy, tree, commit, ref }: KeptLayer,
  complete: boolean,
): Promise<() => Promise<boolean>> {
  const { side, gitDir, modes, headTree, umask } = repository;
  const writing = refPlace(gitDir, umask);
  const [keeper, last] = await Promise.all([
    writeKeeper(place, { tree, headTree, commit: commit.bytes }),
    complete ? undefined : lastKept(repository),
  ]);
  const bases = complete ? [] : [headTree, last?.keeper].filter((base) => typeof base === 'string');
  await hold(place, { gitDir, work, modes, ref }, [keeper], bases);
  await gitBytes(writing, ['update-ref', ref, keeper]);
  // The commit itself, for git commands. Nothing keeps it; the keeper can restore it.
  const store = { ...writing, settings: place.settings };
  if (commit.oid !== repository.head)
    await gitBytes(store, ['hash-object', '-t', 'commit', '-w', '--stdin'], commit.bytes);
  await settle(join(side, LAST), `${ref} ${keeper}\n`, modes.file);
  await settle(join(side, HEAVY), JSON.stringify(heavy.sort()), modes.file);
  await keepIndex(join(work, 'index'), join(side, 'index'), since);
  return async () => complete || ((await isAtHead(repository)) && (!last || (await isKept(gitDir, last))));
}

/** @param since ms: files changed after it are read again the next time, whatever their size and time */
async function keepIndex(index: string, kept: string, since: number): Promise<void> {
  // An empty folder has no index.
  if (!existsSync(index)) return;
  // Git stores times in seconds, and file times lag by some milliseconds.
  const time = since / 1000 - 1;
  await utimes(index, time, time);
  await rename(index, kept);
}

interface Last {
  ref: string;
  keeper: string;
}

async function lastKept({ side, gitDir }: Repository): Promise<Last | undefined> {
  const text = await readFile(join(side, LAST), 'utf8').catch(ifMissing);
  const [ref = '', keeper = ''] = text?.trim().split(' ') ?? [];
  return text !== undefined && (await isKept(gitDir, { ref, keeper })) ? { ref, keeper } : undefined;
}

async function isKept(gitDir: string, { ref, keeper }: Last): Promise<boolean> {
  const place = refPlace(gitDir, 0);
  return word(await gitBytes(place, ['for-each-ref', '--format=%(objectname)', ref])) === keeper;
}

/** Repositories that share a git folder (worktrees do) get a ref each. */
function withRefs(submodules: Inner[], gitDir: string, ref: string): Inner[] {
  const used = new Map([[gitDir, 1]]);
  return submodules.map((inner) => {
    if (!inner.gitDir) return inner;
    const before = used.get(inner.gitDir) ?? 0;
    used.set(inner.gitDir, before + 1);
    return { ...inner, ref: before === 0 ? ref : `${ref}.${before}` };
  });
}

/** Byte names from the root of what is named from a folder in it. */
async function namesIn(root: string, folder: string, paths: string[]): Promise<string[]> {
  const from = await realpath(folder);
  return paths
    .map((path) => relative(root, join(from, path)).split(sep).join('/'))
    .map((path) => Buffer.from(path).toString('latin1'));
}

function refOf(runId: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(runId)) return `refs/trainyard/runs/${runId}`;
  throw new TrainyardError('BAD_REQUEST', `"${runId}" is not a run ID.`, {
    hint: 'Use letters, digits, hyphens and underscores.',
  });
}
