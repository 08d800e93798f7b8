import path from 'node:path';
import { type Disk, disk as realDisk } from './disk.js';

/** Where programs are looked for, and on which system. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  platform?: NodeJS.Platform;
  disk?: Disk;
}

/** The folders of PATH in order. Relative ones are left out, since a job starts in another folder. */
export function pathFolders({ env, platform = process.platform }: Surroundings): string[] {
  const windows = platform === 'win32';
  return (env['PATH'] ?? env['Path'] ?? '')
    .split(windows ? ';' : ':')
    .map((folder) => (windows ? folder.trim().replace(/^"(.*)"$/, '$1') : folder))
    .filter((folder) => (windows ? path.win32 : path.posix).isAbsolute(folder));
}

/** Every program on PATH that has one of the names, those of the first name first; absolute. */
export function* onPath(names: readonly string[], where: Surroundings): Generator<string> {
  for (const name of names)
    for (const folder of pathFolders(where))
      for (const file of programFiles(path.join(folder, name), where)) if (isProgram(file, where)) yield file;
}

/** A program of this name beside another, such as the interpreter of an environment, else on PATH; absolute. */
export function findBeside(name: string, other: string | undefined, where: Surroundings): string | undefined {
  const beside =
    other !== undefined && path.isAbsolute(other)
      ? programFiles(path.join(path.dirname(other), name), where)
      : [];
  return beside.find((file) => isProgram(file, where)) ?? onPath([name], where).next().value ?? undefined;
}

/** The file names that a program may have: on Windows with `.exe` or `.com` unless the name says one. */
export function programFiles(file: string, { platform = process.platform }: Surroundings): string[] {
  if (platform !== 'win32' || /\.(exe|com)$/i.test(file)) return [file];
  return [`${file}.exe`, `${file}.com`];
}

/** Whether a file can be started. */
export function isProgram(file: string, where: Surroundings): boolean {
  const { platform = process.platform, disk = realDisk } = where;
  if (platform !== 'win32') return disk.kind(file) === 'file' && disk.isExecutable(file);
  return isStoreAlias(file, disk) ? leadsToProgram(file, disk) : disk.kind(file) === 'file';
}

/**
 * Windows has empty files in `…\Microsoft\WindowsApps` that stand for programs of its Store. They cannot be read as
 * others can; where one leads is written in it.
 */
function isStoreAlias(file: string, disk: Disk): boolean {
  return /[\\/]Microsoft[\\/]WindowsApps[\\/]/i.test(file) && disk.size(file) === 0;
}

/** The alias that is there before Python is installed opens the Store. */
function leadsToProgram(alias: string, disk: Disk): boolean {
  const target = disk.link(alias);
  return target !== undefined && !/AppInstallerPythonRedirector\.exe$/i.test(target);
}
