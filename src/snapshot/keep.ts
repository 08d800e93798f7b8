/** Checks whether a snapshot still exists, and releases it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TrainyardError } from '../base/errors.js';
import { gitBytes, type GitPlace } from './git.js';
import { releasePacks } from './hold.js';
import { PRIVATE, umaskOf } from './sharing.js';
import { type Inner, type Snapshot } from './snapshot.js';

/** Read-only commands on a snapshot's objects. @throws NOT_FOUND when the repository is gone */
export function objectsPlace({ gitDir }: Pick<Snapshot, 'gitDir'>): GitPlace {
  if (!existsSync(gitDir))
    throw new TrainyardError('NOT_FOUND', `The repository ${gitDir} that held the code is gone.`, {
      hint: 'If the folder was moved, move it back, or open it at its new place and submit again.',
    });
  // The working folder that the configuration of a submodule names may be gone.
  return { cwd: gitDir, env: { GIT_DIR: gitDir, GIT_WORK_TREE: gitDir } };
}

/** Commands that write refs, which others may have to read. */
export function refPlace(gitDir: string, umask: number): GitPlace {
  return { ...objectsPlace({ gitDir }), umask };
}

/** True while the tree and those of inner repositories can be read. */
export async function exists(snapshot: Snapshot): Promise<boolean> {
  const { gitDir, tree } = snapshot;
  if (!(await treeIn(gitDir, [tree]))) return false;
  for (const inner of snapshot.submodules)
    if (inner.gitDir && !(await treeIn(inner.gitDir, namesOf(inner, inner.commit)))) return false;
  return true;
}

/** What may lead to the tree of an inner repository's commit, which git may have collected. */
export function namesOf(inner: Inner | undefined, commit: string): string[] {
  const found = `${commit}^{tree}`;
  if (inner?.commit !== commit) return [found];
  return [...(inner.tree ? [inner.tree] : []), found, ...(inner.ref ? [`${inner.ref}:code`] : [])];
}

/** The first object that one of the names resolves to in a git folder. */
export async function treeIn(gitDir: string, names: readonly string[]): Promise<string | undefined> {
  if (!existsSync(gitDir)) return undefined;
  const asked = names.map((name) => `${name}\n`).join('');
  // The object's name, or what was asked and ` missing`
  const told = await gitBytes(objectsPlace({ gitDir }), ['cat-file', '--batch-check=%(objectname)'], asked);
  return told
    .toString('utf8')
    .split('\n')
    .find((line) => /^[0-9a-f]+$/.test(line));
}

/**
 * Deletes the refs, so that git may collect the objects later. It is no error if they or the repository are already
 * gone.
 */
export async function remove(snapshot: Snapshot): Promise<void> {
  await removeRefs([...snapshot.submodules, snapshot], snapshot.hidden ? PRIVATE : snapshot.umask);
}

/** @param umask without it, that under which each repository was made */
export async function removeRefs(
  refs: readonly { gitDir?: string | null; ref?: string }[],
  umask: number | undefined,
): Promise<void> {
  for (const { gitDir, ref } of refs) {
    if (!gitDir || !ref || !existsSync(gitDir)) continue;
    const place = refPlace(gitDir, umask ?? (await umaskOf(join(gitDir, 'objects'))));
    await gitBytes(place, ['update-ref', '--no-deref', '-d', ref]);
    await releasePacks(gitDir, new Set([ref]));
  }
}
