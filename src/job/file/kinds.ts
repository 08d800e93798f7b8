/** The kinds of files of the Azure ML CLI v2 and of MLflow, by what they are recognised, and which can be checked here. */
import type { TSchema } from 'typebox';
import { checkCommandJob, checkInlineEnvironment } from './command/check.js';
import { CommandJobFile, EnvironmentFile } from './command/schema.js';
import type { FileSchema } from './schema.js';
import type { Sink } from './sink.js';
import type { YamlFile, YamlMap } from './yaml.js';
import { entryOf } from './shape.js';

export interface FileKind {
  /** The word that `trainyard job schema` takes. */
  readonly id: string;
  /** For people: `command job`. */
  readonly title: string;
  /** Names in `$schema`, such as `commandJob`; without regard to case. */
  readonly schemas?: readonly string[];
  /** Values of `type` that only this kind has. */
  readonly types?: readonly string[];
  /** Whether a file without `$schema` and `type` is one: all fields of one of these sets are there. */
  readonly marks?: readonly (readonly string[])[];
  /** Absent: files of this kind are recognised, but not read here. */
  readonly schema?: TSchema;
  /** What a schema cannot say. It runs after the check of the shape. */
  readonly check?: (file: YamlFile, root: YamlMap, sink: Sink, place: FilePlace) => void;
}

/** Where a file is, and what is around it. */
export interface FilePlace {
  /** Absolute. */
  readonly file: string;
  /** Of an MLproject; default: `main`. */
  readonly entryPoint?: string;
  /** Whether something is at an absolute path. Absent: nobody looks. */
  readonly kindOf?: (path: string) => 'file' | 'folder' | undefined;
}

export const ENVIRONMENT: FileKind = {
  id: 'environment',
  title: 'environment',
  schemas: ['environment'],
  marks: [['image'], ['build'], ['conda_file']],
  schema: EnvironmentFile,
  check: (_, root, sink, place) => checkInlineEnvironment(root, sink, place, []),
};

