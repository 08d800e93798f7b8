import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { hasCode, TrainyardError } from '../../base/errors.js';
import { batchScript, type Launch, MARK, shellScript } from './launcher.js';

/** The machine that the command is installed on. */
export interface System {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  /** The person's home. */
  userHome: string;
}

export interface InstalledCommand {
  /** Absolute path. */
  command: string;
  /** Whether a new shell finds it by its name. */
  isInPath: boolean;
  /** Another command that a shell finds first in the PATH. */
  shadowedBy?: string;
  /** A command that adds the folder to the PATH in the person's shell. */
  addToPath?: string;
}

/**
 * Installs the `trainyard` command into a folder of the person; repeating it has no further effect.
 * @param launchFile the script that the command runs; it is copied outside the extension
 * @param folder default: see `folderOf`
 * @throws CONFLICT if there is a `trainyard` that is not ours
 */
export function installCommand(
  from: { launchFile: string; extension: string; editorNode: string },
  system: System,
  folder = folderOf(system),
): InstalledCommand {
  const { extension, editorNode } = from;
  const launch = launchOf(system);
  const scripts = scriptsOf(folder, { launch, extension, editorNode }, system);
  for (const { file } of scripts) requireOurs(file);
  write(launch, fs.readFileSync(from.launchFile, 'utf8'), 0o644);
  for (const { file, text } of scripts) write(file, text, 0o755);
  return describe(folder, system);
}

/** @returns the files that were removed @throws CONFLICT if there is a `trainyard` that is not ours */
export function uninstallCommand(system: System, folder = folderOf(system)): string[] {
  const launch = launchOf(system);
  const scripts = scriptsOf(folder, { launch, extension: '', editorNode: '' }, system).map(
    ({ file }) => file,
  );
  for (const file of scripts) requireOurs(file);
  const removed = [...scripts, launch].filter((file) => fs.existsSync(file));
  for (const file of removed) fs.rmSync(file);
  return removed;
}

/**
 * The folder to install to: the one that already has the command, else one of the person's in the PATH. On Windows a
 * folder beside the person's other programs; elsewhere `~/.local/bin`, or `/usr/local/bin` if only that is in the PATH
 * and writable.
 */
function folderOf(system: System): string {
  const { platform, userHome } = system;
  if (platform === 'win32') return path.join(programsOf(system), 'bin');
  const own = path.join(userHome, '.local', 'bin');
  const folders = [own, '/usr/local/bin'];
  return (
    folders.find((folder) => isOurs(path.join(folder, 'trainyard')) === true) ??
    folders.find((folder) => isInPath(folder, system) && (folder === own || canWrite(folder))) ??
    own
  );
}

function launchOf(system: System): string {
  const { platform, env, userHome } = system;
  if (platform === 'win32') return path.join(programsOf(system), 'launch.mjs');
  const data = env['XDG_DATA_HOME'];
  const root = data && path.isAbsolute(data) ? data : path.join(userHome, '.local', 'share');
  return path.join(root, 'trainyard', 'launch.mjs');
}

function programsOf({ env, userHome }: System): string {
  return path.join(env['LOCALAPPDATA'] || path.join(userHome, 'AppData', 'Local'), 'Programs', 'trainyard');
}

function scriptsOf(folder: string, launch: Launch, { platform }: System): { file: string; text: string }[] {
  const shell = { file: path.join(folder, 'trainyard'), text: shellScript(launch) };
  if (platform !== 'win32') return [shell];
  return [{ file: path.join(folder, 'trainyard.cmd'), text: batchScript(launch) }, shell];
}

function describe(folder: string, system: System): InstalledCommand {
  const name = system.platform === 'win32' ? 'trainyard.cmd' : 'trainyard';
  const command = path.join(folder, name);
  const first = pathOf(system)
    .map((other) => path.join(other, name))
    .find((file) => fs.existsSync(file));
  const isFound = isInPath(folder, system);
  return {
    command,
    isInPath: isFound,
    ...(isFound && first !== undefined && !isSame(first, command) && { shadowedBy: first }),
    ...(!isFound && { addToPath: addToPath(folder, system) }),
  };
}

function addToPath(folder: string, { platform, env }: System): string {
  if (platform === 'win32')
    return `[Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', 'User') + ';${folder.replaceAll("'", "''")}', 'User')`;
  const shell = path.basename(env['SHELL'] ?? '');
  if (shell === 'fish') return `fish_add_path '${folder}'`;
  const file = shell === 'zsh' ? '~/.zshrc' : shell === 'bash' ? '~/.bashrc' : '~/.profile';
  return `echo 'export PATH="${folder}:$PATH"' >> ${file}`;
}

function pathOf({ platform, env }: System): string[] {
  const name = Object.keys(env).find(
    (key) => key === 'PATH' || (platform === 'win32' && /^path$/i.test(key)),
  );
  return (env[name ?? 'PATH'] ?? '').split(platform === 'win32' ? ';' : ':').filter(Boolean);
}

function isInPath(folder: string, system: System): boolean {
  return pathOf(system).some((other) => isSame(other, folder));
}

function isSame(a: string, b: string): boolean {
  return path.resolve(a) === path.resolve(b) || realPath(a) === realPath(b);
}

function realPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return path.resolve(file);
    throw error;
  }
}

function canWrite(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'EROFS', 'EPERM')) return false;
    throw error;
  }
}

/** Undefined when there is no such file. */
function isOurs(file: string): boolean | undefined {
  try {
    return fs.readFileSync(file, 'latin1').includes(MARK);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    if (hasCode(error, 'EISDIR', 'EACCES')) return false;
    throw error;
  }
}

function requireOurs(file: string): void {
  if (isOurs(file) === false)
    throw new TrainyardError('CONFLICT', `${file} was not made by Trainyard.`, {
      hint: 'Move it away, or choose another folder with --folder.',
    });
}

/** Replaces the file atomically. */
function write(file: string, text: string, mode: number): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  try {
    fs.writeFileSync(temporary, text, { mode });
    // The umask may have reduced the mode.
    fs.chmodSync(temporary, mode);
    fs.renameSync(temporary, file);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}
