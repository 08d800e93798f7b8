import fs from 'node:fs';
import path from 'node:path';
import { checkout } from '../../snapshot/restore.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { JobSpec } from '../../job/spec.js';
import type { JobFolders } from './folders.js';

/** Made anew by every program that wants it, and harmful when shared between runs. */
const NEVER_LINKED = /(^|\/)(\.git|__pycache__|\.ipynb_checkpoints|mlruns)\/?$/;

/** Makes a job's folders, with its code in one of them. @returns the one that its process starts in, absolute */
export async function prepareFolders(
  folders: JobFolders,
  snapshot: Snapshot,
  { codeFolder, workingFolder }: JobSpec,
): Promise<string> {
  fs.mkdirSync(folders.output, { recursive: true, mode: 0o700 });
  await prepareCode(snapshot, folders.code);
  const inRepository = path.relative(snapshot.root, fs.realpathSync(codeFolder));
  const cwd = path.join(folders.code, inRepository, workingFolder);
  // Git keeps no empty folder.
  fs.mkdirSync(cwd, { recursive: true });
  return cwd;
}

/** Writes the run's code into `folder`, with what git ignores (data, environments) linked in from where it is. */
async function prepareCode(snapshot: Snapshot, folder: string): Promise<void> {
  fs.rmSync(folder, { recursive: true, force: true });
  await checkout(snapshot, folder);
  for (const name of linkedPaths(snapshot)) {
    const target = path.join(snapshot.root, name);
    const link = path.join(folder, name);
    if (!fs.existsSync(target) || fs.existsSync(link)) continue;
    fs.mkdirSync(path.dirname(link), { recursive: true });
    // On Windows a junction needs no privilege.
    fs.symlinkSync(target, link, fs.statSync(target).isDirectory() ? 'junction' : 'file');
  }
}

/** Relative, without a slash at the end. */
export function linkedPaths(snapshot: Snapshot): string[] {
  return snapshot.ignored.filter((name) => !NEVER_LINKED.test(name)).map((name) => name.replace(/\/$/, ''));
}
