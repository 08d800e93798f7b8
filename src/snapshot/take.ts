/** Takes a snapshot: the working folder as it is, as a commit on top of HEAD, kept by a ref of the run. */
import { realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { TrainyardError } from '../base/errors.js';
import { commitTree } from './commit.js';
import { gitBytes } from './git.js';
import { refPlace, removeRefs } from './keep.js';
import { locate, realIfThere } from './locate.js';
import { shown } from './listing.js';
import { type Inner, type Snapshot, type TakeOptions } from './snapshot.js';
import { writeTree } from './tree.js';

/**
 * Nothing of the person's is touched: not the index, HEAD, branches, files, stash, hooks or reflog. Added are
 * objects, the ref, and `trainyard/` in the git folder; the same in those of inner repositories. When it fails
 * there is no ref.
 *
 * @throws NOT_FOUND (no such folder), BAD_REQUEST (run id, folder), LARGE_FILES, GIT_FAILED (with git's words)
 */
export async function take(options: TakeOptions): Promise<Snapshot> {
  const ref = refOf(options.runId);
  const { folder, hiddenRoot } = options;
  const repository = await locate(folder, hiddenRoot, options.umask);
  const apart = await realIfThere(options.apart ?? hiddenRoot);
  if (apart === repository.root)
    throw new TrainyardError(
      'BAD_REQUEST',
      `${apart} is where Trainyard keeps its runs; it cannot be submitted.`,
      {
        hint: 'Move the script to a folder of its own.',
      },
    );
  const include = await namesIn(repository.root, folder, options.include ?? []);
  const { tree, submodules, ...found } = await writeTree(repository, { ...options, apart, include });
  const commit = await commitTree(repository, tree, options.message);
  const { gitDir, root, hidden, head, branch, remote } = repository;
  // The umask of a hidden repository is not the person's.
  const umask = options.umask ?? (hidden ? undefined : repository.umask);
  const included = include.map(shown);
  const kept = { gitDir, root, hidden, commit, tree, ref, head, branch, remote, umask, included, ...found };
  const snapshot: Snapshot = { ...kept, submodules: withRefs(submodules, gitDir, ref) };
  await keep([...snapshot.submodules, snapshot], repository.umask);
  return snapshot;
}

/** All of the refs, or none. */
async function keep(refs: readonly Pick<Inner, 'gitDir' | 'commit' | 'ref'>[], umask: number): Promise<void> {
  const written: Pick<Inner, 'gitDir' | 'commit' | 'ref'>[] = [];
  try {
    for (const { gitDir, commit, ref } of refs)
      if (gitDir && ref) {
        await gitBytes(refPlace(gitDir, umask), ['update-ref', ref, commit]);
        written.push({ gitDir, commit, ref });
      }
  } catch (error) {
    await removeRefs(written, umask);
    throw error;
  }
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
  throw new TrainyardError('BAD_REQUEST', `"${runId}" is no run id.`, {
    hint: 'Use letters, digits, hyphens and underscores.',
  });
}
