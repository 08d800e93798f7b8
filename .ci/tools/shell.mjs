// Running programs, and where the project keeps what it installs for itself.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const CACHE = path.join(
  process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'),
  'trainyard-dev',
);

/** Progress goes to stderr: stdout belongs to the program that is run in the end. */
export const say = (text) => process.stderr.write(`· ${text}\n`);

/** Runs a program to its end; its output goes where ours goes. Throws when it fails. */
export function run(program, args, options = {}) {
  const shell = process.platform === 'win32' && program === 'npm';
  const { status, signal, error } = spawnSync(program, args, { stdio: 'inherit', shell, ...options });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${signal ?? status}`);
}

/** The same, with its output on stderr: for what is installed on the way. */
export function install(program, args, options = {}) {
  run(program, args, { stdio: ['ignore', 2, 2], ...options });
}

/** Runs a program with our own streams and hands over signals. @returns its exit code */
export function become(program, args, options = {}) {
  const child = spawn(program, args, { stdio: 'inherit', ...options });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (os.constants.signals[signal] ?? 1)));
  });
}

/** Makes `folder` once: `make(temporary)` fills it, and only a whole one gets the name. Another run may be quicker. */
export function once(folder, make) {
  if (fs.existsSync(path.join(folder, '.complete'))) return folder;
  const temporary = `${folder}.${process.pid}`;
  fs.rmSync(temporary, { recursive: true, force: true });
  fs.mkdirSync(temporary, { recursive: true });
  make(temporary);
  fs.writeFileSync(path.join(temporary, '.complete'), new Date().toISOString());
  try {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(temporary, folder);
  } catch (error) {
    if (!fs.existsSync(path.join(folder, '.complete'))) throw error;
    fs.rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}
