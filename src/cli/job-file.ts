/** What the command line does with job files. */
import path from 'node:path';
import process from 'node:process';
import { TrainyardError } from '../base/errors.js';
import { kindByName } from '../job/environment/project-files.js';
import type { Override } from '../job/file/overrides.js';
import type { PlanSources } from '../job/file/plan.js';
import { assetReference } from '../job/file/references.js';
import { type Interpreter, interpreterAt } from '../job/interpreter.js';
import { findPython } from '../job/python/find.js';
import type { Environment } from '../job/spec.js';
import { facetOf } from '../workspace/facets.js';
import { openWorkspace } from './context.js';
import type { CommonParts, EntryFlags, Planned } from './entry.js';
import { repositoryRoot } from './repository.js';

/**
 * The job of a job file.
 * @throws BAD_REQUEST with all that is wrong with the file | NOT_SUPPORTED for another kind of file | NO_INTERPRETER
 */
export async function planJobFileAt(
  name: string,
  set: readonly Override[],
  flags: EntryFlags,
  parts: CommonParts,
): Promise<Planned> {
  const { planJobFile, readJobFileAt, requireJob } = await import('../job/file/plan.js');
  const job = requireJob(name, readJobFileAt(name, set, flags.entryPoint));
  const chosen = await chosenEnvironment(flags);
  const environment = chosen ?? (flags.python === undefined ? undefined : ('interpreter' as const));
  const folder = path.dirname(job.file);
  const around = (await repositoryRoot(folder)) ?? folder;
  const options = {
    ...parts,
    ...(environment && { environment }),
    defaultExperiment: path.basename(around) || 'Default',
  };
  return planJobFile(job, options, {
    environments,
    interpreterOf: (written, code) => pythonOf(flags, written, code),
  });
}

/**
 * What options say that a job runs in. An image may be what a file of requirements or of conda starts from.
 * @throws BAD_REQUEST | NOT_FOUND
 */
export async function chosenEnvironment({
  image,
  environment,
}: EntryFlags): Promise<Environment | undefined> {
  if (environment === undefined) return image === undefined ? undefined : { kind: 'image', image };
  if (kindByName(path.basename(environment)) !== undefined) return environmentIn(environment, image);
  if (image !== undefined)
    throw new TrainyardError(
      'BAD_REQUEST',
      `--image says what a file of requirements starts from, and ${environment} is not a file.`,
      {
        hint: 'Leave out --image.',
      },
    );
  return environmentNamed(environment);
}

const environments: PlanSources['environments'] = async () => facetOf(await openWorkspace(), 'environments');

/** @param written what the file says, absolute or a name */
function pythonOf({ python }: EntryFlags, written: string | undefined, folder: string): Interpreter {
  const where = { env: process.env };
  if (python !== undefined) return interpreterAt(python, process.cwd(), '--python', where);
  if (written !== undefined) return interpreterAt(written, folder, 'the job file', where);
  return findPython({ folder, codeFolder: folder, ...where });
}

/** Of a file. @throws BAD_REQUEST | NOT_FOUND | NOT_SUPPORTED */
async function environmentIn(given: string, image: string | undefined): Promise<Environment> {
  const { anonymousEnvironment } = await import('../job/file/plan.js');
  const { environmentOfFile } = await import('../job/environment/from-file.js');
  const read = await environmentOfFile(path.resolve(given.replace(/^file:/, '')));
  if (image === undefined) return anonymousEnvironment(read, { environments });
  if (read.build || read.definition.image !== undefined)
    throw new TrainyardError('BAD_REQUEST', `${given} names its own image.`, { hint: 'Leave out --image.' });
  const definition = { ...read.definition, image };
  return anonymousEnvironment({ definition }, { environments });
}

/** `NAME:VERSION`, `NAME@latest`, `NAME`, with `azureml:` or without. @throws as `environmentOf` */
async function environmentNamed(given: string): Promise<Environment> {
  const { environmentOf } = await import('../job/file/plan.js');
  const reference = assetReference(given.startsWith('azureml:') ? given : `azureml:${given}`);
  if (reference?.kind === 'asset' || reference?.kind === 'azure')
    return environmentOf(reference, { environments });
  throw new TrainyardError('BAD_REQUEST', `“${given}” names no environment.`, {
    hint: 'Write NAME:VERSION, NAME@latest, or the name of a file.',
  });
}
