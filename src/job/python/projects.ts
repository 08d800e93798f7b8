import { createHash } from 'node:crypto';
import path from 'node:path';
import { disk as realDisk } from '../disk.js';
import type { Surroundings } from '../programs.js';
import { condaByName, namedInEnvironmentFile } from './conda.js';
import { type Candidate, environmentAt } from './environment.js';
import { placesOf, resolvePath } from './places.js';

/**
 * The environments that a project's tools keep outside its folder, for every tool whose files are in the folder. Their
 * names contain a hash of the project's path, so no tool has to be called (poetry takes a second).
 */
export function environmentsOfTools(folder: string, where: Surroundings): Candidate[] {
  return [pdm, poetry, pipenv, hatch, conda].flatMap((tool) => tool(folder, where));
}

function pdm(folder: string, where: Surroundings): Candidate[] {
  const { disk = realDisk } = where;
  const written = disk.text(path.join(folder, '.pdm-python'))?.trim();
  if (!written) return [];
  // The file names the program. Its environment is checked, so that a broken one is reported like any other.
  const prefix = path.dirname(path.dirname(resolvePath(written, folder, placesOf(where).home)));
  return [environmentAt(prefix, 'pdm', where) ?? missing('pdm', '.pdm-python', 'pdm install')];
}

function poetry(folder: string, where: Surroundings): Candidate[] {
  const { env, disk = realDisk } = where;
  const project = disk.text(path.join(folder, 'pyproject.toml')) ?? '';
  const isLocked = disk.kind(path.join(folder, 'poetry.lock')) === 'file';
  if (!isLocked && !/^\s*\[tool\.poetry[.\]]/m.test(project)) return [];
  const { cache, config, home } = placesOf(where);
  const configs = [
    path.join(folder, 'poetry.toml'),
    path.join(env['POETRY_CONFIG_DIR'] || path.join(config, 'pypoetry'), 'config.toml'),
  ].map((file) => disk.text(file) ?? '');
  const set = (section: string, key: string) =>
    configs.map((text) => tomlString(text, section, key)).find((value) => value !== undefined);
  const cacheFolder =
    env['POETRY_CACHE_DIR'] ||
    set('', 'cache-dir') ||
    path.join(cache, 'pypoetry', ...((where.platform ?? process.platform) === 'win32' ? ['Cache'] : []));
  const written = env['POETRY_VIRTUALENVS_PATH'] || set('virtualenvs', 'path') || '{cache-dir}/virtualenvs';
  const environments = resolvePath(
    written.replace('{cache-dir}', () => cacheFolder).replace('{project-dir}', () => folder),
    folder,
    home,
  );
  const hash = hashOf(folder, where);
  const names = disk.folders(environments).filter((name) => name.includes(`-${hash}-py`));
  // Of several, `poetry env use` wrote down which.
  const chosen = tomlTables(disk.text(path.join(environments, 'envs.toml')) ?? '').find(({ name }) =>
    name.endsWith(`-${hash}`),
  );
  const version = chosen && tomlString(chosen.text, '', 'minor');
  names.sort(
    (a, b) => Number(b.endsWith(`-py${version}`)) - Number(a.endsWith(`-py${version}`)) || newest(a, b),
  );
  return (
    found('poetry', environments, names, where) ?? [
      missing('poetry', isLocked ? 'poetry.lock' : 'pyproject.toml', 'poetry install'),
    ]
  );
}

function pipenv(folder: string, where: Surroundings): Candidate[] {
  const { env, platform = process.platform, disk = realDisk } = where;
  const pipfile = path.join(folder, 'Pipfile');
  if (disk.kind(pipfile) !== 'file') return [];
  const { home } = placesOf(where);
  const usual =
    platform === 'win32'
      ? path.join(home, '.virtualenvs')
      : path.join(env['XDG_DATA_HOME'] || path.join(home, '.local', 'share'), 'virtualenvs');
  const environments = env['WORKON_HOME'] ? resolvePath(env['WORKON_HOME'], folder, home) : usual;
  const custom = env['PIPENV_CUSTOM_VENV_NAME'];
  const ending = new RegExp(`-${hashOf(pipfile, where)}(-.*)?$`);
  const names = disk.folders(environments).filter((name) => (custom ? name === custom : ending.test(name)));
  return found('pipenv', environments, names, where) ?? [missing('pipenv', 'Pipfile', 'pipenv install')];
}

