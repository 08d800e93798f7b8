import { execFile } from 'node:child_process';
import { TrainyardError } from '../base/errors.js';

/** Seconds that an interpreter gets to say what it has. */
const PATIENCE = 30;

/** Finds it as `python -m debugpy` does, without importing it. */
const ASK = `import importlib.util, os, sys
found = importlib.util.find_spec('debugpy')
sys.stdout.write(os.path.dirname(os.path.abspath(found.origin)) if found and found.origin else '')`;

/** The folder of an interpreter's debugpy; undefined when it has none. @throws NO_INTERPRETER when it does not run */
export function findDebugpy(interpreter: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    execFile(
      interpreter,
      ['-c', ASK],
      { timeout: PATIENCE * 1000, windowsHide: true },
      (error, out, stderr) => {
        if (!error) return resolve(out || undefined);
        const why = stderr.trim().split('\n').at(-1) || error.message;
        reject(new TrainyardError('NO_INTERPRETER', `${interpreter} does not run: ${why}`, { cause: error }));
      },
    );
  });
}

/** The words that install it into the environment of an interpreter. */
export function installDebugpy(interpreter: string): string[] {
  return [interpreter, '-m', 'pip', 'install', 'debugpy'];
}

export function missingDebugpy(interpreter: string, hint: string): TrainyardError {
  return new TrainyardError('NO_INTERPRETER', `debugpy is not installed for ${interpreter}.`, { hint });
}
