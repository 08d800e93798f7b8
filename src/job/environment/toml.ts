/** Requirements of the TOML files of a project. It brings the TOML parser. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { parse, TomlError } from 'smol-toml';
import { TrainyardError } from '../../base/errors.js';
import { onPath } from '../programs.js';
import { requirementsOfProject } from './pyproject.js';
import { indexesOfLock, requirementsOfLock } from './uv-lock.js';

/** What `uv export` prints at most, in bytes. */
const MOST_PRINTED = 50 * 1024 * 1024;

/**
 * @param file absolute: a pyproject.toml, or a uv.lock, which uv exports where it is on the PATH
 * @param textOf the text of a file @throws what that throws
 * @throws BAD_REQUEST | NOT_SUPPORTED for a lock that takes uv to be read
 */
export async function requirementsOfToml(
  file: string,
  text: string,
  textOf: (file: string) => string,
): Promise<string> {
  const table = tableOf(text, file);
  const folder = path.dirname(file);
  if (path.extname(file) !== '.lock')
    return requirementsOfProject(table, (name) => textOf(path.resolve(folder, name)));
  const uv = onPath(['uv'], { env: process.env }).next().value;
  const lines = uv ? await exported(uv, folder) : requirementsOfLock(table);
  return [...indexesOfLock(table), lines].join('\n');
}

function tableOf(text: string, file: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [why = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new TrainyardError(
      'BAD_REQUEST',
      `${path.basename(file)} defines no environment. ${error.line}:${error.column} ${why}.`,
      { cause: error },
    );
  }
}

/** Hashes are left out: pip refuses those of packages from git. @throws BAD_REQUEST */
async function exported(uv: string, folder: string): Promise<string> {
  const flags = ['--no-hashes', '--no-header', '--no-annotate', '--no-emit-workspace'];
  try {
    const { stdout } = await promisify(execFile)(uv, ['export', '--frozen', '--quiet', ...flags], {
      ...{ cwd: folder, maxBuffer: MOST_PRINTED, windowsHide: true },
    });
    return stdout;
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    throw new TrainyardError('BAD_REQUEST', `uv cannot export uv.lock: ${said || String(error)}`, {
      hint: 'Run “uv lock” and try again.',
      cause: error,
    });
  }
}
