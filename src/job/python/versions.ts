import path from 'node:path';
import { disk as realDisk } from '../disk.js';
import type { Surroundings } from '../programs.js';
import { type Candidate, environmentAt } from './environment.js';
import { placesOf } from './places.js';

/** What `.python-version` asks for, and where. */
interface AskedVersions {
  versions: string[];
  /** The variable or file that asks, for people. */
  by: string;
}

const FILE = '.python-version';

/**
 * The Python that a `.python-version` of the project asks for, as pyenv or uv installed it; nothing without such a file.
 * @param folders from the script's up to the code folder
 */
export function projectVersion(folders: readonly string[], where: Surroundings): Candidate[] {
  // For the shim, which reads both, the variable takes precedence over the file.
  const asked = where.env['PYENV_VERSION'] ? undefined : ofFiles(folders, where);
  if (!asked || asked.versions.includes('system')) return [];
  const there = asked.versions.flatMap((version) => [
    ...installed(pyenvRoot(where), version, where),
    ...uvInstalled(version, where),
  ]);
  if (there.length > 0) return there;
  return [
    {
      source: FILE,
      problem: `${asked.by} asks for Python ${asked.versions.join(', ')}, which is not installed.`,
      hint: `Install it with “pyenv install ${asked.versions[0]}” or “uv python install ${asked.versions[0]}”, or choose an interpreter.`,
      isMeant: false,
    },
  ];
}

/** If a program is a pyenv shim, the folder of pyenv. */
export function pyenvOfShim(file: string, { disk = realDisk }: Surroundings): string | undefined {
  const folder = path.dirname(file);
  const root = path.dirname(folder);
  return path.basename(folder) === 'shims' && disk.kind(path.join(root, 'versions')) === 'folder'
    ? root
    : undefined;
}

/**
 * What a shim of pyenv would run in the script's folder: by PYENV_VERSION, the `.python-version` there or above, or the
 * global version. Undefined when it passes on to the next Python on PATH.
 */
export function behindShim(root: string, folder: string, where: Surroundings): Candidate | undefined {
  const { env, disk = realDisk } = where;
  const set = env['PYENV_VERSION'];
  const asked = (set ? { versions: words(set), by: 'PYENV_VERSION' } : undefined) ??
    ofFiles(foldersToRoot(folder), where) ?? {
      versions: words(disk.text(path.join(root, 'version')) ?? 'system'),
      by: 'The global version of pyenv',
    };
  for (const version of asked.versions) {
    if (version === 'system') return undefined;
    const [found] = installed(root, version, where);
    if (found) return found;
  }
  if (asked.versions.length === 0) return undefined;
  return {
    source: 'pyenv',
    problem: `${asked.by} asks for Python ${asked.versions.join(', ')}, which pyenv has not installed.`,
    hint: `Install it with “pyenv install ${asked.versions[0]}”, or choose another interpreter.`,
    isMeant: true,
  };
}

/** Every Python that pyenv and uv installed, newest first. */
export function allVersions(where: Surroundings): Candidate[] {
  const { disk = realDisk } = where;
  const root = pyenvRoot(where);
  const names = disk.folders(path.join(root, 'versions')).sort(newest);
  const ofPyenv = names.flatMap((name) => installed(root, name, where));
  return [...ofPyenv, ...uvInstalled('', where)];
}

function ofFiles(folders: readonly string[], { disk = realDisk }: Surroundings): AskedVersions | undefined {
  for (const folder of folders) {
    const versions = words(disk.text(path.join(folder, FILE)) ?? '');
    if (versions.length > 0) return { versions, by: path.join(folder, FILE) };
  }
  return undefined;
}

/** Of a line or a file, less its comments. pyenv separates by colons in a variable. */
function words(text: string): string[] {
  return text
    .replaceAll(/#.*/g, '')
    .split(/[\s:]+/)
    .filter(Boolean)
    .map((version) => version.replace(/^(python|cpython)-(?=\d)/, ''));
}

function pyenvRoot(where: Surroundings): string {
  const { env, platform = process.platform } = where;
  const { home } = placesOf(where);
  return (
    env['PYENV_ROOT'] ||
    env['PYENV'] ||
    path.join(home, '.pyenv', ...(platform === 'win32' ? ['pyenv-win'] : []))
  );
}

/** `3.11` means the newest 3.11.x, as with pyenv. */
function installed(root: string, version: string, where: Surroundings): Candidate[] {
  const { disk = realDisk } = where;
  const versions = path.join(root, 'versions');
  const names = disk
    .folders(versions)
    .filter(
      (name) =>
        name === version ||
        (/^\d/.test(version) && /^\d+(\.\d+)*$/.test(name) && name.startsWith(`${version}.`)),
    );
  names.sort((a, b) => Number(b === version) - Number(a === version) || newest(a, b));
  return names.flatMap((name) => environmentAt(path.join(versions, name), `pyenv ${name}`, where) ?? []);
}

/** Folders are named `cpython-3.12.4-linux-x86_64-gnu`. */
function uvInstalled(version: string, where: Surroundings): Candidate[] {
  const { env, platform = process.platform, disk = realDisk } = where;
  const { home, config } = placesOf(where);
  const data =
    platform === 'win32'
      ? path.join(config, 'uv', 'data')
      : path.join(env['XDG_DATA_HOME'] || path.join(home, '.local', 'share'), 'uv');
  const folder = env['UV_PYTHON_INSTALL_DIR'] || path.join(data, 'python');
  const fits = (name: string) => {
    const own = /^cpython-(\d+\.\d+\.\d+)/.exec(name)?.[1];
    return own !== undefined && (version === '' || own === version || own.startsWith(`${version}.`));
  };
  return disk
    .folders(folder)
    .filter(fits)
    .sort(newest)
    .flatMap(
      (name) => environmentAt(path.join(folder, name), `uv ${/\d[\d.]*/.exec(name)?.[0]}`, where) ?? [],
    );
}

function foldersToRoot(folder: string): string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersToRoot(above)];
}

const newest = (a: string, b: string) => b.localeCompare(a, 'en', { numeric: true });
