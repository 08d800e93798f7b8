import fs from 'node:fs';
import path from 'node:path';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import { writeFileAtomic } from '../../base/write-file.js';
import { completeList, type WorkspaceList } from './list.js';
import { withLock } from './lock.js';

/** `<home>/workspaces.json`: the list of a person's workspaces. `home` is that of the workspace of this computer. */

export const LIST_FILE = 'workspaces.json';

/**
 * Without a file the workspace of this computer is the only one.
 * @throws BAD_REQUEST for a file that holds no such list; it is left as it is
 */
export async function readList(home: string): Promise<WorkspaceList> {
  const file = path.join(home, LIST_FILE);
  const text = readText(file);
  if (text === undefined) return completeList({});
  const { problemOfList } = await import('./schema.js');
  return parse(file, text, problemOfList);
}

/**
 * Changes the list as `change` says, as it is at that moment: other processes change it, too. The file is written whole
 * or not at all.
 * @throws BAD_REQUEST for a file that holds no such list | what `change` throws; nothing is written then
 */
export async function changeList(
  home: string,
  change: (list: WorkspaceList) => WorkspaceList,
): Promise<WorkspaceList> {
  const { problemOfList } = await import('./schema.js');
  const file = path.join(home, LIST_FILE);
  fs.mkdirSync(home, { recursive: true, mode: 0o700 });
  return withLock(`${file}.lock`, () => {
    const text = readText(file);
    const before = text === undefined ? completeList({}) : parse(file, text, problemOfList);
    const after = change(before);
    if (after !== before) writeFileAtomic(file, `${JSON.stringify(after, null, 2)}\n`);
    return after;
  });
}

/**
 * Calls back after each change of the list by anybody since this call, until disposed. It looks at the file every second:
 * the folder may not be there yet, and the file is replaced at each change.
 */
export function watchList(home: string, onChange: () => void): { dispose(): void } {
  const file = path.join(home, LIST_FILE);
  let before = markOf(file);
  const look = () => {
    const now = markOf(file);
    if (now === before) return;
    before = now;
    onChange();
  };
  const timer = setInterval(look, WATCH_MS).unref();
  return { dispose: () => clearInterval(timer) };
}

const WATCH_MS = 1_000;

/** Differs between versions of a file. */
function markOf(file: string): string {
  try {
    const { ino, mtimeMs, size } = fs.statSync(file);
    return `${ino} ${mtimeMs} ${size}`;
  } catch (error) {
    // Not there, or not to be seen: reading it says which.
    return String((error as NodeJS.ErrnoException).code);
  }
}

function readText(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parse(
  file: string,
  text: string,
  problemOfList: (value: unknown) => string | undefined,
): WorkspaceList {
  let value: unknown;
  let problem: string | undefined;
  try {
    // Editors on Windows put a mark in front.
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
    problem = problemOfList(value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    problem = messageOf(error);
  }
  if (problem !== undefined)
    throw new TrainyardError('BAD_REQUEST', `The list of workspaces cannot be read: ${problem} (${file}).`, {
      hint: 'Correct the file. If you move it away, only the workspace of this computer is left in the list.',
      details: { file },
    });
  return completeList(value as Partial<WorkspaceList>);
}
