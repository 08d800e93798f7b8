import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { TrainyardError } from '../base/errors.js';

const execute = promisify(execFile);

/** Full hash of a revision of the repository here. @throws BAD_REQUEST */
export async function resolveCommit(revision: string): Promise<string> {
  try {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
    return (await execute('git', args)).stdout.trim();
  } catch (cause) {
    throw new TrainyardError('BAD_REQUEST', `“${revision}” is not a commit of this repository.`, {
      cause,
    });
  }
}

/** The repository's root around `folder`; undefined without one, or without git. */
export async function repositoryRoot(folder: string): Promise<string | undefined> {
  // Variables of a git hook would select its repository, whatever the folder.
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, ...env } = process.env;
  try {
    return (await execute('git', ['-C', folder, 'rev-parse', '--show-toplevel'], { env })).stdout.trim();
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
