import path from 'node:path';
import { archive } from '../../snapshot/archive.js';
import { checkout } from '../../snapshot/restore.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { JobCode, JobInput } from '../target.js';

/** The code that a snapshot holds, as a target gets it. @param workingFolder relative to the root, with `/` */
export function codeOf(snapshot: Snapshot, workingFolder: string): JobCode {
  return {
    tree: snapshot.tree,
    root: snapshot.root,
    workingFolder,
    snapshot,
    checkout: (folder) => checkout(snapshot, folder),
    archive: () => archive(snapshot),
  };
}

/** Made anew by every program that wants it, and harmful when shared between runs. */
const NO_INPUT = /(^|\/)(\.git|__pycache__|\.ipynb_checkpoints|mlruns)\/?$/;

/** Whether a path beside the code is of no use to a job. */
export function isNoInput(name: string): boolean {
  return NO_INPUT.test(name);
}

/** What the snapshot left out and a job needs: data, environments. */
export function inputsOf({ root, ignored, leftOut }: Snapshot): JobInput[] {
  const names = [...ignored, ...leftOut.map((file) => file.path)];
  return names
    .filter((name) => !isNoInput(name))
    .map((name) => name.replace(/\/$/, ''))
    .map((name) => ({ path: name, source: path.join(root, name) }));
}
