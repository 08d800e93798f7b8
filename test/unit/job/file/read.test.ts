import assert from 'node:assert/strict';
import path from 'node:path';
import { readJobFile } from '../../../../src/job/file/read.js';

const file = path.resolve('/work/project/job.yml');
const folders: Record<string, 'file' | 'folder'> = {
  [path.resolve('/work/project/src')]: 'folder',
  [path.resolve('/work/project/env.yml')]: 'file',
  [path.resolve('/work/project/conda.yml')]: 'file',
  [path.resolve('/work/project/docker')]: 'folder',
  [path.resolve('/work/project/docker/Dockerfile')]: 'file',
};
const place = { file, kindOf: (at: string) => folders[at] };
const read = (text: string, set: { path: string; value: string }[] = []) => readJobFile(text, place, set);

const BASE = 'command: python train.py\nenvironment: azureml:training:1\n';

/** `line:column-line:column severity code path`, from 1. */
function told(text: string): string[] {
  return read(text).problems.map(
    ({ range: { start, end }, severity, code, path: at }) =>
      `${start.line + 1}:${start.column + 1}-${end.line + 1}:${end.column + 1} ${severity} ${code} ${at}`,
  );
}

const texts = (text: string) =>
  read(text).problems.map((problem) => `${problem.text} ${problem.hint ?? ''}`.trim());

