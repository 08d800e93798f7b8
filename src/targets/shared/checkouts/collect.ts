import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../../../base/errors.js';
import { madeFiles } from '../../../snapshot/mirror.js';
import type { OutputSink } from '../../target.js';
import { placeIn, type Slot } from './slots.js';
import { madeAround } from './surroundings.js';

/** By-products that nobody looks for in a run. */
const NOISE = /(^|\/)(__pycache__|\.ipynb_checkpoints|\.git)(\/|$)|\.pyc$/;

/** What a job meant to write beside the person's folder, by the paths that it would have there. */
export const BESIDE = 'beside';

/** Where a job's code was. */
export interface CodePlace {
  slot: Slot;
  /** The person's folder. */
  root: string;
}

/**
 * Hands over what a job wrote, in its code folder and in its folder for outputs.
 * @param code undefined: it is gone, or there never was any
 * @throws GIT_FAILED
 */
export async function collectOutputs(
  code: CodePlace | undefined,
  output: string,
  sink: OutputSink,
): Promise<void> {
  const files: { path: string; file: string }[] = [];
  const closed = (folder: string, error: unknown) => sink.lost(folder, error);
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
  for await (const file of filesBelow(output, closed)) await find(path.join(output, file), file);
  sink.expect(files.length);
  for (const { path: name, file } of files) await sink.file(name, { file });

  async function find(file: string, name: string): Promise<void> {
    try {
      // A link may lead anywhere; what it leads to is not this job's.
      if ((await fs.promises.lstat(file)).isFile()) files.push({ path: name, file });
    } catch (error) {
      sink.lost(name, error);
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
