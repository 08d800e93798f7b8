import { TrainyardError } from '../../base/errors.js';
import type { CodeDiff, Run, RunFile } from '../../workspace/types.js';
import type { Code } from '../../workspace/workspace.js';

/** More are not compared one by one. */
const MOST_FILES = 2_000;
const MOST_FOLDERS = 500;
/** Of all files that are read. */
const MOST_BYTES = 20_000_000;
/** Files that are read at the same time, from either side. */
const AT_ONCE = 4;

interface Side {
  run: Pick<Run, 'id'>;
  code: Code;
}

/**
 * How the code of runs of two workspaces differs: each has its own store, so the files are compared by their contents.
 * Lines are not counted.
 * @throws TOO_LARGE when there is more than can be read one by one
 */
export async function diffAcross(left: Side, right: Side, signal: AbortSignal): Promise<CodeDiff['files']> {
  const [before, after] = await Promise.all([filesOf(left, signal), filesOf(right, signal)]);
  const changed: CodeDiff['files'] = [];
  const told = (path: string, status: 'added' | 'modified' | 'deleted') =>
    changed.push({ path, status, additions: null, deletions: null });
  const both: [RunFile, RunFile][] = [];
  for (const [path, file] of before) {
    const other = after.get(path);
    if (!other) told(path, 'deleted');
    else if (isKnownToDiffer(file, other)) told(path, 'modified');
    else if (!isKnownToBeSame(file, other)) both.push([file, other]);
  }
  for (const path of after.keys()) if (!before.has(path)) told(path, 'added');
  if (both.reduce((sum, [{ bytes = 0 }]) => sum + bytes, 0) > MOST_BYTES) throw tooLarge();
  const next = async (): Promise<void> => {
    for (let pair = both.shift(); pair; pair = both.shift()) {
      const [{ path }] = pair;
      const [a, b] = await Promise.all([
        left.code.read(left.run.id, path, signal),
        right.code.read(right.run.id, path, signal),
      ]);
      if (Buffer.compare(a, b) !== 0) told(path, 'modified');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return changed.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isKnownToDiffer(a: RunFile, b: RunFile): boolean {
  if (a.sha256 !== undefined && b.sha256 !== undefined) return a.sha256 !== b.sha256;
  return a.bytes !== undefined && b.bytes !== undefined && a.bytes !== b.bytes;
}

function isKnownToBeSame(a: RunFile, b: RunFile): boolean {
  return a.sha256 !== undefined && a.sha256 === b.sha256;
}

async function filesOf({ run, code }: Side, signal: AbortSignal): Promise<Map<string, RunFile>> {
  const files = new Map<string, RunFile>();
  let folders = 0;
  for (let level = ['']; level.length > 0;) {
    folders += level.length;
    if (folders > MOST_FOLDERS) throw tooLarge();
    const found = (await Promise.all(level.map((folder) => code.files(run.id, folder, signal)))).flat();
    for (const file of found) if (!file.isFolder) files.set(file.path, file);
    if (files.size > MOST_FILES) throw tooLarge();
    level = found.flatMap(({ path, isFolder }) => (isFolder ? [path] : []));
  }
  return files;
}

function tooLarge(): TrainyardError {
  return new TrainyardError(
    'TOO_LARGE',
    'The runs are in two workspaces, and their code is too large to compare.',
  );
}
