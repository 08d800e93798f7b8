import fs from 'node:fs';
import path from 'node:path';
import { isWithin } from '../base/within.js';

/**
 * The folder whose code is kept with the runs of a script: the opened one where that is in the script's repository, or
 * is a repository that has it as a submodule; else the script's repository; else the opened one, else the script's own.
 * @param opened absolute; a folder around the script that a person opened
 */
export function codeFolderOf(script: string, opened: string | undefined): string {
  const own = path.dirname(script);
  const repository = repositoryAround(own);
  if (repository === undefined) return opened ?? own;
  if (opened === undefined) return repository;
  if (isWithin(repository, opened)) return opened;
  const isSubmodule = fs.statSync(path.join(repository, '.git')).isFile();
  return isSubmodule && repositoryAround(opened) !== undefined ? opened : repository;
}

function repositoryAround(folder: string): string | undefined {
  for (let at = folder; ; at = path.dirname(at)) {
    const git = path.join(at, '.git');
    const found = fs.statSync(git, { throwIfNoEntry: false });
    if (found?.isFile() || (found && fs.existsSync(path.join(git, 'HEAD')))) return at;
    if (at === path.dirname(at)) return undefined;
  }
}
