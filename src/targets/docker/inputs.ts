/** What the snapshot leaves out and a job needs, such as data: it is mounted into the code, or linked where there is too much. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { isWithin } from '../../base/within.js';
import { entriesOf } from '../shared/checkouts/entries.js';
import { isNoInput } from '../shared/code.js';
import type { JobInput } from '../target.js';
import { INSIDE } from './names.js';

const MOST_MOUNTS = 32;
/** A folder of data may hold a script of the snapshot, and a million files. */
const MOST_LINKS = 20_000;

export interface Bind {
  /** Absolute on this machine, and there. */
  source: string;
  /** Absolute in the container. */
  target: string;
  readOnly: boolean;
}

export interface JoinedInputs {
  binds: Bind[];
  /** Paths from the root of what could not be joined. */
  leftOut: string[];
}

/**
 * @param root the person's folder
 * @param checkout what holds nothing but the snapshot: places for mounts are made there, and links
 * @param code where the checkout stands in the container
 * @param home Trainyard's folder, which no container sees: it holds the token of the server
 * @param isApart all of it is sent, as many as there are: no place is made for a mount
 */
export function joinInputs(
  inputs: readonly JobInput[],
  {
    root,
    checkout,
    code,
    home,
    readOnly,
    isApart = false,
  }: {
    root: string;
    checkout: string;
    code: string;
    home: string;
    readOnly: boolean;
    isApart?: boolean;
  },
): JoinedInputs {
  const binds: Bind[] = [];
  const leftOut: string[] = [];
  // There links need a privilege, and lead nowhere in a container.
  const canLink = process.platform !== 'win32' && !isWithin(root, home);
  let links = 0;
  for (const { path: name } of inputs) join(name);
  if (links > 0) binds.push({ source: root, target: INSIDE.project, readOnly });
  return { binds, leftOut };

  function join(name: string): void {
    const source = path.join(root, name);
    const at = path.join(checkout, name);
    const found = fs.lstatSync(source, { throwIfNoEntry: false });
    if (!found) return;
    const there = fs.lstatSync(at, { throwIfNoEntry: false });
    if (there && !there.isDirectory()) return;
    if (isWithin(source, home) || there) {
      // The snapshot holds some of it, or it holds what is not to be seen.
      if (found.isDirectory())
        for (const child of entriesOf(source))
          if (!isNoInput(child) && path.join(source, child) !== home) join(`${name}/${child}`);
      return;
    }
    fs.mkdirSync(path.dirname(at), { recursive: true });
    const target = path.posix.join(code, name);
    if (found.isSymbolicLink()) return keepLink(source, at, name);
    if (isApart) binds.push({ source, target, readOnly });
    else if (found.isDirectory() && binds.length < MOST_MOUNTS) {
      fs.mkdirSync(at);
      binds.push({ source, target, readOnly });
    } else if (canLink && links < MOST_LINKS) {
      links++;
      fs.symlinkSync(path.posix.join(INSIDE.project, name), at);
    } else leftOut.push(name);
  }

  /** One that leads to where nothing is mounted would lead nowhere: what it leads to is mounted in its place. */
  function keepLink(source: string, at: string, name: string): void {
    const to = fs.existsSync(source) ? fs.realpathSync(source) : undefined;
    if (to === undefined || isWithin(to, home) || isWithin(home, to)) return;
    if (isWithin(root, to) && canLink) return void fs.symlinkSync(fs.readlinkSync(source), at);
    if (!isApart) {
      if (binds.length >= MOST_MOUNTS || !fs.statSync(to).isDirectory()) return void leftOut.push(name);
      fs.mkdirSync(at);
    }
    binds.push({ source: to, target: path.posix.join(code, name), readOnly });
  }
}
