import path from 'node:path';
import { TrainyardError } from '../base/errors.js';
import { disk as realDisk } from './disk.js';
import { isProgram, onPath, programFiles, type Surroundings } from './programs.js';
import { environmentAt } from './python/environment.js';
import { findPython, listPythons } from './python/find.js';
import { placesOf, resolvePath } from './python/places.js';

export interface Interpreter {
  /** Absolute. */
  path: string;
  /** Where it was found, for people: `.venv`, `conda`, `PATH`, … */
  source: string;
  /** Notes on the choice for people: sentences. */
  note?: string;
}

export interface InterpreterQuery extends Surroundings {
  /** Absolute path of the script. */
  script: string;
  /** Environments are searched from the script's folder up to here. */
  codeFolder: string;
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

/** What runs a script: an environment's Python (see `findPython`), or the program of its kind on PATH. @throws NO_INTERPRETER */
export function findInterpreter(query: InterpreterQuery): Interpreter {
  const names = programsOf(query.script);
  return names ? findProgram(names, query) : findPython({ ...query, folder: path.dirname(query.script) });
}

/**
 * Everything that could run a script, the choice of `findInterpreter` first. @throws NO_INTERPRETER for an unknown kind
 */
export function listInterpreters(query: InterpreterQuery): Interpreter[] {
  const names = programsOf(query.script);
  if (!names) return listPythons({ ...query, folder: path.dirname(query.script) });
  return [...new Set(onPath(names, query))].map((program) => ({ path: program, source: 'PATH' }));
}

/**
 * The interpreter that a person wrote: a path, from `folder` when it is relative, a name on PATH, or the folder of an
 * environment. @throws NO_INTERPRETER saying what is wrong with it
 */
export function interpreterAt(
  written: string,
  folder: string,
  source: string,
  where: Surroundings,
): Interpreter {
  const { disk = realDisk } = where;
  const refuse = (problem: string, hint = 'Choose a program, or the folder of an environment.') =>
    new TrainyardError('NO_INTERPRETER', problem, { hint });
  const full = resolvePath(written, folder, placesOf(where).home);
  if (!/[\\/~]/.test(written) && disk.kind(full) !== 'folder')
    return { ...findProgram([written], where), source };
  const environment = environmentAt(full, written, where);
  if (environment && 'python' in environment) return { path: environment.python, source };
  if (environment) throw refuse(environment.problem, environment.hint);
  const program = programFiles(full, where).find((file) => isProgram(file, where));
  if (program) return { path: program, source };
  const kind = disk.kind(full);
  if (kind === 'folder') throw refuse(`The folder ${full} is not a Python environment.`);
  if (kind === 'file') throw refuse(`${full} is not executable.`);
  throw refuse(`The program ${full} does not exist.`);
}

/** What runs a script in a place that has programs of its own, such as an image: a name. @throws NO_INTERPRETER */
export function interpreterNamed(script: string): string {
  return programsOf(script)?.[0] ?? 'python';
}

/** The first of these programs on PATH. @throws NO_INTERPRETER */
export function findProgram(names: readonly string[], where: Surroundings): Interpreter {
  const [found] = onPath(names, where);
  if (found !== undefined) return { path: found, source: 'PATH' };
  throw new TrainyardError('NO_INTERPRETER', `${names[0]} is not on the PATH.`, {
    hint: `Install ${names[0]}, or add its folder to the PATH.`,
  });
}

/** Undefined for Python, which has its own search. @throws NO_INTERPRETER */
function programsOf(script: string): string[] | undefined {
  const extension = path.extname(script).toLowerCase();
  if (extension === '.py') return undefined;
  const names = PROGRAMS[extension];
  if (names) return names;
  throw new TrainyardError('NO_INTERPRETER', `Trainyard does not know how to run ${path.basename(script)}.`, {
    hint: `Supported file types: ${SCRIPT_EXTENSIONS.join(', ')}.`,
  });
}
