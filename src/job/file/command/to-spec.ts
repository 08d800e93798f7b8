/** The job that a job file describes, as it is submitted. */
import path from 'node:path';
import { buildJob } from '../../build.js';
import type { CommandJob, Environment } from '../../spec.js';
import { fill, readExpressions } from '../expressions.js';
import type { JobFile } from './job-file.js';
import { readOwn } from '../own.js';
import { commandOf } from './shell.js';

/** What a call of submit says; it counts more than the file. */
export interface SubmitOptions {
  /** What the job runs in, when it is known. */
  readonly environment?: Environment;
  readonly target?: string;
  readonly experiment?: string;
  /** When neither the call nor the file names an experiment. */
  readonly defaultExperiment: string;
  readonly displayName?: string;
  readonly environmentVariables?: Readonly<Record<string, string>>;
  readonly timeout?: number;
  readonly metrics?: CommandJob['metrics'];
}

/** A run’s note, as MLflow keeps it. */
export const NOTE = 'mlflow.note.content';

/** @param codeFolder absolute; the folder of `job.code`, which is there */
export function specOf(job: JobFile, codeFolder: string, options: SubmitOptions): CommandJob {
  const { own, others } = readOwn(job.properties);
  const displayName = options.displayName ?? job.displayName ?? job.name;
  const timeout = options.timeout ?? job.timeout;
  const metrics = options.metrics ?? own.metrics;
  const target = options.target ?? targetOf(job);
  const command = commandOf(commandText(job), job.parameters);
  const workingFolder = path.join(codeFolder, own.workingFolder ?? '');
  const script = scriptIn(command);
  const spec = buildJob(
    {
      codeFolder,
      workingFolder,
      experiment: options.experiment ?? job.experiment ?? options.defaultExperiment,
      ...(displayName !== undefined && { displayName }),
      ...(target !== undefined && { target }),
      environmentVariables: { ...job.environmentVariables, ...options.environmentVariables },
      ...(timeout !== undefined && { timeout }),
      ...(metrics && { metrics }),
      tags: { ...job.tags, ...(job.description !== undefined && { [NOTE]: job.description }) },
    },
    {
      ...(own.launcher && { launcher: own.launcher }),
      command,
      ...(options.environment && { environment: options.environment }),
    },
    script === undefined ? undefined : path.join(workingFolder, script),
  );
  const azure = azureOf(job, others);
  return {
    ...spec,
    ...(isFull(job.parameters) && { parameters: { ...job.parameters } }),
    ...(isFull(job.inputs) && { inputs: { ...job.inputs } }),
    ...(isFull(job.outputs) && { outputs: { ...job.outputs } }),
    ...(job.resources && { resources: job.resources }),
    ...(job.network && { network: job.network }),
    ...(isFull(azure) && { azure }),
  };
}

/** A compute of Azure is no place here. */
function targetOf({ compute }: JobFile): string | undefined {
  return compute?.startsWith('azureml:') ? undefined : compute;
}

/** With `$[[ … ]]` decided. Inputs and outputs stay placeholders: their paths are for the target to say. */
function commandText({ command, parameters, inputs, outputs }: JobFile): string {
  const { parts } = readExpressions(command);
  return fill(parts, (body) => {
    const [head, ...rest] = body.split('.');
    const name = rest.join('.');
    const isThere =
      head === 'outputs' ? Object.hasOwn(outputs, name) : Object.hasOwn({ ...parameters, ...inputs }, name);
    return isThere ? `\${{${body}}}` : undefined;
  });
}

/** The Python script that a command names, relative to the code. */
function scriptIn([program = '', first = '']: readonly string[]): string | undefined {
  const isScript = /^python[\d.]*$/.test(program) && /\.py$/i.test(first);
  return isScript && !path.isAbsolute(first) && !first.split(/[\\/]/).includes('..') ? first : undefined;
}

/** What has no place in a run, kept for a file that is made of it again. */
function azureOf(
  { azure, name, compute }: JobFile,
  properties: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return {
    ...azure,
    ...(name !== undefined && { name }),
    ...(isFull(properties) && { properties }),
    ...(compute?.startsWith('azureml:') && { compute }),
  };
}

function isFull(values: object): boolean {
  return Object.keys(values).length > 0;
}