/** More telling kinds come first: a pipeline has commands inside of it, a component has a command, too. */
export const KINDS: readonly FileKind[] = [
  { id: 'pipeline', title: 'pipeline job', schemas: ['pipelineJob'], types: ['pipeline'], marks: [['jobs']] },
  {
    id: 'sweep',
    title: 'sweep job',
    schemas: ['sweepJob'],
    types: ['sweep'],
    marks: [
      ['search_space', 'trial'],
      ['search_space', 'objective'],
    ],
  },
  { id: 'spark', title: 'Spark job', schemas: ['sparkJob'], types: ['spark'], marks: [['entry', 'conf']] },
  {
    id: 'automl',
    title: 'AutoML job',
    schemas: ['autoMLJob'],
    types: ['automl'],
    marks: [
      ['task', 'target_column_name'],
      ['task', 'primary_metric'],
    ],
  },
  {
    id: 'finetuning',
    title: 'fine-tuning job',
    schemas: ['fineTuningJob'],
    types: ['finetuning', 'fine_tuning'],
    marks: [['model_provider', 'training_data']],
  },
  {
    id: 'distillation',
    title: 'distillation job',
    schemas: ['distillationJob'],
    types: ['distillation'],
    marks: [['teacher_model_endpoint_connection']],
  },
  {
    id: 'import',
    title: 'import job',
    schemas: ['importJob', 'DataImport'],
    types: ['import'],
    marks: [['source', 'datastore']],
  },
  {
    id: 'parallel',
    title: 'parallel component',
    schemas: ['parallelComponent', 'parallelJob'],
    types: ['parallel'],
    marks: [['task', 'mini_batch_size']],
  },
  { id: 'pipeline-component', title: 'pipeline component', schemas: ['pipelineComponent'] },
  { id: 'spark-component', title: 'Spark component', schemas: ['sparkComponent'] },
  {
    id: 'component',
    title: 'command component',
    schemas: ['commandComponent'],
    marks: [
      ['command', 'version'],
      ['command', 'is_deterministic'],
    ],
  },
  {
    id: 'command',
    title: 'command job',
    schemas: ['commandJob'],
    types: ['command'],
    marks: [['command']],
    schema: CommandJobFile,
    check: checkCommandJob,
  },
  { id: 'mlproject', title: 'MLproject', marks: [['entry_points']] },
  {
    id: 'online-deployment',
    title: 'online deployment',
    schemas: ['managedOnlineDeployment', 'kubernetesOnlineDeployment', 'onlineDeployment'],
    marks: [
      ['endpoint_name', 'instance_type'],
      ['endpoint_name', 'scoring_script'],
    ],
  },
  {
    id: 'batch-deployment',
    title: 'batch deployment',
    schemas: ['batchDeployment', 'modelBatchDeployment', 'pipelineComponentBatchDeployment'],
    marks: [['endpoint_name']],
  },
  {
    id: 'online-endpoint',
    title: 'online endpoint',
    schemas: ['managedOnlineEndpoint', 'kubernetesOnlineEndpoint', 'onlineEndpoint'],
    marks: [['traffic'], ['auth_mode']],
  },
  { id: 'batch-endpoint', title: 'batch endpoint', schemas: ['batchEndpoint'], marks: [['defaults']] },
  { id: 'deployment-template', title: 'deployment template', schemas: ['deploymentTemplate'] },
  {
    id: 'schedule',
    title: 'schedule',
    schemas: ['schedule', 'monitorSchedule'],
    marks: [['trigger'], ['create_job'], ['create_monitor']],
  },
  {
    id: 'compute',
    title: 'compute',
    schemas: [
      'amlCompute',
      'computeInstance',
      'vmCompute',
      'virtualMachineCompute',
      'kubernetesCompute',
      'synapseSparkCompute',
      'attachedSpark',
    ],
    types: ['amlcompute', 'computeinstance', 'virtualmachine', 'kubernetes', 'synapsespark'],
  },
  {
    id: 'workspace',
    title: 'workspace',
    schemas: ['workspace', 'hub', 'project', 'featureStore'],
    types: ['hub', 'project'],
    marks: [['resource_group'], ['location', 'name']],
  },
  { id: 'registry', title: 'registry', schemas: ['registry'], marks: [['replication_locations']] },
  {
    id: 'connection',
    title: 'connection',
    schemas: ['connection', 'workspaceConnection'],
    types: [
      'git',
      'python_feed',
      'container_registry',
      'snowflake',
      's3',
      'azure_sql_db',
      'azure_open_ai',
      'azure_ai_search',
      'azure_content_safety',
      'azure_speech',
      'azure_ai_services',
      'serp',
      'serverless',
      'api_key',
      'custom',
    ],
    marks: [['target', 'credentials']],
  },
  {
    id: 'datastore',
    title: 'datastore',
    schemas: ['azureBlob', 'azureFile', 'azureDataLakeGen1', 'azureDataLakeGen2', 'oneLake'],
    types: ['azure_blob', 'azure_file', 'azure_data_lake_gen1', 'azure_data_lake_gen2', 'one_lake'],
    marks: [['account_name']],
  },
  {
    id: 'flow',
    title: 'prompt flow',
    schemas: ['Flow', 'Run'],
    marks: [
      ['nodes', 'outputs'],
      ['flow', 'data'],
    ],
  },
  {
    id: 'feature-set',
    title: 'feature set',
    schemas: ['featureSet', 'featureStoreEntity', 'featureSetSpec'],
    marks: [['index_columns'], ['specification', 'entities']],
  },
  {
    id: 'model',
    title: 'model',
    schemas: ['model'],
    types: ['mlflow_model', 'custom_model', 'triton_model'],
  },
  { id: 'data', title: 'data asset', schemas: ['data'], types: ['uri_file', 'uri_folder', 'mltable'] },
  { id: 'mltable', title: 'MLTable', schemas: ['MLTable'], marks: [['paths', 'transformations'], ['paths']] },
  ENVIRONMENT,
  { id: 'conda', title: 'conda environment', marks: [['channels', 'dependencies'], ['dependencies']] },
];

export function kindNamed(id: string): FileKind | undefined {
  return KINDS.find((kind) => kind.id === id);
}

