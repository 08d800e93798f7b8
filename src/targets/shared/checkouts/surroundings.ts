/**
 * What is around a checkout that cannot stand in the place of the person's folder: links to what is around that, so that
 * `../data` leads where it leads by hand.
 */
import fs from 'node:fs';
import path from 'node:path';
import { entriesOf, link } from './entries.js';
import type { Slot } from './slots.js';

/** Entries of one folder that are linked; nobody's folder of projects has more. */
const MOST = 2_000;

/** A folder above the person's, and the one that stands for it. */
interface Level {
  real: string;
  stand: string;
  /** The entry that leads to the code. */
  inward: string;
}

function levelsOf({ folder, tree }: Pick<Slot, 'folder' | 'tree'>, root: string): Level[] {
  const levels: Level[] = [];
  let [real, stand] = [root, folder];
  while (stand !== tree && path.dirname(real) !== real) {
    levels.push({ real: path.dirname(real), stand: path.dirname(stand), inward: path.basename(real) });
    [real, stand] = [path.dirname(real), path.dirname(stand)];
  }
  return levels;
}

/** Makes the links that are missing, and takes away those that lead to what is gone. */
export function linkSurroundings(slot: Slot, root: string): void {
  for (const { real, stand, inward } of levelsOf(slot, root)) {
    const wanted = new Set(entriesOf(real).slice(0, MOST));
    wanted.delete(inward);
    for (const name of entriesOf(stand)) {
      if (name === inward) continue;
      if (wanted.has(name)) wanted.delete(name);
      else fs.rmSync(path.join(stand, name), { recursive: true, force: true });
    }
    for (const name of wanted) link(path.join(real, name), path.join(stand, name));
  }
}

/** What a job made there, as absolute paths, with what they would have been beside the person's folder. */
export function madeAround(slot: Slot, root: string): { at: string; meant: string }[] {
  return levelsOf(slot, root).flatMap(({ real, stand, inward }) =>
    entriesOf(stand)
      .filter((name) => name !== inward && !fs.lstatSync(path.join(stand, name)).isSymbolicLink())
      .map((name) => ({ at: path.join(stand, name), meant: path.join(real, name) })),
  );
}
