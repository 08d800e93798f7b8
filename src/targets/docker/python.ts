/** What Pythons in a container find of Trainyard's: the hook for debuggers, and debugpy for images without it. */
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { hasCode, TrainyardError } from '../../base/errors.js';
import { makeDebuggerFolder } from '../shared/debugger.js';
import { DEBUGGER_HOOK } from '../shared/debugger-hook.js';
import { sitecustomize } from '../shared/sitecustomize.js';
import { FILES } from './files.js';
import type { Bind } from './inputs.js';
import { INSIDE } from './names.js';

/** Of debugpy's package: whether it is one, and which. */
const VERSION = '_version.py';

/** Makes what every container of a job gets. @param home Trainyard's */
export function setUpPython(home: string, jobFolder: string): Bind[] {
  const folder = path.join(jobFolder, FILES.python);
  makeDebuggerFolder(folder);
  fs.writeFileSync(path.join(folder, 'sitecustomize.py'), sitecustomize([DEBUGGER_HOOK]), { mode: 0o600 });
  const debuggers = debuggersIn(home);
  fs.mkdirSync(debuggers, { recursive: true, mode: 0o700 });
  return [
    { source: folder, target: INSIDE.python, readOnly: false },
    // Containers that run see what is put there later.
    { source: debuggers, target: INSIDE.debuggers, readOnly: true },
  ];
}

/** @param known the same variable of the job or its image */
export function pythonPath(known: string | undefined): string {
  return [INSIDE.python, known].filter(Boolean).join(':');
}

/**
 * Puts debugpy where all containers see it, once for each version. Its compiled parts come along: a Python that they are not for
 * does without.
 * @param source absolute path of the package's folder
 * @returns the path of the copy in containers
 * @throws NOT_FOUND when it is not debugpy's
 */
export async function provideDebugpy(home: string, source: string): Promise<string> {
  const version = await fs.promises.readFile(path.join(source, VERSION)).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    throw new TrainyardError('NOT_FOUND', `There is no debugpy in ${source}.`, {
      hint: 'Install the Python Debugger extension or debugpy again.',
    });
  });
  const name = createHash('sha256').update(`${source}\0`).update(version).digest('hex').slice(0, 16);
  const folder = path.join(debuggersIn(home), name);
  if (!fs.existsSync(folder)) await copyWhole(source, folder);
  return `${INSIDE.debuggers}/${name}/debugpy`;
}

/** The copy appears whole or not at all. */
async function copyWhole(source: string, folder: string): Promise<void> {
  const making = `${folder}.${randomUUID()}`;
  try {
    await fs.promises.cp(source, path.join(making, 'debugpy'), {
      recursive: true,
      dereference: true,
      filter: (file) => path.basename(file) !== '__pycache__',
    });
    await fs.promises.rename(making, folder);
  } catch (error) {
    await fs.promises.rm(making, { recursive: true, force: true });
    // Another was quicker.
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'EPERM') || !fs.existsSync(folder)) throw error;
  }
}

/** Where the copies of debugpy are. Each is made again when it is missing. */
export function debuggersIn(home: string): string {
  return path.join(home, 'docker', 'debuggers');
}