/** The schema of a kind in the words of the checks. */
export function schemaOf(kind: FileKind): FileSchema | undefined {
  return kind.schema as FileSchema | undefined;
}

/** By how it is known which kind a file is. */
export interface Recognised {
  readonly kind: FileKind;
  readonly by: 'type' | 'schema' | 'comment' | 'content';
}

/** Jobs are told apart by `type`, as Azure does; it counts more than `$schema`. */
const OF_JOBS = new Set([
  'command',
  'pipeline',
  'sweep',
  'spark',
  'automl',
  'finetuning',
  'distillation',
  'import',
]);

export function isJobKind({ id }: FileKind): boolean {
  return OF_JOBS.has(id);
}

/** Which kind of file it is; undefined when it is none of Azure’s. */
export function recognise(file: YamlFile): Recognised | undefined {
  const { root } = file;
  const map = root?.kind === 'map' ? root : undefined;
  const declared = declaredBy(file, map);
  const type = textOf(map, 'type')?.toLowerCase();
  const typed = KINDS.find(({ types }) => type !== undefined && types?.includes(type));
  if (declared && typed && declared.kind !== typed && OF_JOBS.has(declared.kind.id) && OF_JOBS.has(typed.id))
    return { kind: typed, by: 'type' };
  if (declared) return declared;
  if (!map) return undefined;
  // A component is of the type of the job that it makes.
  if (typed && !(typed.id === 'command' && isComponent(map))) return { kind: typed, by: 'type' };
  const names = new Set(map.entries.map(({ key }) => key.value));
  const found = KINDS.find(({ marks }) => marks?.some((fields) => fields.every((name) => names.has(name))));
  if (found?.id === 'command' && isComponent(map))
    return { kind: kindNamed('component') as FileKind, by: 'content' };
  const isLikely = [...names].filter((name) => OF_COMMAND_JOBS.has(String(name))).length >= 2;
  const kind = found ?? (isLikely ? kindNamed('command') : undefined);
  return kind && { kind, by: 'content' };
}

/** Two of these make a job whose command is missing or misspelt. */
const OF_COMMAND_JOBS = new Set(
  'code inputs outputs environment environment_variables compute resources limits distribution experiment_name display_name'.split(
    ' ',
  ),
);

/** `…/latest/commandJob.schema.json`, `http://azureml/sdk-2-0/CommandJob.json`: by the name of the file, from any host. */
function declaredBy(file: YamlFile, map: YamlMap | undefined): Recognised | undefined {
  const written = textOf(map, '$schema');
  const kind = written === undefined ? undefined : kindOfAddress(written);
  if (kind) return { kind, by: 'schema' };
  const comment = /^\s*#\s*yaml-language-server\s*:\s*\$schema\s*=\s*(\S+)/m.exec(file.text)?.[1];
  const ofComment = comment === undefined ? undefined : kindOfAddress(comment);
  return ofComment && { kind: ofComment, by: 'comment' };
}

export function kindOfAddress(address: string): FileKind | undefined {
  const name = address
    .trim()
    .split(/[?#]/)[0]
    ?.split(/[\\/:]/)
    .at(-1)
    ?.replace(/(\.schema)?\.json$/i, '')
    .toLowerCase();
  return KINDS.find(({ schemas }) => schemas?.some((one) => one.toLowerCase() === name));
}

/** A component declares its inputs, a job gives them values. */
function isComponent(map: YamlMap): boolean {
  if (['version', 'is_deterministic', 'successful_return_code'].some((name) => entryOf(map, name)))
    return true;
  const inputs = entryOf(map, 'inputs')?.value;
  if (inputs?.kind !== 'map') return false;
  return inputs.entries.some(({ value }) => {
    const type = textOf(value.kind === 'map' ? value : undefined, 'type');
    const declares = ['optional', 'default', 'min', 'max', 'enum'].some((name) => entryOf(value, name));
    return declares || (type !== undefined && /^(string|number|integer|boolean|path|enum)$/i.test(type));
  });
}

function textOf(map: YamlMap | undefined, name: string): string | undefined {
  const value = map && entryOf(map, name)?.value;
  return value?.kind === 'scalar' && value.type === 'string' ? String(value.value) : undefined;
}
