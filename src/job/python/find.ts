import path from 'node:path';
import { TrainyardError } from '../../base/errors.js';
import { isWithin } from '../../base/within.js';
import { disk as realDisk } from '../disk.js';
import type { Interpreter } from '../interpreter.js';
import { onPath, type Surroundings } from '../programs.js';
import { activeConda, allConda } from './conda.js';
import { type Candidate, environmentAt } from './environment.js';
import { environmentsIn } from './folder.js';
import { environmentsOfTools } from './projects.js';
import { allVersions, behindShim, projectVersion, pyenvOfShim } from './versions.js';

/** Where to search for a Python. */
export interface PythonQuery extends Surroundings {
  /** Absolute folder of the script. */
  folder: string;
  /** Environments are searched from `folder` up to here. */
  codeFolder: string;
}

/** Candidates from one place; the first usable one wins. */
interface Place {
  candidates: Candidate[];
  /** Neither the project nor a person points to it. */
  isGuess: boolean;
}

/**
 * The Python of a script. The nearest environment wins, from the script's folder up to the code folder: one in the
 * folder, then one that a tool keeps for it elsewhere. After them come the environment that is active, the version that
 * `.python-version` asks for, PATH, and what conda, pyenv and uv have installed.
 * @throws NO_INTERPRETER, also if the chosen one is broken
 */
export function findPython(query: PythonQuery): Interpreter {
  const problems: string[] = [];
  for (const { candidates, isGuess } of places(query)) {
    for (const one of candidates)
      if ('python' in one) {
        const note = isGuess && problems.join(' ');
        return { path: one.python, source: one.source, ...(note && { note }) };
      }
    for (const one of candidates)
      if ('problem' in one) {
        if (one.isMeant) throw new TrainyardError('NO_INTERPRETER', one.problem, { hint: one.hint });
        problems.push(one.problem);
      }
  }
  throw new TrainyardError('NO_INTERPRETER', ['No Python was found.', ...problems].join(' '), {
    hint: 'Create an environment with “python3 -m venv .venv”, or choose an interpreter.',
  });
}

/** Every Python that can be found for a script, those that `findPython` prefers first; each once. */
export function listPythons(query: PythonQuery): Interpreter[] {
  const { disk = realDisk } = query;
  const found = new Map<string, Interpreter>();
  for (const one of [...places(query)].flatMap(({ candidates }) => candidates)) {
    if (!('python' in one)) continue;
    // On PATH one program has many names.
    const key = one.source === 'PATH' ? (disk.real(one.python) ?? one.python) : one.python;
    if (!found.has(key)) found.set(key, { path: one.python, source: one.source });
  }
  return [...found.values()];
}

/** In the order in which they win. */
function* places(query: PythonQuery): Generator<Place> {
  const folders = foldersUp(query.folder, query.codeFolder);
  const chosen = (candidates: Candidate[]): Place => ({ candidates, isGuess: false });
  const guess = (candidates: Candidate[]): Place => ({ candidates, isGuess: true });
  for (const folder of folders) {
    yield chosen(environmentsIn(folder, query));
    yield chosen(environmentsOfTools(folder, query));
  }
  yield chosen(activeVirtual(query));
  yield chosen(activeConda(query));
  yield guess(projectVersion(folders, query));
  for (const python of pathPythons(query)) yield guess([python]);
  yield guess(allVersions(query));
  yield guess(allConda(query));
}

function activeVirtual(where: Surroundings): Candidate[] {
  const prefix = where.env['VIRTUAL_ENV'];
  if (!prefix) return [];
  const candidate = environmentAt(prefix, 'active environment', where);
  if (candidate && 'python' in candidate) return [candidate];
  return [
    {
      source: 'active environment',
      problem: `The active environment ${prefix} ${candidate ? 'is broken' : 'does not exist'}.`,
      hint: 'Activate another, or choose an interpreter.',
      isMeant: false,
    },
  ];
}

/** Each Python of PATH; a shim of pyenv is what it stands for. */
function* pathPythons(query: PythonQuery): Generator<Candidate> {
  const windows = (query.platform ?? process.platform) === 'win32';
  for (const file of onPath(windows ? ['python', 'python3', 'py'] : ['python3', 'python'], query)) {
    const pyenv = pyenvOfShim(file, query);
    const candidate = pyenv ? behindShim(pyenv, query.folder, query) : { source: 'PATH', python: file };
    if (candidate) yield candidate;
  }
}

/** From `folder` up to `top`, both included; only `folder` when it is not below `top`. */
function foldersUp(folder: string, top: string): string[] {
  if (folder === top || !isWithin(top, folder)) return [folder];
  return [folder, ...foldersUp(path.dirname(folder), top)];
}
