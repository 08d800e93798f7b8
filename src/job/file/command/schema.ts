/**
 * The fields of a command job in a file. Names and meaning are those of the Azure ML CLI v2, so that one file runs here
 * and there. What is accepted follows Azure’s own client (PyPI: azure-ai-ml), which a test compares.
 */
import { type TProperties, Type } from 'typebox';
import { fields, type Marks, named, type Reference, words } from '../schema.js';

/** `$schema` of a command job, as Azure publishes it. */
export const COMMAND_JOB = 'https://azuremlschemas.azureedge.net/latest/commandJob.schema.json';

const text = (title: string, description: string, marks: Marks = {}) =>
  Type.String({ title, description, ...marks });
const whole = (title: string, description: string, marks: Marks = {}) =>
  Type.Integer({ title, description, ...marks });
const reference = (references: Reference, title: string, description: string, examples: string[]) =>
  Type.String({ title, description, references, examples });

const DATA_TYPES = ['uri_file', 'uri_folder'];
const MODEL_TYPES = ['custom_model', 'mlflow_model', 'triton_model'];
const INPUT_MODES = ['ro_mount', 'download', 'direct'];
/** Of a table its paths may be worked out by the target, too. */
const TABLE_MODES = [...INPUT_MODES, 'eval_mount', 'eval_download'];

const TYPE_HELP =
  'What the input is. `uri_folder` (when nothing is said) or `uri_file`: a folder or a file. `mltable`: a folder with a file MLTable that names its files. The others are models.';

function dataInput(
  title: string,
  types: string[],
  modes: string[],
  references: Reference,
  onCompute: TProperties,
) {
  return fields(
    {
      type: Type.Optional(words(types, { title: 'type', description: TYPE_HELP, caseless: true })),
      path: Type.Optional(
        reference(
          references,
          'path',
          'Where the data is: a path relative to this file, `https://…`, `azureml:NAME:VERSION` or `azureml:NAME@latest` of the workspace, or `azureml://datastores/NAME/paths/…`.',
          ['./data', 'azureml:iris:1', 'https://example.com/iris.csv'],
        ),
      ),
      mode: Type.Optional(
        words(modes, {
          title: 'mode',
          description:
            'How the job gets the data. `ro_mount` (when nothing is said): it reads them where they are. `download`: a copy. `direct`: only the address, which the script reads itself.',
          caseless: true,
        }),
      ),
      datastore: Type.Optional(
        text('datastore', 'Name of the datastore that a local path is uploaded to.', { inert: true }),
      ),
      ...onCompute,
    },
    {
      title,
      description:
        'Data that the job reads. The command names them `${{inputs.NAME}}`, which becomes a path.',
    },
  );
}

const PathOnCompute = {
  path_on_compute: Type.Optional(
    text('path on compute', 'Where the data appears on the compute.', { inert: true }),
  ),
};

const Literal = Type.Union([Type.String(), Type.Integer(), Type.Number(), Type.Boolean()], {
  title: 'value',
  description: 'A text, a number, or true or false. The command names it `${{inputs.NAME}}`.',
});

const Input = Type.Union([
  dataInput('data input', DATA_TYPES, INPUT_MODES, 'data', PathOnCompute),
  dataInput('model input', MODEL_TYPES, INPUT_MODES, 'model', {}),
  dataInput('table input', ['mltable'], TABLE_MODES, 'data', PathOnCompute),
  fields({ value: Type.Optional(Literal) }, { title: 'value' }),
  Literal,
]);

const Output = fields(
  {
    type: Type.Optional(
      words([...DATA_TYPES, ...MODEL_TYPES, 'mltable'], {
        title: 'type',
        description: 'What the output is. When nothing is said: `uri_folder`.',
        caseless: true,
      }),
    ),
    path: Type.Optional(
      text(
        'path',
        'Where to write it: a folder of a datastore, such as `azureml://datastores/NAME/paths/…`.',
      ),
    ),
    mode: Type.Optional(
      words(['rw_mount', 'mount', 'upload', 'direct'], {
        title: 'mode',
        description: 'How it is written. `rw_mount` when nothing is said.',
        caseless: true,
      }),
    ),
    name: Type.Optional(
      text('name', 'When the job has finished, the output becomes a data asset, or a model, of this name.'),
    ),
    version: Type.Optional(
      Type.Union([Type.String(), Type.Number()], {
        title: 'version',
        description: 'Version of that asset. When nothing is said: the next one.',
      }),
    ),
  },
  {
    title: 'output',
    description:
      'A folder or a file that the job writes. The command names it `${{outputs.NAME}}`, which becomes a path. It is kept with the run.',
    nullable: true,
  },
);

