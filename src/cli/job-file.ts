/** What the command line does with job files. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { messageOf, TrainyardError } from '../base/errors.js';
import { disk } from '../job/disk.js';
import type { FileEnvironment } from '../job/file/command/job-file.js';
import type { Override } from '../job/file/overrides.js';
import type { FileProblem } from '../job/file/problem.js';
import { type Interpreter, interpreterAt } from '../job/interpreter.js';
import { findPython } from '../job/python/find.js';
import type { Environment } from '../job/spec.js';
import { type CommonParts, type EntryFlags, type Planned } from './entry.js';
import { repositoryRoot } from './repository.js';

/** Whether an operand of `submit` is a job file, and not a script. */
export function isJobFile(name: string): boolean {
  return /\.ya?ml$/i.test(name);
}

/** @throws BAD_REQUEST when there is no such file */
export async function readJobFileAt(name: string, set: readonly Override[] = []) {
  const file = path.resolve(name);
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (cause) {
    throw new TrainyardError('BAD_REQUEST', `The file ${name} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
  const { readJobFile } = await import('../job/file/read.js');
  return readJobFile(text, { file, kindOf: (at) => disk.kind(at) }, set);
}

/** `train.yml:3:5: error: text`, from 1. */
export function lineOf(name: string, { range: { start }, severity, text, hint }: FileProblem): string {
  return `${name}:${start.line + 1}:${start.column + 1}: ${severity}: ${text}${hint === undefined ? '' : ` ${hint}`}`;
}

/**
 * The job of a job file.
 * @throws BAD_REQUEST with all that is wrong with the file | NOT_SUPPORTED for another kind of file | NO_INTERPRETER
 */
export async function planJobFile(
  name: string,
  set: readonly Override[],
  flags: EntryFlags,
  parts: CommonParts,
): Promise<Planned> {
  const { job, problems, recognised } = await readJobFileAt(name, set);
  const wrong = problems.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0)
    throw new TrainyardError('BAD_REQUEST', wrong.map((problem) => lineOf(name, problem)).join('\n'), {
      details: wrong,
    });
  if (!job)
    throw new TrainyardError('NOT_SUPPORTED', problems[0]?.text ?? `${name} is a ${recognised?.kind.title}.`);
  const codeFolder = folderOf(job.code ?? path.dirname(job.file), name);
  const { readOwn } = await import('../job/file/own.js');
  const { own } = readOwn(job.properties);
  const isOwn = job.environment === undefined || flags.python !== undefined;
  const interpreter =
    isOwn && flags.image === undefined ? pythonOf(flags, own.python, codeFolder) : undefined;
  const environment: Environment | undefined = interpreter
    ? { kind: 'interpreter', path: interpreter.path }
    : flags.image !== undefined
      ? { kind: 'image', image: flags.image }
      : job.environment && environmentOf(job.environment);
  const { specOf } = await import('../job/file/command/to-spec.js');
  const around = (await repositoryRoot(path.dirname(job.file))) ?? path.dirname(job.file);
  const spec = specOf(job, codeFolder, {
    ...parts,
    ...(environment && { environment }),
    defaultExperiment: path.basename(around) || 'Default',
  });
  return { spec, ...(interpreter && { interpreter }) };
}

function folderOf(code: string, name: string): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(code) && !path.isAbsolute(code))
    throw new TrainyardError(
      'NOT_SUPPORTED',
      `The code of ${name}, ${code}, is not fetched from elsewhere.`,
      {
        hint: 'Name a folder beside the file: --set code=FOLDER.',
      },
    );
  const real = fs.realpathSync(code);
  return fs.statSync(real).isFile() ? path.dirname(real) : real;
}

/** @param written what the file says, absolute or a name */
function pythonOf({ python }: EntryFlags, written: string | undefined, folder: string): Interpreter {
  const where = { env: process.env };
  if (python !== undefined) return interpreterAt(python, process.cwd(), '--python', where);
  if (written !== undefined) return interpreterAt(written, folder, 'the job file', where);
  return findPython({ folder, codeFolder: folder, ...where });
}

/** @throws NOT_SUPPORTED */
function environmentOf(environment: FileEnvironment): Environment {
  if (environment.kind === 'asset' && environment.version !== undefined)
    return { kind: 'asset', name: environment.name, version: environment.version };
  const { image, ...others } = environment.kind === 'inline' ? environment.fields : {};
  if (typeof image === 'string' && others['conda_file'] === undefined) return { kind: 'image', image };
  throw new TrainyardError('NOT_SUPPORTED', 'The environment of this job cannot be made here.', {
    hint: 'Choose one: --image IMAGE, or --python PATH.',
  });
}
