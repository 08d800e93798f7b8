import fs from 'node:fs';
import path from 'node:path';
import { programOf } from '../../job/spec.js';
import { within } from '../../base/within.js';
import { givePrivateGit } from '../../snapshot/private-git.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { Job } from '../target.js';
import { pythonPath } from './editable.js';
import type { Mount } from './files.js';
import type { JobFolders } from './folders.js';
import { joinLeftOut } from './links.js';
import { setUpPython } from './outside-code.js';
import { checkedOut, type Slot, type Slots } from '../shared/checkouts/slots.js';
import { linkSurroundings } from '../shared/checkouts/surroundings.js';

/** Where a job's process starts, and what it sees elsewhere than it is. */
export interface Checkout {
  /** The root of the code, and the folder in it that the process starts in: absolute, as the process sees it. */
  root: string;
  cwd: string;
  mounts?: Mount[];
  /** Environment variables that lead there. */
  variables: Record<string, string>;
}

export interface Preparation {
  job: Job;
  folders: JobFolders;
  /** Of the process, as far as it is known. */
  env: Readonly<Record<string, string>>;
  /** Trainyard's own folder. */
  home: string;
  /** Whether the process can see folders elsewhere than they are. */
  canMount: boolean;
}

/** Makes a job's folders, with its code in one of them. @throws NOT_FOUND (the repository is gone) | GIT_FAILED */
export async function prepareFolders(
  slots: Slots,
  { job, folders, env, home, canMount }: Preparation,
): Promise<Checkout> {
  const { root, snapshot, workingFolder } = job.code;
  fs.mkdirSync(folders.output, { recursive: true, mode: 0o700 });
  const slot = await checkedOut(slots, job.id, snapshot);
  replaceLink(slot.folder, folders.code);
  // Nothing can be put in the place of a whole disk.
  const own = canMount && path.dirname(root) !== root;
  await giveGit(snapshot, slot, own);
  const mounts = joinLeftOut({ root, inputs: job.inputs }, slot, fs.realpathSync(home), own);
  // Git keeps no empty folder.
  fs.mkdirSync(path.join(slot.folder, workingFolder), { recursive: true });
  if (!own) linkSurroundings(slot, root);
  const python = own ? env['PYTHONPATH'] : pythonPath(programOf(job), env, root, slot.folder);
  const seen = own ? root : slot.folder;
  const at = path.join(seen, workingFolder);
  const mounted = mounts.map((mount) => path.join(root, path.relative(slot.folder, mount.at)));
  const variables = { PWD: at, PYTHONPATH: setUpPython(folders.root, python, own ? mounted : undefined) };
  if (!own) return { root: seen, cwd: at, variables };
  return {
    root: seen,
    cwd: at,
    variables,
    // The person's folder is seen elsewhere before it is covered; what is mounted in the checkout comes along with it.
    mounts: [{ from: root, at: slot.person }, ...mounts, { from: slot.folder, at: root }],
  };
}

/** Where the checkout stands in the place of the person's folder, a git folder in that is seen elsewhere. */
async function giveGit(snapshot: Snapshot, slot: Slot, own: boolean): Promise<void> {
  const inside = within(snapshot.root, snapshot.gitDir);
  const gitDir = own && inside !== undefined ? path.join(slot.person, inside) : snapshot.gitDir;
  // Of the job before.
  for (const old of [slot.privateGit, path.join(slot.folder, '.git')])
    fs.rmSync(old, { recursive: true, force: true });
  await givePrivateGit(snapshot, slot, { folder: slot.privateGit, gitDir });
}

/** So that the job's own folder leads to its code. What a server before this one left there goes. */
function replaceLink(folder: string, at: string): void {
  fs.rmSync(at, { recursive: true, force: true });
  fs.symlinkSync(folder, at, 'junction');
}
