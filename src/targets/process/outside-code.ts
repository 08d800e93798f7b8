/** Which Python code a job used that is not in its snapshot: no restore brings it back, so the run says so. */
import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../../base/errors.js';
import { within } from '../../base/within.js';
import { makeDebuggerFolder } from '../shared/debugger.js';
import { SITECUSTOMIZE } from './sitecustomize.js';
import type { Slot } from '../shared/checkouts/slots.js';

/** Files and packages that are told. */
const MOST = 50;

/** Where `sitecustomize.py` of a job is, and what that writes. */
export const pythonFolderIn = (jobFolder: string) => path.join(jobFolder, 'python');

/** Its presence says that the job saw its checkout in the place of the person's folder. */
const OWN = 'own';

/** Code that PyTorch writes for itself as it runs. */
const GENERATED = /[\\/]torchinductor_[^\\/]+[\\/]/;

/**
 * Has every Python of a job note what it used, do with mounted folders what it does with others, and let a debugger in.
 * @param mounted folders as the job sees them; undefined: the checkout does not stand in the place of the person's folder
 * @returns PYTHONPATH for the job
 */
export function setUpPython(
  jobFolder: string,
  pythonPath: string | undefined,
  mounted: readonly string[] | undefined,
): string {
  const folder = pythonFolderIn(jobFolder);
  fs.mkdirSync(path.join(folder, 'used'), { recursive: true, mode: 0o700 });
  makeDebuggerFolder(folder);
  if (mounted) fs.writeFileSync(path.join(folder, OWN), '', { mode: 0o600 });
  fs.writeFileSync(path.join(folder, 'mounted'), (mounted ?? []).join('\0'), { mode: 0o600 });
  fs.writeFileSync(path.join(folder, 'sitecustomize.py'), SITECUSTOMIZE, { mode: 0o600 });
  return [folder, pythonPath].filter(Boolean).join(path.delimiter);
}

/**
 * What a job used from outside its snapshot: packages by their folders, other modules by their files; absolute, as the
 * person knows them.
 * @param root the person's folder
 * @param slot where the job's code was
 */
export function outsideCode(jobFolder: string, root: string, slot: Slot): string[] {
  const folder = pythonFolderIn(jobFolder);
  const roots = fs.existsSync(path.join(folder, OWN)) ? [slot.folder, root] : [slot.folder];
  const files = [...new Set(usedFiles(folder))].filter(
    (file) => !GENERATED.test(file) && !isOfSnapshot(file, roots, slot.folder),
  );
  const packages = files
    .filter((file) => /^__init__\.\w+$/.test(path.basename(file)))
    .map((file) => path.dirname(file));
  const isBelow = (file: string, folder: string) => file.startsWith(folder + path.sep);
  const topMost = packages.filter((folder) => !packages.some((other) => isBelow(folder, other)));
  const single = files.filter((file) => !topMost.some((folder) => isBelow(file, folder)));
  const named = [...topMost, ...single].map((file) => {
    const inside = within(slot.folder, file);
    return inside === undefined ? file : path.join(root, inside);
  });
  return [...new Set(named)].sort().slice(0, MOST);
}

function usedFiles(folder: string): string[] {
  const used = path.join(folder, 'used');
  try {
    return fs
      .readdirSync(used)
      .flatMap((name) => fs.readFileSync(path.join(used, name), 'utf8').split('\0'))
      .filter(Boolean);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/**
 * Files of the checkout are those of the snapshot, or were made by the job, which keeps them. What is mounted or linked
 * there is neither.
 */
function isOfSnapshot(file: string, roots: readonly string[], checkout: string): boolean {
  const inside = roots.map((root) => within(root, file)).find((one) => one !== undefined);
  if (inside === undefined) return false;
  const there = path.join(checkout, inside);
  try {
    return fs.lstatSync(there).isFile() && fs.realpathSync(path.dirname(there)) === path.dirname(there);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG')) return false;
    throw error;
  }
}
