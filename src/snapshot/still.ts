/** Whether git changed a repository while its folder was read: a checkout, a commit, a merge. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ifMissing, TrainyardError } from '../base/errors.js';
import { gitBytes } from './git.js';
import { word } from './keeper.js';
import { type Repository } from './locate.js';

/** The person's index as it was: when, how large, and which file. */
export type IndexState = string;

/** Git writes the index at the end of whatever changes files, and locks it before. */
export async function indexState({ side, hidden }: Repository): Promise<IndexState> {
  if (hidden) return '';
  const index = join(dirname(side), 'index');
  const found = await stat(index, { bigint: true }).catch(ifMissing);
  return found ? `${found.mtimeNs} ${found.size} ${found.ino}` : 'none';
}

/** True if HEAD and index are unchanged and no git command holds the index. */
export async function isStill(repository: Repository, before: IndexState): Promise<boolean> {
  if (repository.hidden) return true;
  const locked = existsSync(join(dirname(repository.side), 'index.lock'));
  return !locked && (await indexState(repository)) === before && (await isAtHead(repository));
}

export async function isAtHead({ root, head, hidden }: Repository): Promise<boolean> {
  return hidden || (await resolved(root, 'HEAD^{commit}')) === head;
}

/** What a name leads to; null: nothing. */
async function resolved(root: string, name: string): Promise<string | null> {
  try {
    return word(await gitBytes({ cwd: root }, ['rev-parse', '-q', '--verify', name]));
  } catch (error) {
    if (TrainyardError.is(error, 'GIT_FAILED')) return null;
    throw error;
  }
}