function hatch(folder: string, where: Surroundings): Candidate[] {
  const { env, disk = realDisk } = where;
  const has = (file: string, pattern: RegExp) => pattern.test(disk.text(path.join(folder, file)) ?? '');
  if (
    !has('pyproject.toml', /^\s*\[tool\.hatch\.envs[.\]]/m) &&
    disk.kind(path.join(folder, 'hatch.toml')) !== 'file'
  )
    return [];
  const { data, home } = placesOf(where);
  const base = env['HATCH_DATA_DIR']
    ? resolvePath(env['HATCH_DATA_DIR'], folder, home)
    : path.join(data, 'hatch');
  const projects = path.join(base, 'env', 'virtual');
  const hash = hashOf(folder, where);
  return disk.folders(projects).flatMap((project) => {
    const environments = path.join(projects, project, hash);
    // The default environment bears the project's name.
    const names = disk.folders(environments).sort((a, b) => Number(b === project) - Number(a === project));
    return found('hatch', environments, names, where) ?? [];
  });
}

function conda(folder: string, where: Surroundings): Candidate[] {
  const { disk = realDisk } = where;
  const file = ['environment.yml', 'environment.yaml'].find(
    (name) => disk.kind(path.join(folder, name)) === 'file',
  );
  if (!file) return [];
  const named = namedInEnvironmentFile(disk.text(path.join(folder, file)) ?? '');
  if (!named) return [];
  const prefixes = named.prefix ? [resolvePath(named.prefix, folder, placesOf(where).home)] : [];
  if (named.name) prefixes.push(...condaByName(named.name, where));
  const there = prefixes.flatMap(
    (prefix) => environmentAt(prefix, `conda ${path.basename(prefix)}`, where) ?? [],
  );
  return there.length > 0 ? there : [missing('conda', file, `conda env create -f ${file}`)];
}

function found(
  source: string,
  folder: string,
  names: readonly string[],
  where: Surroundings,
): Candidate[] | undefined {
  const all = names.flatMap((name) => environmentAt(path.join(folder, name), source, where) ?? []);
  return all.length > 0 ? all : undefined;
}

function missing(source: string, file: string, command: string): Candidate {
  return {
    source,
    problem: `There is no ${source} environment for ${file}.`,
    hint: `Create it with “${command}”, or choose an interpreter.`,
    isMeant: false,
  };
}

/** What poetry, pipenv and hatch put into the name of an environment: of the project's path, links resolved. */
function hashOf(name: string, { platform = process.platform, disk = realDisk }: Surroundings): string {
  const real = disk.real(name) ?? name;
  const text = platform === 'win32' ? real.toLowerCase() : real;
  return createHash('sha256').update(text).digest('base64url').slice(0, 8);
}

const newest = (a: string, b: string) => b.localeCompare(a, 'en', { numeric: true });

/** The tables of a TOML file with the lines of each; the first has no name. Enough for files that tools write. */
function tomlTables(text: string): { name: string; text: string }[] {
  const tables = [{ name: '', text: '' }];
  for (const line of text.split(/\r?\n/)) {
    const head = /^\s*\[\s*"?([^\]"]+?)"?\s*\]/.exec(line);
    if (head) tables.push({ name: head[1] ?? '', text: '' });
    else (tables.at(-1) as { text: string }).text += `${line}\n`;
  }
  return tables;
}

/** A string of a table of a TOML file. */
function tomlString(text: string, table: string, key: string): string | undefined {
  const lines = tomlTables(text).find(({ name }) => name === table)?.text ?? '';
  const value = new RegExp(`^\\s*${key}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|'([^']*)')`, 'm').exec(lines);
  return value?.[1]?.replaceAll(/\\(.)/g, '$1') ?? value?.[2];
}