const Build = fields(
  {
    path: Type.Optional(
      reference('folder', 'build context', 'Folder with the Dockerfile, relative to this file.', [
        './docker-context',
      ]),
    ),
    dockerfile_path: Type.Optional(
      text(
        'Dockerfile',
        'The Dockerfile, relative to the build context. When nothing is said: `Dockerfile`.',
      ),
    ),
  },
  { title: 'build', description: 'A Dockerfile and its folder, which the image is built from.' },
);

const Route = fields({
  port: Type.Integer({ title: 'port' }),
  path: Type.String({ title: 'path' }),
});

/** Fields of an environment that a job file or a file of its own defines. */
const environmentFields = {
  $schema: Type.Optional(text('schema', 'Says what this file is.')),
  name: Type.Optional(text('name', 'Name of the environment. One that is written inside of a job has none.')),
  version: Type.Optional(
    Type.Union([Type.String(), Type.Number()], {
      title: 'version',
      description: 'Version of the environment.',
    }),
  ),
  description: Type.Optional(text('description', 'What the environment is for.')),
  tags: Type.Optional(named(Type.Unsafe({}), { title: 'tags', description: 'Tags of the environment.' })),
  properties: Type.Optional(named(Type.Unsafe({}), { title: 'properties', inert: true })),
  image: Type.Optional(
    text(
      'image',
      'A container image, such as `python:3.12`. With `conda_file`: what its packages are added to.',
    ),
  ),
  build: Type.Optional(Build),
  conda_file: Type.Optional(
    Type.Union(
      [
        reference('file', 'conda file', 'A file with conda’s packages, relative to this file.', [
          './conda.yml',
        ]),
        Type.Unsafe<Record<string, unknown>>({
          type: 'object',
          additionalProperties: true,
          title: 'conda environment',
          description: 'What such a file would hold: `channels` and `dependencies`.',
        }),
      ],
      {
        title: 'conda file',
        description: 'Packages to install, in conda’s format: a path relative to this file, or written here.',
      },
    ),
  ),
  os_type: Type.Optional(
    words(['linux', 'windows'], { title: 'operating system', caseless: true, inert: true }),
  ),
  inference_config: Type.Optional(
    fields(
      { liveness_route: Route, scoring_route: Route, readiness_route: Route },
      { title: 'inference', description: 'How a server in this environment is asked.', inert: true },
    ),
  ),
  datastore: Type.Optional(text('datastore', 'Where the build context is uploaded to.', { inert: true })),
  auto_delete_setting: Type.Optional(named(Type.Unsafe({}), { title: 'deletion', inert: true })),
  ...Object.fromEntries(
    ['id', 'creation_context', 'latest_version', 'intellectual_property'].map((name) => [
      name,
      Type.Optional(Type.Unsafe({ title: name, readOnly: true })),
    ]),
  ),
};

/** A file that defines an environment. */
export const EnvironmentFile = fields(environmentFields, {
  title: 'environment',
  description: 'What jobs run in: an `image`, an `image` with a `conda_file`, or a `build`.',
});

const InlineEnvironment = fields(environmentFields, {
  title: 'environment',
  description:
    'An environment that only this job uses: an `image`, an `image` with a `conda_file`, or a `build`.',
});

const Environment = Type.Union(
  [
    reference(
      'environment',
      'environment',
      'An environment of the workspace, `azureml:NAME:VERSION` or `azureml:NAME@latest`, or a file that defines one, `file:./environment.yml`.',
      ['azureml:training:1', 'azureml:training@latest', 'file:./environment.yml'],
    ),
    InlineEnvironment,
  ],
  {
    title: 'environment',
    description:
      'What the job runs in: its packages and, in a container, its image. Azure wants one. Without it the Python of the project is used here.',
  },
);

