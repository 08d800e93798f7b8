import path from 'node:path';
import process from 'node:process';
import { isWithin } from '../../../base/within.js';
import type { Runnable } from '../../../job/spec.js';

const SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'ksh', 'fish', 'cmd', 'powershell', 'pwsh']);

/**
 * The variables of a job as in a shell where its environment is active. For those that Trainyard made, and for any interpreter
 * whose job is the text of a shell: there `python` is to be that interpreter.
 * @param kept the folder of the environments that Trainyard made
 */
export function inEnvironment(
  { launcher = [], command, environment }: Runnable,
  variables: Record<string, string>,
  kept: string,
): Record<string, string> {
  const interpreter = environment?.path;
  if (interpreter === undefined || !path.isAbsolute(interpreter)) return variables;
  const isOurs = isWithin(kept, interpreter);
  if (!isOurs && ![...launcher, ...command].slice(0, 1).some(isShell)) return variables;
  const name = Object.keys(variables).find((one) => one.toUpperCase() === 'PATH') ?? 'PATH';
  const folder = path.dirname(interpreter);
  const folders = [folder, ...(process.platform === 'win32' ? [path.join(folder, 'Scripts')] : [])];
  return {
    ...variables,
    [name]: [...folders, variables[name]].filter(Boolean).join(path.delimiter),
    ...(isOurs && {
      VIRTUAL_ENV: /^(bin|Scripts)$/.test(path.basename(folder)) ? path.dirname(folder) : folder,
    }),
  };
}

function isShell(program: string): boolean {
  return SHELLS.has(path.basename(program).replace(/\.exe$/i, ''));
}
