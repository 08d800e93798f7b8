/** What a snapshot leaves out and a job needs: data, environments. It is joined to the checkout from where it is. */
import fs from 'node:fs';
import path from 'node:path';
import { isWithin } from '../../base/within.js';
import { isNoInput } from '../shared/code.js';
import type { JobInput } from '../target.js';
import type { Mount } from './files.js';
import { entriesOf, link } from '../shared/checkouts/entries.js';
import type { Slot } from '../shared/checkouts/slots.js';

/** Each costs three milliseconds; what is left of the folders is linked. */
const MOST_MOUNTS = 16;
/** A folder of data may hold a script of the snapshot, and a million files. */
const MOST_LINKS = 20_000;

/** A folder of the person, and what of it a job gets beside its code. */
export interface LeftOut {
  root: string;
  inputs: readonly JobInput[];
}

/**
 * Links what the snapshot left out into the checkout, which holds nothing but the snapshot.
 * @param home Trainyard's folder; where the person's holds it, it is to be seen there, too
 * @param own the checkout will stand in the place of the person's folder, so a link to that would lead to itself
 * @returns folders that are to be mounted instead
 */
export function joinLeftOut({ root, inputs }: LeftOut, slot: Slot, home: string, own: boolean): Mount[] {
  const mounts: Mount[] = [];
  let links = 0;
  const names = inputs.map((input) => input.path);
  const [holdHome, others] = partition(names, (name) => isWithin(path.join(root, name), home));
  for (const name of holdHome) join(name);
  if (own && isWithin(root, home) && mounts.length === 0) {
    const at = path.join(slot.folder, path.relative(root, home));
    fs.mkdirSync(at, { recursive: true });
    mounts.push({ from: home, at });
  }
  for (const name of others) join(name);
  return mounts;

  function join(name: string): void {
    if (links >= MOST_LINKS) return;
    const from = path.join(root, name);
    const at = path.join(slot.folder, name);
    const source = fs.lstatSync(from, { throwIfNoEntry: false });
    const there = fs.lstatSync(at, { throwIfNoEntry: false });
    if (!source) return;
    if (there) {
      // The snapshot holds some of it.
      if (!there.isDirectory() || !source.isDirectory()) return;
      for (const child of entriesOf(from)) if (!isNoInput(child)) join(`${name}/${child}`);
      return;
    }
    links++;
    fs.mkdirSync(path.dirname(at), { recursive: true });
    if (!own) link(from, at);
    // In the same place it leads where it leads.
    else if (source.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(from), at);
    else if (source.isDirectory() && mounts.length < MOST_MOUNTS) {
      fs.mkdirSync(at);
      mounts.push({ from, at });
    } else fs.symlinkSync(path.join(slot.person, name), at);
  }
}

function partition<T>(all: readonly T[], is: (one: T) => boolean): [T[], T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}