const Distribution = Type.Union(
  [
    fields(
      {
        type: words(['pytorch'], { title: 'type', caseless: true }),
        process_count_per_instance: Type.Optional(whole('processes', 'Processes on each machine.')),
      },
      { title: 'PyTorch distribution' },
    ),
    fields(
      {
        type: words(['tensorflow'], { title: 'type', caseless: true }),
        worker_count: Type.Optional(whole('workers', 'Number of workers.')),
        parameter_server_count: Type.Optional(whole('parameter servers', 'Number of parameter servers.')),
      },
      { title: 'TensorFlow distribution' },
    ),
    fields(
      {
        type: words(['mpi'], { title: 'type', caseless: true }),
        process_count_per_instance: Type.Optional(whole('processes', 'Processes on each machine.')),
      },
      { title: 'MPI distribution' },
    ),
    fields(
      {
        type: words(['ray'], { title: 'type', caseless: true }),
        port: Type.Optional(whole('port', 'Port of the head node.')),
        address: Type.Optional(text('address', 'Address of the head node.')),
        include_dashboard: Type.Optional(Type.Boolean({ title: 'dashboard' })),
        dashboard_port: Type.Optional(whole('port of the dashboard', 'Port of the dashboard.')),
        head_node_additional_args: Type.Optional(
          text('arguments of the head', 'Further arguments of `ray start`.'),
        ),
        worker_node_additional_args: Type.Optional(
          text('arguments of workers', 'Further arguments of `ray start`.'),
        ),
      },
      { title: 'Ray distribution' },
    ),
  ],
  {
    title: 'distribution',
    description: 'How the job is spread over processes and machines.',
    inert: true,
  },
);

const serviceFields = {
  port: Type.Optional(whole('port', 'Port of the service.')),
  nodes: Type.Optional(text('nodes', '`all`: on every machine. When nothing is said: on the first.')),
  properties: Type.Optional(named(Type.Unsafe({}), { title: 'properties' })),
  ...Object.fromEntries(
    ['endpoint', 'status', 'error_message'].map((name) => [
      name,
      Type.Optional(Type.Unsafe({ title: name, readOnly: true })),
    ]),
  ),
};

const Service = Type.Union([
  fields(
    {
      type: Type.Optional(words(['ssh'], { title: 'type', caseless: true })),
      ssh_public_keys: Type.Optional(text('public keys', 'Keys that may sign in.')),
      ...serviceFields,
    },
    { title: 'SSH service' },
  ),
  fields(
    {
      type: Type.Optional(words(['tensor_board'], { title: 'type', caseless: true })),
      log_dir: Type.Optional(text('log folder', 'Folder that TensorBoard reads.')),
      ...serviceFields,
    },
    { title: 'TensorBoard service' },
  ),
  fields({ type: Type.Optional(Type.String({ title: 'type' })), ...serviceFields }, { title: 'service' }),
]);

const Identity = Type.Union(
  [
    fields(
      {
        type: words(['managed', 'managed_identity'], { title: 'type', snakeCase: true }),
        client_id: Type.Optional(text('client', 'Client ID of the identity.')),
        object_id: Type.Optional(text('object', 'Object ID of the identity.')),
        msi_resource_id: Type.Optional(text('resource', 'Resource ID of the identity.')),
      },
      { title: 'managed identity' },
    ),
    fields({ type: words(['aml_token'], { title: 'type', snakeCase: true }) }, { title: 'token' }),
    fields(
      { type: words(['user_identity'], { title: 'type', snakeCase: true }) },
      { title: 'user identity' },
    ),
  ],
  { title: 'identity', description: 'Who the job is when it reads data in Azure.', inert: true },
);

const Resources = fields(
  {
    instance_count: Type.Optional(whole('machines', 'Number of machines. Here a job runs on one.')),
    instance_type: Type.Optional(text('machine type', 'Size of a machine in Azure.', { inert: true })),
    max_instance_count: Type.Optional(
      whole('most machines', 'How far Azure may scale the job out.', { inert: true }),
    ),
    locations: Type.Optional(
      Type.Array(Type.String(), {
        title: 'regions',
        description: 'Where in Azure the job may run.',
        inert: true,
      }),
    ),
    shm_size: Type.Optional(
      text('shared memory', 'Size of /dev/shm in a container, such as `2g` (b, k, m, g).', {
        examples: ['2g'],
      }),
    ),
    docker_args: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.String())], {
        title: 'Docker arguments',
        description:
          'Options of `docker run`. Here: `--cpus`, `-m` or `--memory`, `--shm-size`, `--gpus` and `--network none`.',
        examples: ['--cpus 2 --memory 8g --gpus all'],
      }),
    ),
    properties: Type.Optional(named(Type.Unsafe({}), { title: 'properties', inert: true })),
  },
  { title: 'resources', description: 'What the job gets of its machine.' },
);

