/** Writes a job file that describes a given job. */
import path from 'node:path';
import { stringify } from 'yaml';
import { isObject } from '../../base/json.js';
import { joinArguments } from '../arguments.js';
import { JOB_FILE_TAG } from '../job-file-name.js';
import { isWithin } from '../../base/within.js';
import type { CommandJob, Environment, Resources } from '../spec.js';
import { COMMAND_JOB } from './command/schema.js';
import { commandOf } from './command/shell.js';
import { NOTE } from './command/to-spec.js';
import { writeOwn } from './own.js';
import { literalText, plainScalar } from './scalars.js';
import { sizeOf } from './sizes.js';

export interface SavedJob {
  readonly text: string;
  /** What the file cannot hold, sentences for people. */
  readonly notes: readonly string[];
}

/**
 * The job file of a job. Read again, it is the same job, except for a parent, secrets and a debugger.
 * @param file where it will be, absolute: paths are written relative to its folder
 */
export function jobFileOf(spec: CommandJob, file: string): SavedJob {
  const { [NOTE]: description, [JOB_FILE_TAG]: _, ...tags } = spec.tags;
  const { resources: more, compute, properties, name, ...azure } = spec.azure ?? {};
  const own = writeOwn({
    ...(spec.environment?.kind === 'interpreter' && { python: spec.environment.path }),
    workingFolder: spec.workingFolder,
    ...(spec.launcher && { launcher: spec.launcher }),
    ...(spec.metrics && { metrics: spec.metrics }),
  });
  const inputs = {
    ...mapped(spec.parameters ?? {}, literal),
    ...mapped(spec.inputs ?? {}, (input) => ({ ...input, path: pathFrom(file, input.path) })),
  };
  const written = {
    $schema: COMMAND_JOB,
    ...(typeof name === 'string' && { name }),
    ...(spec.displayName !== undefined && spec.displayName !== name && { display_name: spec.displayName }),
    experiment_name: spec.experiment,
    ...(description !== undefined && { description }),
    command: textOf(spec),
    code: pathFrom(file, spec.codeFolder),
    ...filled('inputs', inputs),
    ...filled('outputs', spec.outputs),
    ...environmentOf(spec.environment),
    ...filled('environment_variables', spec.environmentVariables),
    compute: spec.target === 'local' && typeof compute === 'string' ? compute : spec.target,
    ...filled('resources', { ...(isObject(more) ? more : {}), ...resourcesOf(spec.resources, spec.network) }),
    ...(spec.timeout && { limits: { timeout: Math.max(1, Math.round(spec.timeout)) } }),
    ...filled('tags', tags),
    ...filled('properties', { ...(isObject(properties) ? properties : {}), ...own }),
    ...azure,
  };
  const notes = [
    ...(spec.secrets?.length
      ? [
          `Secrets are not in the file. Submit it with: ${spec.secrets.map((one) => `--secret ${one}`).join(' ')}`,
        ]
      : []),
    ...(spec.parentRunId ? ['The parent of the run is not in the file.'] : []),
  ];
  // As Azure’s client reads it: what YAML 1.1 takes for another type is put in quotes.
  return { text: stringify(written, { version: '1.1', lineWidth: 0 }), notes };
}

function filled(name: string, values: object | undefined): Record<string, object> {
  return values && Object.keys(values).length > 0 ? { [name]: values } : {};
}

function mapped<T>(
  values: Readonly<Record<string, T>>,
  change: (value: T) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

/** A number or a truth value where that is written in the same way. */
function literal(text: string): unknown {
  const { type, value } = plainScalar(text);
  const isSame = (type === 'integer' || type === 'float') && literalText({ type, value }) === text;
  if (isSame && String(value) === text) return value;
  if (text === 'True') return true;
  return text === 'False' ? false : text;
}

/** The command as a line for a shell, which reads as the same words. */
function textOf({ command, parameters = {} }: CommandJob): string {
  const isSame = (text: string) => {
    const words = commandOf(text, parameters);
    return words.length === command.length && words.every((word, i) => word === command[i]);
  };
  const [shell, option, text, ...more] = command;
  if (shell === 'bash' && option === '-c' && text !== undefined && more.length === 0 && isSame(text))
    return text;
  const bare = command.map((word) => (BARE.test(word) ? word : joinArguments([word]))).join(' ');
  return isSame(bare) ? bare : joinArguments(command);
}

/** Plain characters and placeholders. */
const BARE = /^(?:[\w@%+=:,./-]|\$\{\{\s*(?:inputs|outputs)\.[\w.-]+\s*\}\})+$/;

function environmentOf(environment: Environment | undefined): Record<string, unknown> {
  if (environment?.kind === 'image') return { environment: { image: environment.image } };
  if (environment?.kind === 'asset')
    return { environment: `azureml:${environment.name}:${environment.version}` };
  return {};
}

function resourcesOf(
  { cpus, memory, shmSize, gpus, instanceCount }: Resources = {},
  network: 'off' | undefined,
): Record<string, unknown> {
  const args = [
    ...(cpus === undefined ? [] : ['--cpus', String(cpus)]),
    ...(memory === undefined ? [] : ['--memory', sizeOf(memory)]),
    ...(gpus === undefined ? [] : ['--gpus', gpus === -1 ? 'all' : String(gpus)]),
    ...(network ? ['--network', 'none'] : []),
  ];
  return {
    ...(instanceCount !== undefined && { instance_count: instanceCount }),
    ...(shmSize !== undefined && { shm_size: sizeOf(shmSize) }),
    ...(args.length > 0 && { docker_args: args.join(' ') }),
  };
}

/** Relative to the file where it is below it or not far; with `/`. Addresses stay. */
function pathFrom(file: string, target: string): string {
  if (!path.isAbsolute(target)) return target;
  const folder = path.dirname(file);
  const isNear = isWithin(folder, target) || isWithin(path.dirname(target), folder);
  if (!isNear) return target.split(path.sep).join('/');
  const relative = path.relative(folder, target).split(path.sep).join('/');
  if (relative === '') return '.';
  return relative.startsWith('.') ? relative : `./${relative}`;
}
