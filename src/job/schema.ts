/**
 * What a job is, said once: the types, the checks of both sides and the help in editors follow from it. The names follow
 * the Azure ML CLI v2 where it has one (`displayName` ↔ `display_name`, `environmentVariables`, `limits.timeout`).
 */
import { type Static, Type } from 'typebox';
import { MOST_PATTERNS } from './spec.js';

const Path = Type.String({ maxLength: 4096 });
const Words = Type.Array(Type.String({ maxLength: 1_000_000 }), { minItems: 1, maxItems: 10_000 });
const Texts = Type.Record(Type.String({ maxLength: 1024 }), Type.String({ maxLength: 1_000_000 }));
/** No other fields than those that are named: a misspelt one would be a job that was not asked for. */
const closed = { additionalProperties: false };

export const RunId = Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9_-]{0,255}$' });

export const MetricPattern = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 250, title: 'name of the metric' }),
    regex: Type.String({
      minLength: 1,
      maxLength: 1000,
      title: 'pattern',
      description:
        'A regular expression (JavaScript’s) for a line. Its group `value`, or its first group, is the value. A group `step` is the step when it is a whole number; else values are counted.',
    }),
  },
  {
    ...closed,
    title: 'metric pattern',
    description: 'A metric that is read from what the job prints.',
  },
);

export const MetricPatterns = Type.Array(MetricPattern, { maxItems: MOST_PATTERNS });

export const InterpreterEnvironment = Type.Object(
  {
    kind: Type.Literal('interpreter'),
    path: Type.String({
      minLength: 1,
      maxLength: 4096,
      title: 'path of the interpreter',
      description: 'Absolute on the target, or a name that is looked up on the PATH of the job.',
    }),
  },
  {
    ...closed,
    title: 'interpreter',
    description:
      'An interpreter that is installed on the target, such as the Python of a virtual environment. The command names it as a person would: `python train.py`.',
  },
);

export const ImageEnvironment = Type.Object(
  {
    kind: Type.Literal('image'),
    image: Type.String({
      minLength: 1,
      maxLength: 4096,
      title: 'image',
      description: 'A container image as it is, such as `python:3.12` or one by its digest.',
    }),
  },
  { ...closed, title: 'image', description: 'A container image. The target must run containers.' },
);

export const AssetEnvironment = Type.Object(
  {
    kind: Type.Literal('asset'),
    name: Type.String({ minLength: 1, maxLength: 255, title: 'name of the environment' }),
    version: Type.String({ minLength: 1, maxLength: 255, title: 'version of the environment' }),
  },
  { ...closed, title: 'environment', description: 'An environment that the workspace keeps.' },
);

/** What a job runs in. Each kind has a literal `kind` of its own. */
export const Environment = Type.Union([InterpreterEnvironment, ImageEnvironment, AssetEnvironment]);

/** Whatever it is called: names are checked apart, so that a problem names them. */
const Name = Type.String({ pattern: '^[\\s\\S]*$' });

const words = <T extends string>(...values: T[]) =>
  Type.Unsafe<T>({ type: 'string', enum: values as unknown as string[] });

export const DataInput = Type.Object(
  {
    type: words('uri_file', 'uri_folder', 'mltable', 'mlflow_model', 'custom_model', 'triton_model'),
    path: Type.String({
      minLength: 1,
      maxLength: 4096,
      title: 'path',
      description:
        'An absolute path, `http(s)://…`, `azureml:NAME:VERSION`, `azureml://datastores/…`, or `runs:/RUN/PATH`.',
    }),
    mode: Type.Optional(words('ro_mount', 'download', 'direct', 'eval_mount', 'eval_download')),
  },
  { ...closed, title: 'input', description: 'Data that the job reads.' },
);

export const DataOutput = Type.Object(
  {
    type: words('uri_file', 'uri_folder', 'mltable', 'mlflow_model', 'custom_model', 'triton_model'),
    path: Type.Optional(
      Type.String({ maxLength: 4096, title: 'path', description: 'Where it is copied to besides.' }),
    ),
    mode: Type.Optional(words('rw_mount', 'upload', 'direct')),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        title: 'name',
        description: 'Registers the output as a data asset or a model of this name.',
      }),
    ),
    version: Type.Optional(Type.String({ minLength: 1, maxLength: 255, title: 'version' })),
  },
  { ...closed, title: 'output', description: 'A folder, or a file, that the job writes.' },
);

export const Resources = Type.Object(
  {
    cpus: Type.Optional(Type.Number({ minimum: 0.01, maximum: 10_000, title: 'CPUs' })),
    memory: Type.Optional(Type.Integer({ minimum: 1, title: 'memory', description: 'Bytes.' })),
    shmSize: Type.Optional(
      Type.Integer({ minimum: 1, title: 'shared memory', description: 'Bytes of /dev/shm.' }),
    ),
    gpus: Type.Optional(
      Type.Integer({ minimum: -1, maximum: 1024, title: 'GPUs', description: '-1: all there are.' }),
    ),
    instanceCount: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, title: 'instances' })),
  },
  {
    ...closed,
    title: 'resources',
    description: 'What the job needs, and at most gets. A target that cannot limit one of them says so.',
  },
);

