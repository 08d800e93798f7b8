import { spawn } from 'node:child_process';
import process from 'node:process';
import { hasCode, type TrainyardError } from '../../../base/errors.js';
import { buildCancelled, buildFailed, lastLines } from '../../shared/builds.js';
import { killGroup } from '../kill.js';

/**
 * Runs a program to its end.
 * @returns what it printed on stdout
 * @throws TARGET_FAILED with the last lines that it printed | CANCELLED: it and all that it started are ended
 */
export function run(
  command: readonly string[],
  {
    what,
    env,
    cwd,
    onOutput = () => undefined,
    onStart = () => Promise.resolve(),
    signal,
  }: {
    /** The step, for people: “Installing the requirements”. */
    what: string;
    cwd: string;
    env: NodeJS.ProcessEnv;
    onOutput?: ((text: string) => void) | undefined;
    /** It has started, as the first of a process group of its own. */
    onStart?: ((pid: number) => Promise<void>) | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(buildCancelled());
    const [program = '', ...args] = command;
    const child = spawn(program, args, {
      ...{ cwd, env, windowsHide: true, stdio: ['ignore', 'pipe', 'pipe'] },
      detached: process.platform !== 'win32',
    });
    const end = () => {
      if (child.pid === undefined) return;
      killGroup(child.pid, 'SIGKILL');
    };
    signal?.addEventListener('abort', end, { once: true });
    if (child.pid !== undefined) onStart(child.pid).catch(reject);
    let printed = '';
    let tail = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      tail = (tail + text).slice(-4096);
      onOutput(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-4096);
      onOutput(text);
    });
    child.on('error', (error) => {
      const why = hasCode(error, 'ENOENT') ? `${program} was not found` : error.message;
      reject(failed(what, why, error));
    });
    child.on('close', (code, by) => {
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(buildCancelled());
      else if (code === 0) resolve(printed);
      else {
        const how = code === null ? `ended by ${by}` : `exit code ${code}`;
        reject(failed(what, `${how}\n${lastLines(tail)}`));
      }
    });
  });
}

function failed(what: string, why: string, cause?: unknown): TrainyardError {
  return buildFailed(`${what} failed: ${why}`, cause);
}