export const CommandJobFile = fields(
  {
    $schema: Type.Optional(
      text('schema', 'Says what this file is.', {
        examples: [COMMAND_JOB],
      }),
    ),
    type: Type.Optional(
      words(['command'], { title: 'type', description: 'What kind of job it is.', caseless: true }),
    ),
    name: Type.Optional(
      text(
        'name',
        'Name of the job in Azure, where it must be new. Here the name of the run, unless it has a `display_name`.',
      ),
    ),
    display_name: Type.Optional(text('display name', 'Name of the run, for people.')),
    experiment_name: Type.Optional(
      text('experiment', 'Name of the experiment. When nothing is said: that of the project’s folder.'),
    ),
    description: Type.Optional(text('description', 'Becomes the note of the run.')),
    tags: Type.Optional(
      named(Type.String({ nullable: true }), {
        title: 'tags',
        description: 'Tags of the run. Values are texts: put numbers in quotes.',
      }),
    ),
    properties: Type.Optional(
      named(Type.String({ nullable: true }), {
        title: 'properties',
        description: 'Further data that stays with the job. Values are texts.',
      }),
    ),
    command: text(
      'command',
      'What is run, by a shell as in Azure. `${{inputs.NAME}}` and `${{outputs.NAME}}` are filled in as they are, so a value with spaces needs quotes around it. `$[[ … ]]` is left out when an input in it has no value.',
      { examples: ['python train.py --lr ${{inputs.lr}}'] },
    ),
    code: Type.Optional(
      reference(
        'folder',
        'code',
        'Folder with the code, relative to this file. It is kept with the run, and the job starts in it. When nothing is said: the folder of this file.',
        ['.', 'src'],
      ),
    ),
    inputs: Type.Optional(
      named(Input, { title: 'inputs', description: 'Values and data that the command uses.' }),
    ),
    outputs: Type.Optional(
      named(Output, { title: 'outputs', description: 'Files and folders that the job writes.' }),
    ),
    environment: Type.Optional(Environment),
    environment_variables: Type.Optional(
      named(Type.Union([Type.String(), Type.Integer(), Type.Number(), Type.Boolean()], { nullable: true }), {
        title: 'environment variables',
        description: 'They are written down with the run. Secrets are not: submit those.',
      }),
    ),
    compute: Type.Optional(
      reference(
        'compute',
        'compute',
        'Where the job runs. `local`: on this computer. `docker`: in a container. A compute of Azure, `azureml:NAME`, is not used here.',
        ['local', 'docker', 'azureml:cpu-cluster'],
      ),
    ),
    resources: Type.Optional(Resources),
    limits: Type.Optional(
      fields(
        { timeout: Type.Optional(whole('timeout', 'Seconds after which the job is ended.')) },
        { title: 'limits', description: 'When the job is ended.' },
      ),
    ),
    distribution: Type.Optional(Distribution),
    services: Type.Optional(
      named(Service, { title: 'services', description: 'Ways into the running job.', inert: true }),
    ),
    identity: Type.Optional(Identity),
    queue_settings: Type.Optional(
      fields(
        {
          job_tier: Type.Optional(
            words(['spot', 'basic', 'standard', 'premium', 'null'], {
              title: 'tier',
              caseless: true,
              untold: ['null'],
            }),
          ),
          priority: Type.Optional(words(['low', 'medium', 'high'], { title: 'priority', caseless: true })),
        },
        { title: 'queue', description: 'How the job waits for its turn in Azure.', inert: true },
      ),
    ),
    parent_job_name: Type.Optional(
      text('parent job', 'The job that this one is a child of.', { inert: true }),
    ),
    ...Object.fromEntries(
      ['id', 'creation_context', 'status', 'log_files', 'parameters'].map((name) => [
        name,
        Type.Optional(Type.Unsafe({ title: name, readOnly: true })),
      ]),
    ),
  },
  {
    title: 'command job',
    description: 'A job that runs one command.',
  },
);
