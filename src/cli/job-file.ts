/** What the command line does with job files. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { TrainyardError } from '../base/errors.js';
import { disk } from '../job/disk.js';
import type { FileEnvironment } from '../job/file/command/job-file.js';
import type { readEnvironmentFile } from '../job/file/environment.js';
import type { Override } from '../job/file/overrides.js';
import type { FileProblem } from '../job/file/problem.js';
import { assetReference, isAddress } from '../job/file/references.js';
import { type Interpreter, interpreterAt } from '../job/interpreter.js';
import { withArticle } from '../job/problems.js';
import { findPython } from '../job/python/find.js';
import type { Environment } from '../job/spec.js';
import { facetOf } from '../workspace/facets.js';
import { openWorkspace } from './context.js';
import type { CommonParts, EntryFlags, Planned } from './entry.js';
import { repositoryRoot } from './repository.js';
import { textOf } from './text-file.js';

/** Whether an operand of `submit` is a job file, and not a script. */
export function isJobFile(name: string): boolean {
  return /\.ya?ml$/i.test(name) || path.basename(name) === 'MLproject';
}

/** @throws BAD_REQUEST when there is no such file */
export async function readJobFileAt(name: string, set: readonly Override[] = [], entryPoint?: string) {
  const file = path.resolve(name);
  const { readJobFile } = await import('../job/file/read.js');
  return readJobFile(
    textOf(name),
    { file, kindOf: (at) => disk.kind(at), ...(entryPoint !== undefined && { entryPoint }) },
    set,
  );
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
  const { job, problems, recognised } = await readJobFileAt(name, set, flags.entryPoint);
  refuse(name, problems);
  if (!job)
    throw new TrainyardError(
      'NOT_SUPPORTED',
      problems.find(({ code }) => code === 'not-run-here')?.text ??
        `${name} is ${withArticle(recognised?.kind.title ?? 'file')} and cannot be submitted.`,
    );
  const codeFolder = folderOf(job.code ?? path.dirname(job.file), name);
  const { readOwn } = await import('../job/file/own.js');
  const { own } = readOwn(job.properties);
  const chosen = await chosenEnvironment(flags);
  const isHere = !chosen && (job.environment === undefined || flags.python !== undefined);
  const interpreter = isHere ? pythonOf(flags, own.python, codeFolder) : undefined;
  const environment: Environment | undefined = interpreter
    ? { kind: 'interpreter', path: interpreter.path }
    : (chosen ?? (job.environment && (await environmentOf(job.environment))));
  const { specOf } = await import('../job/file/command/to-spec.js');
  const around = (await repositoryRoot(path.dirname(job.file))) ?? path.dirname(job.file);
  const spec = specOf(job, codeFolder, {
    ...parts,
    ...(environment && { environment }),
    defaultExperiment: path.basename(around) || 'Default',
  });
  return { spec, ...(interpreter && { interpreter }) };
}

/** What options say that a job runs in. @throws BAD_REQUEST | NOT_FOUND */
export async function chosenEnvironment({
  image,
  environment,
}: EntryFlags): Promise<Environment | undefined> {
  if (image !== undefined && environment !== undefined)
    throw new TrainyardError('BAD_REQUEST', '--image and --environment cannot be used together.');
  if (image !== undefined) return { kind: 'image', image };
  return environment === undefined ? undefined : environmentNamed(environment);
}

function folderOf(code: string, name: string): string {
  if (isAddress(code) && !path.isAbsolute(code))
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

/**
 * What a job file names or holds; an environment that is only there is made in the workspace, without a name.
 * @throws NOT_SUPPORTED | NOT_FOUND | BAD_REQUEST
 */
async function environmentOf(written: FileEnvironment): Promise<Environment> {
  if (written.kind === 'azure')
    throw new TrainyardError('NOT_SUPPORTED', `The environment ${written.address} is in Azure.`, {
      hint: 'Choose one that is here: --environment NAME:VERSION, --image IMAGE, or --python PATH.',
    });
  if (written.kind === 'asset') return assetOf(written.name, written.version ?? written.label ?? 'latest');
  const { environmentOfFields, readEnvironmentFile } = await import('../job/file/environment.js');
  const { fields, folder } =
    written.kind === 'inline' ? written : fieldsOf(written.file, readEnvironmentFile);
  const made = environmentOfFields(fields, folder, textOf);
  if (!made.build && made.definition.conda === undefined && made.definition.image !== undefined)
    return { kind: 'image', image: made.definition.image };
  const { name, version } = await facetOf(await openWorkspace(), 'environments').create(made);
  return { kind: 'asset', name, version };
}

function fieldsOf(
  file: string,
  read: typeof readEnvironmentFile,
): { fields: Record<string, unknown>; folder: string } {
  const { fields, problems } = read(textOf(file), { file, kindOf: (at) => disk.kind(at) });
  refuse(file, problems);
  return { fields, folder: path.dirname(file) };
}

async function assetOf(name: string, version: string): Promise<Environment> {
  const found = await facetOf(await openWorkspace(), 'environments').get(name, version);
  return { kind: 'asset', name: found.name, version: found.version };
}

/** `NAME:VERSION`, `NAME@latest`, `NAME`, with `azureml:` or without, or a file. @throws as above */
async function environmentNamed(given: string): Promise<Environment> {
  if (isJobFile(given))
    return environmentOf({ kind: 'file', file: path.resolve(given.replace(/^file:/, '')) });
  const reference = assetReference(given.startsWith('azureml:') ? given : `azureml:${given}`);
  if (reference?.kind === 'asset' || reference?.kind === 'azure') return environmentOf(reference);
  throw new TrainyardError('BAD_REQUEST', `“${given}” names no environment.`, {
    hint: 'Write NAME:VERSION, NAME@latest, or the name of a file.',
  });
}

/** @throws BAD_REQUEST with all the errors */
function refuse(name: string, problems: readonly FileProblem[]): void {
  const wrong = problems.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0)
    throw new TrainyardError('BAD_REQUEST', wrong.map((problem) => lineOf(name, problem)).join('\n'), {
      details: wrong,
    });
}
