import path from 'node:path';
import { disk as realDisk } from '../disk.js';
import type { Surroundings } from '../programs.js';
import { type Candidate, environmentAt, isEnvironment } from './environment.js';
import { placesOf, resolvePath } from './places.js';

/** The names that people give to environments, the usual ones first. */
const USUAL_NAMES = ['.venv', 'venv', 'env', '.env', '.conda'];
/** Folders that hold environments, not are them. */
const HOLDERS = ['.pixi/envs', 'envs'];

/** The environments in one folder: one that uv is told to use, those with a usual name, then all others. */
export function environmentsIn(folder: string, where: Surroundings): Candidate[] {
  const { env, disk = realDisk } = where;
  const at = (name: string) => environmentAt(path.join(folder, name), name, where) ?? [];
  const others = disk
    .folders(folder)
    .filter((name) => !USUAL_NAMES.includes(name) && isEnvironment(path.join(folder, name), disk));
  const held = HOLDERS.flatMap((holder) =>
    disk.folders(path.join(folder, ...holder.split('/'))).map((name) => `${holder}/${name}`),
  );
  const all = [
    ...ofUv(folder, where),
    ...USUAL_NAMES.flatMap((name) => at(name)),
    ...namedByFile(folder, where),
    // A broken one here is probably just forgotten.
    ...[...others, ...held].flatMap((name) => at(name)).map((one) => ({ ...one, isMeant: false })),
  ];
  // Of several, the one that a person made active.
  const active = [env['VIRTUAL_ENV'], env['CONDA_PREFIX']].filter((prefix): prefix is string => !!prefix);
  const isActive = (one: Candidate) =>
    'python' in one &&
    active.some((prefix) => path.dirname(path.dirname(one.python)) === path.resolve(prefix));
  return all.sort((a, b) => Number(isActive(b)) - Number(isActive(a)));
}

/** UV_PROJECT_ENVIRONMENT is relative to the project. */
function ofUv(folder: string, where: Surroundings): Candidate[] {
  const { env, disk = realDisk } = where;
  const written = env['UV_PROJECT_ENVIRONMENT'];
  if (!written || disk.kind(path.join(folder, 'pyproject.toml')) !== 'file') return [];
  const prefix = resolvePath(written, folder, placesOf(where).home);
  return [environmentAt(prefix, 'UV_PROJECT_ENVIRONMENT', where) ?? []].flat();
}

/** A file `.venv` holds the path of an environment, or its name among those of virtualenvwrapper and pipenv. */
function namedByFile(folder: string, where: Surroundings): Candidate[] {
  const { env, disk = realDisk } = where;
  const file = path.join(folder, '.venv');
  const written = disk.kind(file) === 'file' ? disk.text(file)?.split(/\r?\n/, 1)[0]?.trim() : undefined;
  if (!written) return [];
  const { home, data } = placesOf(where);
  const holders = [env['WORKON_HOME'], path.join(home, '.virtualenvs'), path.join(data, 'virtualenvs')];
  const isName = !/[\\/]/.test(written);
  const prefixes = [
    resolvePath(written, folder, home),
    ...(isName ? holders.flatMap((holder) => (holder ? [path.resolve(folder, holder, written)] : [])) : []),
  ];
  const there = prefixes.flatMap((prefix) => environmentAt(prefix, '.venv', where) ?? []);
  if (there.length > 0) return there;
  return [
    {
      source: '.venv',
      problem: `The file .venv names the environment ${written}, which does not exist.`,
      hint: 'Create it, correct the file, or choose another interpreter.',
      isMeant: true,
    },
  ];
}
