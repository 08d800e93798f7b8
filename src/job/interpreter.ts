import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../base/errors.js';

export interface Interpreter {
  /** Absolute, or a name to be found on PATH when nothing better is known. */
  path: string;
  /** Where it was found, for people: `.venv`, `conda`, `PATH`, … */
  source: string;
}

export interface InterpreterQuery {
  /** Absolute path of the script. */
  script: string;
  /** Environments are looked for from the script's folder up to here. */
  codeFolder: string;
  env: Readonly<Record<string, string | undefined>>;
  platform?: NodeJS.Platform;
}

const PROGRAMS: Record<string, string[]> = {
  '.sh': ['bash', 'sh'],
  '.js': ['node'],
  '.mjs': ['node'],
  '.r': ['Rscript'],
  '.jl': ['julia'],
};

/** The kinds of script that can be submitted. */
export const SCRIPT_EXTENSIONS: readonly string[] = ['.py', ...Object.keys(PROGRAMS)];

/**
 * What runs a script. Python: the environment beside the script or above it, then the one that is active, then
 * whatever PATH has. @throws NO_INTERPRETER
 */
export function findInterpreter(query: InterpreterQuery): Interpreter {
  const extension = path.extname(query.script).toLowerCase();
  if (extension === '.py') return findPython(query);
  const names = PROGRAMS[extension];
  if (!names)
    throw new TrainyardError(
      'NO_INTERPRETER',
      `Trainyard does not know how to run ${path.basename(query.script)}.`,
      {
        hint: `It runs ${SCRIPT_EXTENSIONS.join(', ')} files.`,
      },
    );
  const found = onPath(names, query);
  if (!found)
    throw new TrainyardError('NO_INTERPRETER', `${names[0]} is not on the PATH.`, {
      hint: `Install ${names[0]}.`,
    });
  return { path: found, source: 'PATH' };
}

function findPython(query: InterpreterQuery): Interpreter {
  const { env } = query;
  for (const folder of foldersUp(path.dirname(query.script), query.codeFolder))
    for (const name of ['.venv', 'venv']) {
      const python = pythonOf(path.join(folder, name), query);
      if (python) return { path: python, source: name };
    }
  for (const variable of ['VIRTUAL_ENV', 'CONDA_PREFIX']) {
    const prefix = env[variable];
    const python = prefix && pythonOf(prefix, query, variable === 'CONDA_PREFIX');
    if (python) return { path: python, source: variable === 'CONDA_PREFIX' ? 'conda' : 'active environment' };
  }
  const found = onPath(['python3', 'python'], query);
  if (found) return { path: found, source: 'PATH' };
  throw new TrainyardError('NO_INTERPRETER', 'No Python was found.', {
    hint: 'Make an environment with “python3 -m venv .venv”, or name one.',
  });
}

function pythonOf(
  prefix: string,
  { platform = process.platform }: InterpreterQuery,
  conda = false,
): string | undefined {
  const windows = conda ? ['python.exe'] : ['Scripts', 'python.exe'];
  const file = path.join(prefix, ...(platform === 'win32' ? windows : ['bin', 'python']));
  return isFile(file) ? file : undefined;
}

/** From `folder` up to `top`, both included; only `folder` when it is not below `top`. */
function foldersUp(folder: string, top: string): string[] {
  const relative = path.relative(top, folder);
  if (relative === '') return [folder];
  if (relative.startsWith('..') || path.isAbsolute(relative)) return [folder];
  return [folder, ...foldersUp(path.dirname(folder), top)];
}

function onPath(
  names: readonly string[],
  { env, platform = process.platform }: InterpreterQuery,
): string | undefined {
  const windows = platform === 'win32';
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(windows ? ';' : ':').filter(Boolean);
  for (const name of names)
    for (const folder of folders) {
      const file = path.join(folder, windows ? `${name}.exe` : name);
      if (isFile(file)) return file;
    }
  return undefined;
}

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
