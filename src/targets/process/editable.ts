/**
 * Packages that an environment has as folders of the repository (`pip install -e .`, the way of uv and Poetry): where the
 * checkout cannot stand in the place of the person's folder, Python is to find them there first.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hasCode } from '../../base/errors.js';
import { within } from '../../base/within.js';

/** In the modules that setuptools writes: `MAPPING: dict[str, str] = {'pkg': '/home/me/project/src/pkg'}`. */
const MAPPING = /^MAPPING\b[^=]*=\s*(\{.*\})\s*$/m;

/**
 * PYTHONPATH for a job whose code is in `checkout`. undefined: as it is
 * @param program that runs the script
 */
export function pythonPath(
  program: string,
  env: Readonly<Record<string, string>>,
  root: string,
  checkout: string,
): string | undefined {
  const given = (env['PYTHONPATH'] ?? '').split(path.delimiter).filter(Boolean);
  const installed = sitePackages(program, env).flatMap(editableFolders);
  const there = (folder: string): string | undefined => {
    const inside = path.isAbsolute(folder) ? within(root, folder) : undefined;
    return inside === undefined ? undefined : path.join(checkout, inside);
  };
  const folders = [
    ...given.map((folder) => there(folder) ?? folder),
    ...installed.flatMap((folder) => there(folder) ?? []),
  ];
  return folders.length === 0 ? undefined : [...new Set(folders)].join(path.delimiter);
}

/** Folders of packages that a Python of this path has; empty when it is none. */
function sitePackages(program: string, env: Readonly<Record<string, string>>): string[] {
  const file = path.isAbsolute(program)
    ? program
    : (env['PATH'] ?? '')
        .split(path.delimiter)
        .map((folder) => path.join(folder, program))
        .find((one) => fs.existsSync(one));
  if (file === undefined || !/^python/i.test(path.basename(file))) return [];
  const prefixes = [path.dirname(path.dirname(file)), path.join(env['HOME'] ?? os.homedir(), '.local')];
  return prefixes.flatMap((prefix) => [
    path.join(prefix, 'Lib', 'site-packages'),
    ...namesIn(path.join(prefix, 'lib'))
      .filter((name) => name.startsWith('python'))
      .map((name) => path.join(prefix, 'lib', name, 'site-packages')),
  ]);
}

function editableFolders(site: string): string[] {
  return namesIn(site).flatMap((name) => {
    const file = path.join(site, name);
    if (name.endsWith('.pth'))
      return read(file)
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => path.isAbsolute(line));
    if (!/^__editable__.*_finder\.py$/.test(name)) return [];
    const quoted = (MAPPING.exec(read(file))?.[1] ?? '').matchAll(/:\s*'((?:[^'\\]|\\.)*)'/g);
    return [...quoted].map(([, folder = '']) => path.dirname(folder.replaceAll(/\\(.)/g, '$1')));
  });
}

function namesIn(folder: string): string[] {
  return orNone(() => fs.readdirSync(folder)) ?? [];
}

function read(file: string): string {
  return orNone(() => fs.readFileSync(file, 'utf8')) ?? '';
}

/** What Python cannot read it does not use either. */
function orNone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}
