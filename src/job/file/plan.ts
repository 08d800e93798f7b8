/** From a job file to a job: what the file names and holds becomes what a workspace can run. It brings the YAML parser. */
import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../../base/errors.js';
import { textOf } from '../../base/text-file.js';
import { disk } from '../disk.js';
import { environmentOfFile } from '../environment/from-file.js';
import type { Interpreter } from '../interpreter.js';
import { JOB_FILE_TAG, jobFileTag } from '../job-file-name.js';
import { withArticle } from '../problems.js';
import type { CommandJob, Environment } from '../spec.js';
import type { FileEnvironment, JobFile } from './command/job-file.js';
import { specOf, type SubmitOptions } from './command/to-spec.js';
import { environmentOfFields, type WrittenEnvironment } from './environment.js';
import type { Override } from './overrides.js';
import { readOwn } from './own.js';
import { refuseWrong } from './problem.js';
import { type JobFileReading, readJobFile } from './read.js';
import { isAddress } from './references.js';

/** What a call of submit says; it counts more than the file. */
export interface PlanOptions extends Omit<SubmitOptions, 'environment'> {
  /** What the job runs in. `interpreter`: one of this computer, whatever the file says. */
  readonly environment?: Environment | 'interpreter';
}

/** The environments of a workspace. */
export interface KeptEnvironments {
  /** @throws NOT_FOUND */
  get(name: string, version: string): Promise<{ name: string; version: string }>;
  /** Without a name: the content says which it is. */
  create(environment: WrittenEnvironment): Promise<{ name: string; version: string }>;
}

/** What is around a job file. */
export interface PlanSources {
  /** Asked when the job needs one. */
  environments(): Promise<KeptEnvironments>;
  /**
   * The interpreter of a job that runs in no environment.
   * @param written what the file says, absolute or a name
   * @param folder absolute, of the code
   * @throws NO_INTERPRETER
   */
  interpreterOf(written: string | undefined, folder: string): Interpreter | Promise<Interpreter>;
}

/** @param name of a file on this computer @throws BAD_REQUEST when it cannot be read */
export function readJobFileAt(
  name: string,
  set: readonly Override[] = [],
  entryPoint?: string,
): JobFileReading {
  const place = {
    file: path.resolve(name),
    kindOf: disk.kind,
    ...(entryPoint !== undefined && { entryPoint }),
  };
  return readJobFile(textOf(name), place, set);
}

/**
 * The job that was read.
 * @param name what people call the file
 * @throws BAD_REQUEST with all that is wrong with the file | NOT_SUPPORTED for another kind of file
 */
export function requireJob(name: string, { job, problems, recognised }: JobFileReading): JobFile {
  refuseWrong(name, problems);
  if (job) return job;
  throw new TrainyardError(
    'NOT_SUPPORTED',
    problems.find(({ code }) => code === 'not-run-here')?.text ??
      `${name} is ${withArticle(recognised?.kind.title ?? 'file')} and cannot be submitted.`,
  );
}

/**
 * The job as it is submitted, with a tag that names its file. An environment that is only in the file is made in the workspace.
 * @throws BAD_REQUEST | NOT_FOUND | NOT_SUPPORTED | NO_INTERPRETER
 */
export async function planJobFile(
  job: JobFile,
  options: PlanOptions,
  sources: PlanSources,
): Promise<{ spec: CommandJob; interpreter?: Interpreter }> {
  const { environment: chosen, ...others } = options;
  const codeFolder = folderOf(job);
  const isHere = chosen === 'interpreter' || (!chosen && job.environment === undefined);
  const interpreter = isHere
    ? await sources.interpreterOf(readOwn(job.properties).own.python, codeFolder)
    : undefined;
  const environment: Environment | undefined = interpreter
    ? { kind: 'interpreter', path: interpreter.path }
    : chosen && chosen !== 'interpreter'
      ? chosen
      : job.environment && (await environmentOf(job.environment, sources));
  const spec = specOf(job, codeFolder, { ...others, ...(environment && { environment }) });
  return {
    spec: { ...spec, tags: { ...spec.tags, [JOB_FILE_TAG]: jobFileTag(job.file) } },
    ...(interpreter && { interpreter }),
  };
}

/** Absolute, without links. */
function folderOf({ code, file }: JobFile): string {
  const written = code ?? path.dirname(file);
  if (isAddress(written) && !path.isAbsolute(written))
    throw new TrainyardError(
      'NOT_SUPPORTED',
      `The code of ${path.basename(file)}, ${written}, is not fetched from elsewhere.`,
      { hint: 'Give “code” a folder on this computer.' },
    );
  const real = fs.realpathSync(written);
  return fs.statSync(real).isFile() ? path.dirname(real) : real;
}

/**
 * What a job file names or holds; one that is only there is made in the workspace, without a name.
 * @throws NOT_SUPPORTED | NOT_FOUND | BAD_REQUEST
 */
export async function environmentOf(
  written: FileEnvironment,
  { environments }: Pick<PlanSources, 'environments'>,
): Promise<Environment> {
  if (written.kind === 'azure')
    throw new TrainyardError('NOT_SUPPORTED', `The environment ${written.address} is in Azure.`, {
      hint: 'Choose one that is here when you submit the job: an environment of the workspace, an image, or an interpreter.',
    });
  if (written.kind === 'asset') {
    const kept = await environments();
    const found = await kept.get(written.name, written.version ?? written.label ?? 'latest');
    return { kind: 'asset', name: found.name, version: found.version };
  }
  const made =
    written.kind === 'inline'
      ? environmentOfFields(written.fields, written.folder, textOf)
      : await environmentOfFile(written.file);
  return anonymousEnvironment(made, { environments });
}

/** An environment that has no name in the workspace: its image, when it is nothing else, or else it is made there. */
export async function anonymousEnvironment(
  { definition, build }: WrittenEnvironment,
  { environments }: Pick<PlanSources, 'environments'>,
): Promise<Environment> {
  const { image, conda, pip } = definition;
  if (image !== undefined && !build && conda === undefined && pip === undefined)
    return { kind: 'image', image };
  const { name, version } = await (await environments()).create({ definition, ...(build && { build }) });
  return { kind: 'asset', name, version };
}
