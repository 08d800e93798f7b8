import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../../base/errors.js';
import { madeFiles } from '../../snapshot/mirror.js';
import type { FileToKeep } from '../store/artifacts.js';
import type { Store } from '../store/store.js';
import type { JobFolders } from './folders.js';
import { placeIn, type Slot } from './slots.js';
import { madeAround } from './surroundings.js';

/** By-products that nobody looks for in a run. */
const NOISE = /(^|\/)(__pycache__|\.ipynb_checkpoints|\.git)(\/|$)|\.pyc$/;

/** Where in a run the files of its job are. */
const OUTPUTS = 'outputs/';
/** What a job meant to write beside the person's folder, by the paths that it would have there. */
export const BESIDE = 'beside';

/**
 * Keeps what a job wrote, in its code folder and in $TRAINYARD_OUTPUT, as files of the run under `outputs/`. May be
 * done again after a crash: a file replaces itself.
 * @param code where the job's code was; undefined: it is gone, or there never was any
 * @returns the files that could not be kept, and why; they do not hinder the others
 * @throws GIT_FAILED
 */
export async function collectOutputs(
  { artifacts, jobs }: Store,
  runId: string,
  code: { slot: Slot; root: string } | undefined,
  folders: JobFolders,
): Promise<{ file: string; error: unknown }[]> {
  const files: FileToKeep[] = [];
  const lost: { file: string; error: unknown }[] = [];
  const closed = (folder: string, error: unknown) => lost.push({ file: folder, error });
  if (code) {
    const made = await madeFiles(code.slot);
    for (const { folder, error } of made.closed) closed(folder, error);
    for (const file of made.files) if (!NOISE.test(file)) await find(path.join(code.slot.folder, file), file);
    for (const { at, meant } of madeAround(code.slot, code.root)) {
      const name = `${BESIDE}/${placeIn(meant).split(path.sep).join('/')}`;
      await find(at, name);
      for await (const file of filesBelow(at, closed)) await find(path.join(at, file), `${name}/${file}`);
    }
  }
  for await (const file of filesBelow(folders.output, closed))
    await find(path.join(folders.output, file), file);
  const refused = await artifacts.putFiles(`runs/${runId}`, files, (done) =>
    jobs.update(runId, { collected: { done, total: files.length } }),
  );
  return [...lost, ...refused.map(({ path: name, error }) => ({ file: name.slice(OUTPUTS.length), error }))];

  async function find(file: string, name: string): Promise<void> {
    try {
      // A link may lead anywhere; what it leads to is not this job's.
      if ((await fs.promises.lstat(file)).isFile()) files.push({ path: `${OUTPUTS}${name}`, file });
    } catch (error) {
      lost.push({ file: name, error });
    }
  }
}

/** Files below a folder that may be there, by their paths from it, with `/`. Links are not followed: they may lead round. */
async function* filesBelow(
  folder: string,
  failed: (folder: string, error: unknown) => void,
): AsyncGenerator<string> {
  const folders = [''];
  for (const below of folders) {
    let entries: fs.Dirent[];
    try {
      entries = await fs.promises.readdir(path.join(folder, below), { withFileTypes: true });
    } catch (error) {
      if (below !== '' || !hasCode(error, 'ENOENT', 'ENOTDIR')) failed(below, error);
      continue;
    }
    for (const entry of entries) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) folders.push(name);
      else if (entry.isFile()) yield name;
    }
  }
}
