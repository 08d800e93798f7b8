/**
 * What git's `-z` commands print, parsed. Names are kept as `latin1` strings, one character for one byte, so
 * names that are not UTF-8 survive; `shown` makes one fit for people.
 */
import { join, sep } from 'node:path';

/** One entry of an index, as `git ls-files -s -v -z` prints it. */
export interface IndexEntry {
  name: string;
  /** H: plain, S: skip-worktree, M: unmerged; in lower case: assume-unchanged. */
  tag: string;
  mode: string;
  oid: string;
}

/** One difference, as `--raw -z` prints it. */
export interface RawChange {
  name: string;
  /** For a rename: where it was. */
  from?: string;
  /** A, M, D, T, R or U */
  status: string;
  oldMode: string;
  newMode: string;
  oldOid: string;
  /** All zeros: in the working folder and not hashed yet. */
  newOid: string;
}

export const GITLINK = '160000';

export function splitNul(output: Buffer): string[] {
  const parts = output.toString('latin1').split('\0');
  parts.pop();
  return parts;
}

export function joinNul(names: Iterable<string>): Buffer {
  let text = '';
  for (const name of names) text += `${name}\0`;
  return Buffer.from(text, 'latin1');
}

/** A name as text; bytes that are no UTF-8 become U+FFFD. */
export function shown(name: string): string {
  return Buffer.from(name, 'latin1').toString('utf8');
}

/** The path of a byte name in a folder, for the functions of `fs`. */
export function pathOf(folder: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(join(folder, sep)), Buffer.from(name, 'latin1')]);
}

/** `<tag> <mode> <oid> <stage>\t<name>`; of an unmerged name the first stage stands for all. */
export function parseIndex(output: Buffer): Map<string, IndexEntry> {
  const entries = new Map<string, IndexEntry>();
  for (const line of splitNul(output)) {
    // Parsed by position, which takes half the time of splitting for hundreds of thousands.
    const end = line.indexOf(' ', 9);
    const name = line.slice(line.indexOf('\t', end) + 1);
    if (!entries.has(name))
      entries.set(name, { name, tag: line.slice(0, 1), mode: line.slice(2, 8), oid: line.slice(9, end) });
  }
  return entries;
}

/** `:<mode> <mode> <oid> <oid> <status>\0<name>\0`, with a second name after a rename; stops at what is no change. */
export function parseRaw(output: Buffer): RawChange[] {
  const parts = splitNul(output);
  const changes: RawChange[] = [];
  for (let i = 0; parts[i]?.startsWith(':');) {
    const line = parts[i]!;
    const middle = line.indexOf(' ', 15);
    const end = line.indexOf(' ', middle + 1);
    const change = {
      status: line.charAt(end + 1),
      oldMode: line.slice(1, 7),
      newMode: line.slice(8, 14),
      oldOid: line.slice(15, middle),
      newOid: line.slice(middle + 1, end),
    };
    if (change.status === 'R' || change.status === 'C') {
      changes.push({ ...change, from: parts[i + 1] ?? '', name: parts[i + 2] ?? '' });
      i += 3;
    } else {
      changes.push({ ...change, name: parts[i + 1] ?? '' });
      i += 2;
    }
  }
  return changes;
}

/** The folder above a name, with `/` at its end; '' above all. */
export function parentOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/', name.length - 2) + 1);
}

/** Every folder above a name, the nearest last: `a/`, `a/b/` for `a/b/c`. */
export function foldersOf(name: string): string[] {
  const folders: string[] = [];
  for (let at = name.indexOf('/'); at >= 0 && at < name.length - 1; at = name.indexOf('/', at + 1))
    folders.push(name.slice(0, at + 1));
  return folders;
}

/** Leaves out what lies under another path of the list that ends in `/`; sorted. */
export function topMost(paths: Iterable<string>): string[] {
  const all = new Set(paths);
  return [...all].filter((path) => !foldersOf(path).some((folder) => all.has(folder))).sort();
}

/** The matched names. A folder replaces them if every name under it is matched. */
export function collapse(matched: Set<string>, all: Iterable<string>): string[] {
  const keptFolders = new Set<string>();
  for (const name of all)
    if (!matched.has(name)) for (const folder of foldersOf(name)) keptFolders.add(folder);
  return topMost(
    [...matched].map((name) => foldersOf(name).find((folder) => !keptFolders.has(folder)) ?? name),
  );
}

/** Up to this many ignored paths in a folder are listed one by one. */
const LISTED_SINGLY = 250;

/**
 * Replaces very many ignored paths in a folder by the folder, to keep the list short. It then means everything in it
 * that is not in the snapshot, so this is not done for the root or a folder around `apart`.
 * @param ignored top-most, sorted
 */
export function gather(ignored: readonly string[], apart: Iterable<string>): string[] {
  const counts = new Map<string, number>();
  for (const path of ignored) counts.set(parentOf(path), (counts.get(parentOf(path)) ?? 0) + 1);
  const around = new Set(['', ...[...apart].flatMap(foldersOf)]);
  const crowded = [...counts].filter(([folder, count]) => count > LISTED_SINGLY && !around.has(folder));
  return crowded.length === 0 ? [...ignored] : topMost([...ignored, ...crowded.map(([folder]) => folder)]);
}