describe('a job file', () => {
  it('is read with all its parts', () => {
    const { job, problems } = read(`
$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
type: command
name: job-1
display_name: A job
experiment_name: iris
description: What it does.
tags: { team: vision, empty: }
properties: { key: value }
command: >-
  python main.py
  --data \${{inputs.data}}
code: src
inputs:
  data:
    type: URI_FILE
    path: ./data.csv
    mode: Download
  folder:
    path: azureml:iris:3
  lr: 0.1
  flag: true
  name: { value: rbf }
outputs:
  model:
    type: mlflow_model
    name: iris
    version: 2
  plain:
environment: azureml:training@latest
environment_variables: { A: 1, B: yes, C: text }
compute: local
resources:
  shm_size: 2g
  instance_count: "1"
  instance_type: Standard_DS3_v2
  docker_args: --cpus 2 -m=4g --gpus all --network none
limits: { timeout: 900 }
distribution: { type: PyTorch, process_count_per_instance: 2 }
identity: { type: userIdentity }
`);
    assert.deepEqual(
      problems.map(({ severity, code, path: at }) => `${severity} ${code} ${at}`),
      [
        'error missing-file inputs.data.path',
        'note inert resources.instance_type',
        'note inert distribution',
        'note inert identity',
      ],
    );
    assert.equal(job, undefined);
  });

  it('becomes a job', () => {
    const { job } = read(`${BASE}code: ./src
tags: { team: vision, empty: }
inputs:
  data: { type: URI_FILE, path: 'https://example.com/a.csv', mode: Download }
  folder: { path: 'azureml:iris:3' }
  lr: 0.10
  flag: true
  name: { value: rbf }
outputs:
  model: { type: mlflow_model, name: iris, version: 2 }
  plain:
environment_variables: { A: 1, B: yes, C: text, D: 1.50 }
compute: local
resources: { shm_size: 2g, instance_count: "1", instance_type: X, docker_args: --cpus 2 -m4g --gpus all --network none }
limits: { timeout: 900 }
distribution: { type: PyTorch }
`);
    assert.deepEqual(job, {
      file,
      command: 'python train.py',
      code: path.resolve('/work/project/src'),
      tags: { team: 'vision', empty: '' },
      properties: {},
      parameters: { lr: '0.1', flag: 'True', name: 'rbf' },
      inputs: {
        data: { type: 'uri_file', path: 'https://example.com/a.csv', mode: 'download' },
        folder: { type: 'uri_folder', path: 'azureml:iris:3' },
      },
      outputs: {
        model: { type: 'mlflow_model', name: 'iris', version: '2' },
        plain: { type: 'uri_folder' },
      },
      environment: { kind: 'asset', name: 'training', version: '1' },
      environmentVariables: { A: '1', B: 'True', C: 'text', D: '1.5' },
      compute: 'local',
      resources: { shmSize: 2 ** 31, instanceCount: 1, cpus: 2, memory: 2 ** 32, gpus: -1 },
      network: 'off',
      timeout: 900,
      azure: { distribution: { type: 'PyTorch' }, resources: { instance_type: 'X' } },
    });
  });

  it('tells every problem at its place', () => {
    assert.deepEqual(
      told(`comand: python train.py
environment: azureml:training:1
code: nowhere
inputs:
  lr: 0.1
  1a: 2
limits:
  timeout: soon
  retries: 3
identity:
  type: nobody
`),
      [
        '1:1-1:7 error unknown-field comand',
        '1:1-1:7 error missing-field ',
        '3:7-3:14 error missing-file code',
        '6:3-6:5 error value inputs.1a',
        '8:12-8:16 error value limits.timeout',
        '9:3-9:10 error unknown-field limits.retries',
        '10:1-10:9 note inert identity',
        '11:9-11:15 error value identity.type',
      ],
    );
  });

  it('suggests what was meant', () => {
    assert.match(texts(`${BASE}enviroment_variables: {}`).join(), /Did you mean “environment_variables”/);
    assert.match(texts(`${BASE}shm_size: 2g`).join(), /It belongs below “resources”/);
    assert.match(
      texts(`${BASE}inputs: { x: { type: uri_flie, path: src } }`).join(),
      /Did you mean “uri_file”/,
    );
    assert.match(
      texts('command: run ${{input.lr}}\nenvironment: azureml:e:1\n').join(),
      /Did you mean \$\{\{inputs\.lr\}\}/,
    );
    assert.match(
      texts('command: run ${{inputs.epoch}}\ninputs: { epochs: 3 }\nenvironment: azureml:e:1\n').join(),
      /Did you mean \$\{\{inputs\.epochs\}\}/,
    );
    assert.deepEqual(
      read(`${BASE}enviroment_variables: {}\nshm_size: 2g`).problems.map(({ meant }) => meant),
      ['environment_variables', undefined],
    );
    assert.match(texts('command: x\nenvironment: python:3.12').join(), /“image: python:3.12” below/);
    assert.match(texts('command: x\nenvironment: ./env').join(), /Write “file:\.\/env”/);
  });

  it('marks an expression inside of a folded command', () => {
    assert.deepEqual(
      told('command: >-\n  python a.py\n  --lr ${{ inputs.lr }}\nenvironment: azureml:e:1\n'),
      ['3:8-3:24 error expression command'],
    );
  });

  it('may leave out the environment', () => {
    assert.deepEqual(told('command: python train.py'), ['1:1-1:8 note missing-field ']);
  });

  it('refuses values of other types, as Azure does', () => {
    assert.deepEqual(
      told(`${BASE}description: 5\ntags: { a: 1 }\nexperiment_name:\nlimits: 3\nresources: []\n`),
      [
        '3:14-3:15 error value description',
        '4:12-4:13 error value tags.a',
        '5:17-5:17 error value experiment_name',
        '6:9-6:10 error value limits',
        '7:12-7:14 error value resources',
      ],
    );
    assert.match(texts(`${BASE}inputs: { day: 2024-01-01 }`).join(), /a date/);
  });

  it('reads environments of all forms', () => {
    const environment = (text: string) => read(`command: x\nenvironment: ${text}`).job?.environment;
    assert.deepEqual(environment('azureml:a'), { kind: 'asset', name: 'a' });
    assert.deepEqual(environment('azureml:a@latest'), { kind: 'asset', name: 'a', label: 'latest' });
    assert.deepEqual(environment('file:./env.yml'), {
      kind: 'file',
      file: path.resolve('/work/project/env.yml'),
    });
    assert.deepEqual(environment('env.yml'), { kind: 'file', file: path.resolve('/work/project/env.yml') });
    const address = 'azureml://registries/azureml/environments/sklearn-1.5/labels/latest';
    assert.deepEqual(environment(address), { kind: 'azure', address });
    assert.deepEqual(environment('{ image: python:3.12, conda_file: conda.yml }'), {
      kind: 'inline',
      fields: { image: 'python:3.12', conda_file: 'conda.yml' },
      folder: path.resolve('/work/project'),
    });
    assert.deepEqual(told('command: x\nenvironment: { build: { path: docker, dockerfile_path: Other } }'), [
      '2:56-2:61 error missing-file environment.build.dockerfile_path',
    ]);
    assert.deepEqual(told('command: x\nenvironment: { image: a, build: { path: docker } }'), [
      '2:26-2:31 error value environment.build',
    ]);
    for (const wrong of ['azureml:a:1:2', 'azureml:', 'azureml:a@b@c', 'azureml:a:'])
      assert.deepEqual(
        read(`command: x\nenvironment: "${wrong}"`).problems.map(({ code }) => code),
        ['value'],
        wrong,
      );
  });

  it('says which placeholder of a template is not filled in', () => {
    assert.deepEqual(texts('name: {{JOB}}\ncommand: a\nimage: {{ registry }}.io/x:1 # {{comment}}\n'), [
      'The placeholder {{JOB}} is not filled in: this file is a template. Put a value in the place of {{JOB}}.',
      'The placeholder {{registry}} is not filled in: this file is a template. Put a value in the place of {{registry}}.',
    ]);
    assert.deepEqual(told(`${BASE}name: "{{JOB}}"\n`), ['3:8-3:15 warning placeholder ']);
    assert.deepEqual(
      told(`command: docker ps --format "{{.Names}} {{json}}"\nenvironment: azureml:e:1\n`),
      [],
    );
  });

  it('tells what is no YAML with its line', () => {
    assert.deepEqual(
      told('command: "x\nenvironment: y\n').map((line) => line.split(' ').slice(1, 3).join(' ')),
      ['error syntax'],
    );
    assert.deepEqual(told('a: 1\n---\nb: 2\n'), ['2:1-2:4 error syntax ']);
    assert.match(told('a:\n\tb: 1\n')[0] ?? '', /^2:1-.* error syntax/);
    assert.deepEqual(told(''), ['1:1-1:1 error unknown-file ']);
    assert.deepEqual(
      told('- a\n'),
      ['1:1-1:4 error unknown-file '].map((line) => line),
    );
  });

  it('reads anchors, aliases and merges, and stops at those without end', () => {
    const { job } = read(`
environment: azureml:e:1
command: &c python train.py
description: *c
environment_variables:
  <<: &base { A: 1, B: 2 }
  B: 3
tags: { <<: { x: y } }
`);
    assert.equal(job?.description, 'python train.py');
    assert.deepEqual(job?.environmentVariables, { B: '3', A: '1' });
    const bomb = [
      'a0: &a0 [x,x,x,x,x,x,x,x,x,x]',
      ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]`),
    ];
    assert.match(texts(bomb.join('\n')).join(), /too large/);
    assert.match(texts('a: &a { b: *a }').join(), /holds itself/);
  });

  it('takes other values in place of those in the file', () => {
    const text = `${BASE}inputs:\n  lr: 0.1\n  data: { type: uri_file, path: 'https://example.com/a' }\n`;
    const { job } = read(text, [
      { path: 'inputs.lr', value: '0.5' },
      { path: 'inputs.name', value: 'two words: yes' },
      { path: 'inputs.data', value: './src' },
      { path: 'limits.timeout', value: '60' },
      { path: 'tags.run', value: '"7"' },
    ]);
    assert.deepEqual(job?.parameters, { lr: '0.5', name: 'two words: yes' });
    assert.deepEqual(job?.inputs, { data: { type: 'uri_file', path: path.resolve('/work/project/src') } });
    assert.equal(job?.timeout, 60);
    assert.deepEqual(job?.tags, { run: '7' });
    assert.deepEqual(
      read(text, [{ path: 'command.x', value: '1' }]).problems.map((problem) => problem.text),
      ['“command” has no fields, so command.x cannot be set.'],
    );
    assert.deepEqual(
      read(text, [{ path: 'inputz.x', value: '1' }]).problems.map(({ code, path: at }) => [code, at]),
      [['unknown-field', 'inputz']],
    );
  });

  it('refuses options of docker run that a job cannot have', () => {
    const options = (args: string) =>
      read(`${BASE}resources: { docker_args: ${args} }`).problems.map(
        ({ severity, text }) => `${severity} ${text}`,
      );
    assert.deepEqual(options('--privileged'), [
      'error The option --privileged of docker run is not supported here.',
    ]);
    assert.deepEqual(options('-v /:/host --cpus 1'), [
      'error The option -v of docker run is not supported here.',
    ]);
    assert.deepEqual(options('--memory much'), ['error --memory must be a size, such as 4g, not “much”.']);
    assert.deepEqual(options('--network=host'), [
      'error --network must be none, the only choice here, not “host”.',
    ]);
    assert.deepEqual(options('[--ipc=host, --shm-size, 1g]'), ['note --ipc has no effect here.']);
    assert.deepEqual(options(`"--cpus '1"`), ["error The quote ' is not closed."]);
  });
});

describe('the kind of a file', () => {
  for (const [text, id, by] of [
    [
      '$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\nx: 1',
      'command',
      'schema',
    ],
    ['$schema: http://azureml/sdk-2-0/CommandJob.json\nx: 1', 'command', 'schema'],
    [
      '$schema: https://azuremlsdk2.blob.core.windows.net/preview/0.0.1/autoMLJob.schema.json',
      'automl',
      'schema',
    ],
    ['# yaml-language-server: $schema=https://x/latest/commandJob.schema.json\na: 1', 'command', 'comment'],
    ['type: command\ncommand: x', 'command', 'type'],
    ['type: pipeline\njobs: {}', 'pipeline', 'type'],
    ['command: x', 'command', 'content'],
    ['jobs: { a: { command: x } }', 'pipeline', 'content'],
    ['type: command\nname: c\nversion: 1\ncommand: x', 'component', 'content'],
    ['type: command\ncommand: x\ninputs: { a: { type: number, default: 1 } }', 'component', 'content'],
    [
      '$schema: http://azureml/sdk-2-0/CommandComponent.json\ntype: command\ncommand: x',
      'component',
      'schema',
    ],
    ['$schema: https://x/sweepJob.schema.json\ntype: command\ncommand: x', 'command', 'type'],
    ['name: env\nimage: python:3.12', 'environment', 'content'],
    ['channels: []\ndependencies: []', 'conda', 'content'],
    ['name: p\nentry_points: {}', 'mlproject', 'content'],
    ['type: uri_file\npath: x', 'data', 'type'],
  ] as const)
    it(`is ${id} by ${by}: ${text.slice(0, 60).replaceAll('\n', ', ')}`, () => {
      const { recognised } = read(text);
      assert.equal(recognised?.kind.id, id);
      assert.equal(recognised?.by, by);
    });

  it('that is not run here is told, and not called wrong', () => {
    assert.deepEqual(
      read('type: pipeline\njobs: {}').problems.map(({ severity, text }) => `${severity} ${text}`),
      ['warning This file is a pipeline job. Jobs of this kind are not run here yet.'],
    );
    assert.deepEqual(
      read('$schema: https://x/latest/data.schema.json\nname: a').problems.map(
        ({ severity, text }) => `${severity} ${text}`,
      ),
      ['warning This file is a data asset, not a job.'],
    );
  });
});
