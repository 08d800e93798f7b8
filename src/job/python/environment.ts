import path from 'node:path';
import { type Disk, disk as realDisk } from '../disk.js';
import { isProgram, type Surroundings } from '../programs.js';

/** A Python that something points to, or why it cannot be used. */
export type Candidate =
  | { source: string; python: string }
  | {
      source: string;
      /** A sentence. */
      problem: string;
      /** How to fix it, a sentence. */
      hint: string;
      /** Whether this one was chosen explicitly: then no other is used instead. */
      isMeant: boolean;
    };

const MOST_LINKS = 40;

/**
 * The Python of an environment (venv, virtualenv, conda) in the folder `prefix`; undefined when it is none.
 * @param source what it is called: `.venv`, `conda`, …
 */
export function environmentAt(prefix: string, source: string, where: Surroundings): Candidate | undefined {
  const { disk = realDisk } = where;
  const files = pythonFiles(prefix, where);
  const python = files.find((file) => isProgram(file, where));
  const problem = python ? lostHome(prefix, python, disk) : problemOf(prefix, files, disk);
  if (python && !problem) return { source, python };
  if (!problem) return undefined;
  return {
    source,
    problem: `The environment ${source} is broken: ${problem}.`,
    hint: remakeHint(prefix, disk),
    isMeant: true,
  };
}

/** Where an environment has its Python, the usual place first. */
function pythonFiles(prefix: string, { platform = process.platform }: Surroundings): string[] {
  const names =
    platform === 'win32'
      ? ['Scripts/python.exe', 'python.exe', 'bin/python.exe']
      : ['bin/python', 'bin/python3'];
  return names.map((name) => path.join(prefix, ...name.split('/')));
}

function problemOf(prefix: string, files: readonly string[], disk: Disk): string | undefined {
  const lost = lostTarget(prefix, disk);
  if (lost) return `it ${lost}`;
  for (const file of files) {
    const name = path.relative(prefix, file);
    const end = lostTarget(file, disk);
    if (end) return `its ${name} ${end}`;
    if (disk.kind(file) === 'file') return `its ${name} is not executable`;
  }
  if (!isEnvironment(prefix, disk)) return undefined;
  const foreign = ['Scripts/python.exe', 'bin/python'].find((name) => disk.kind(path.join(prefix, name)));
  if (foreign) return 'it was created on another system';
  // Conda makes environments without Python, too.
  return disk.kind(path.join(prefix, 'pyvenv.cfg')) ? 'it has no Python' : undefined;
}

/** A Python that is copied into an environment, as on Windows, needs the one that it was made with. */
function lostHome(prefix: string, python: string, disk: Disk): string | undefined {
  if (disk.link(python) !== undefined) return undefined;
  const home = /^home\s*=\s*(.+?)\s*$/m.exec(disk.text(path.join(prefix, 'pyvenv.cfg')) ?? '')?.[1];
  if (home === undefined || disk.kind(home) !== undefined) return undefined;
  return `it was created with the Python in ${home}, which does not exist`;
}

/** The target of a broken link; undefined if it exists or is not a link. */
function lostTarget(name: string, disk: Disk): string | undefined {
  if (disk.kind(name) !== undefined) return undefined;
  let at = name;
  for (let i = 0; i < MOST_LINKS; i++) {
    const target = disk.link(at);
    if (target === undefined) return at === name ? undefined : `leads to ${at}, which does not exist`;
    at = path.resolve(path.dirname(at), target);
  }
  return 'is a link that leads back to itself';
}

export function isEnvironment(prefix: string, disk: Disk): boolean {
  return (
    disk.kind(path.join(prefix, 'pyvenv.cfg')) === 'file' ||
    disk.kind(path.join(prefix, 'conda-meta')) === 'folder'
  );
}

function remakeHint(prefix: string, disk: Disk): string {
  const folder = path.dirname(prefix);
  const has = (name: string) => disk.kind(path.join(folder, name)) !== undefined;
  let command = `python3 -m venv --clear ${path.basename(prefix)}`;
  if (has('uv.lock')) command = 'uv sync';
  else if (has('poetry.lock')) command = 'poetry install';
  else if (has('Pipfile')) command = 'pipenv install';
  return `Recreate it with “${command}”, or choose another interpreter.`;
}