export const CommandJob = Type.Object(
  {
    kind: Type.Literal('command'),
    codeFolder: Type.String({
      minLength: 1,
      maxLength: 4096,
      title: 'code folder',
      description:
        'Absolute path of the folder whose code is kept and run. Files outside of it are no part of the run.',
    }),
    workingFolder: Type.String({
      maxLength: 4096,
      title: 'working folder',
      description:
        'Folder that the job starts in, relative to the code folder, with `/`. Empty: the code folder itself.',
    }),
    command: {
      ...Words,
      title: 'command',
      description:
        'The program and its arguments, a word each. The program may be the name of the environment’s interpreter. A script is named relative to the working folder.',
    },
    launcher: Type.Optional({
      ...Words,
      title: 'launcher',
      description: 'Words that come before the command, such as `mpirun -np 2`.',
    }),
    environment: Type.Optional(Environment),
    parameters: Type.Optional({
      ...Texts,
      title: 'parameters',
      description: 'Values of `${{inputs.NAME}}` in the command.',
    }),
    inputs: Type.Optional(
      Type.Record(Name, DataInput, {
        title: 'inputs',
        description: 'Data that the job reads. `${{inputs.NAME}}` in the command is its path.',
      }),
    ),
    outputs: Type.Optional(
      Type.Record(Name, DataOutput, {
        title: 'outputs',
        description: 'What the job writes. `${{outputs.NAME}}` in the command is its path.',
      }),
    ),
    resources: Type.Optional(Resources),
    debug: Type.Optional(
      Type.Object(
        {
          debugpy: Type.Optional({
            ...Path,
            title: 'debugpy',
            description:
              'Absolute path of the folder of the package debugpy, on the submitter’s machine, for an environment that has none.',
          }),
        },
        {
          ...closed,
          title: 'debug',
          description: 'The job waits for a debugger before its first line. Only for Python.',
        },
      ),
    ),
    network: Type.Optional(
      Type.Unsafe<'off'>({
        type: 'string',
        enum: ['off'],
        title: 'network',
        description: '`off`: the job reaches nothing but its tracking server.',
      }),
    ),
    azure: Type.Optional(
      Type.Record(Type.String({ maxLength: 255 }), Type.Unknown(), {
        title: 'fields for Azure ML',
        description: 'Fields of the job file that mean something in Azure ML only, kept as they are.',
      }),
    ),
    script: Type.Optional({
      ...Path,
      title: 'script',
      description:
        'The script, or the file of the module, that runs. Relative to the code folder, with `/`. Absent when none is known.',
    }),
    target: Type.String({
      minLength: 1,
      maxLength: 100,
      title: 'target',
      description: 'Name of the place where the job runs.',
    }),
    experiment: Type.String({
      minLength: 1,
      maxLength: 500,
      title: 'experiment',
      description: 'Name of the experiment. It is created when there is none.',
    }),
    displayName: Type.Optional(
      Type.String({ maxLength: 250, title: 'name', description: 'Name of the run. Absent: one is made up.' }),
    ),
    parentRunId: Type.Optional({
      ...RunId,
      title: 'parent run',
      description: 'Id of the run that this run is a child of.',
    }),
    environmentVariables: {
      ...Texts,
      title: 'environment variables',
      description: 'They are written down with the run. Secrets are not.',
    },
    secrets: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), {
        maxItems: 1000,
        title: 'secrets',
        description:
          'Names of secrets that the job gets as environment variables. Their values come with the submit and are in memory only.',
      }),
    ),
    timeout: Type.Optional(
      Type.Number({
        minimum: 0,
        title: 'timeout',
        description: 'Seconds after which the job is ended. Absent or 0: none.',
      }),
    ),
    metrics: Type.Optional({
      ...MetricPatterns,
      title: 'metrics',
      description: 'Metrics that are read from what the job prints.',
    }),
    tags: { ...Texts, title: 'tags', description: 'Tags of the run.' },
  },
  { ...closed, title: 'command job', description: 'A job that runs one command.' },
);

/** What can be submitted. Each kind has a literal `kind` of its own. */
export const JobSpec = Type.Union([CommandJob]);

export type MetricPattern = Static<typeof MetricPattern>;
export type InterpreterEnvironment = Static<typeof InterpreterEnvironment>;
export type ImageEnvironment = Static<typeof ImageEnvironment>;
export type AssetEnvironment = Static<typeof AssetEnvironment>;
export type Environment = Static<typeof Environment>;
export type DataInput = Static<typeof DataInput>;
export type DataOutput = Static<typeof DataOutput>;
export type Resources = Static<typeof Resources>;
export type CommandJob = Static<typeof CommandJob>;
export type JobSpec = Static<typeof JobSpec>;
