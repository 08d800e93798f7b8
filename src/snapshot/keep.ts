/** Whether a snapshot is still there, and letting go of it. */
import { existsSync } from 'node:fs';
import { TrainyardError } from '../base/errors.js';
import { gitBytes, type GitPlace } from './git.js';
import { type Snapshot } from './snapshot.js';

/** Read-only commands on a snapshot's objects. @throws NOT_FOUND when the repository is gone */
export function objectsPlace({ gitDir }: Snapshot): GitPlace {
  if (!existsSync(gitDir))
    throw new TrainyardError('NOT_FOUND', `The repository ${gitDir} that held the code is gone.`, {
      hint: 'If the folder was moved, move it back, or open it where it is now and submit again.',
    });
  return { cwd: gitDir, env: { GIT_DIR: gitDir } };
}

/** True while the commit and its tree can be read. */
export async function exists(snapshot: Snapshot): Promise<boolean> {
  if (!existsSync(snapshot.gitDir)) return false;
  try {
    await gitBytes(objectsPlace(snapshot), ['cat-file', '-e', `${snapshot.commit}^{tree}`]);
    return true;
  } catch (error) {
    if (TrainyardError.is(error, 'GIT_FAILED')) return false;
    throw error;
  }
}

/** Deletes the ref, so that git may collect the objects in its own time; done before or repository gone is fine too. */
export async function remove(snapshot: Snapshot): Promise<void> {
  if (!existsSync(snapshot.gitDir)) return;
  await gitBytes(objectsPlace(snapshot), ['update-ref', '--no-deref', '-d', snapshot.ref]);
}
