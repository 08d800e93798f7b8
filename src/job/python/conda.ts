import path from 'node:path';
import { disk as realDisk } from '../disk.js';
import type { Surroundings } from '../programs.js';
import { type Candidate, environmentAt } from './environment.js';
import { placesOf } from './places.js';

/** `name` and `prefix` of an environment.yml. */
export function namedInEnvironmentFile(text: string): { name?: string; prefix?: string } | undefined {
  const value = (key: string) => {
    const match = new RegExp(
      `^${key}:[ \\t]*(?:"([^"]*)"|'([^']*)'|([^#\\r\\n]*?))[ \\t]*(?:#.*)?$`,
      'm',
    ).exec(text);
    return match?.[1] ?? match?.[2] ?? match?.[3];
  };
  const [name, prefix] = [value('name'), value('prefix')];
  return name || prefix ? { ...(name && { name }), ...(prefix && { prefix }) } : undefined;
}

/** Folders that an environment of this name may be in, with conda, mamba and micromamba. */
export function condaByName(name: string, where: Surroundings): string[] {
  const roots = condaRoots(where);
  if (name === 'base') return roots;
  // A name is one folder's; anything else would lead out of it.
  if (name === '.' || name === '..' || /[\\/]/.test(name)) return [];
  return [
    ...condaEnvironmentFolders(where).map((folder) => path.join(folder, name)),
    ...listedPrefixes(where).filter((prefix) => path.basename(prefix) === name),
  ];
}

/** The environment that is active, if conda made it so. */
export function activeConda(where: Surroundings): Candidate[] {
  const prefix = where.env['CONDA_PREFIX'];
  if (!prefix) return [];
  const candidate = environmentAt(prefix, 'conda', where);
  if (candidate && 'python' in candidate) return [candidate];
  const { disk = realDisk } = where;
  return [
    {
      source: 'conda',
      // Conda has environments without Python.
      problem: `The active conda environment ${prefix} ${disk.kind(prefix) ? 'has no Python' : 'does not exist'}.`,
      hint: 'Activate another, or choose an interpreter.',
      isMeant: false,
    },
  ];
}

/** Every environment of conda, mamba and micromamba on this machine; the roots first. */
export function allConda(where: Surroundings): Candidate[] {
  const { disk = realDisk } = where;
  const inFolders = condaEnvironmentFolders(where).flatMap((folder) =>
    disk.folders(folder).map((name) => path.join(folder, name)),
  );
  const roots = condaRoots(where);
  return [...roots, ...inFolders, ...listedPrefixes(where)].flatMap((prefix) => {
    const name = roots.includes(prefix) ? 'base' : path.basename(prefix);
    return environmentAt(prefix, `conda ${name}`, where) ?? [];
  });
}

/** Conda writes every environment that it makes into this file. */
function listedPrefixes(where: Surroundings): string[] {
  const { disk = realDisk } = where;
  const list = disk.text(path.join(placesOf(where).home, '.conda', 'environments.txt')) ?? '';
  return list.split(/\r?\n/).filter((line) => path.isAbsolute(line));
}

function condaEnvironmentFolders(where: Surroundings): string[] {
  const { env, platform = process.platform } = where;
  const separator = platform === 'win32' ? ';' : ':';
  const set = [env['CONDA_ENVS_PATH'], env['CONDA_ENVS_DIRS']].flatMap(
    (list) => list?.split(separator) ?? [],
  );
  const { home } = placesOf(where);
  const roots = condaRoots(where).map((root) => path.join(root, 'envs'));
  return [...set.filter((folder) => path.isAbsolute(folder)), ...roots, path.join(home, '.conda', 'envs')];
}

/** Where conda, mamba and micromamba are installed or keep their environments. */
function condaRoots(where: Surroundings): string[] {
  const { env, disk = realDisk } = where;
  const { home, data } = placesOf(where);
  const prefix = env['CONDA_PREFIX'];
  const usual = ['miniforge3', 'mambaforge', 'miniconda3', 'anaconda3', 'micromamba'].map((name) =>
    path.join(home, name),
  );
  const roots = [
    env['MAMBA_ROOT_PREFIX'],
    // …/bin/conda, …/condabin/conda or …\Scripts\conda.exe
    env['CONDA_EXE'] && path.dirname(path.dirname(env['CONDA_EXE'])),
    env['_CONDA_ROOT'],
    prefix && (path.basename(path.dirname(prefix)) === 'envs' ? path.dirname(path.dirname(prefix)) : prefix),
    ...usual,
    path.join(data, 'mamba'),
    '/opt/conda',
    '/opt/miniconda3',
  ];
  return [...new Set(roots)].filter((root): root is string => !!root && disk.kind(root) === 'folder');
}
