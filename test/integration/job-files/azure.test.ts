import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { disk } from '../../../src/job/disk.js';
import { readJobFile } from '../../../src/job/file/read.js';

const python = process.env['TRAINYARD_TEST_PYTHON_AZURE'];
const BASE = 'command: python train.py\nenvironment: azureml:training:1\n';

/** Both take them. */
const ACCEPTED = [
  BASE,
  `type: command\n${BASE}`,
  `$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\n${BASE}`,
  `${BASE}code: src\nname: a\ndisplay_name: b\nexperiment_name: c\ndescription: d\n`,
  `${BASE}code: https://example.com/code.zip\n`,
  `${BASE}code: git+https://example.com/code\n`,
  `${BASE}tags: { a: b, c: }\nproperties: { a: b, c: }\n`,
  `${BASE}inputs: { a: 1, b: 0.5, c: true, d: text, e: 1e-3, f: { value: 3 }, g: "2024-01-01" }\n`,
  `${BASE}inputs: { a: { path: 'https://example.com/a' }, b: { type: mltable, path: 'azureml:t:1', mode: eval_mount } }\n`,
  `${BASE}inputs: { a: { type: URI_FILE, path: 'azureml:t@latest', mode: DOWNLOAD }, m: { type: mlflow_model, path: 'azureml:m:1' } }\n`,
  `${BASE}inputs: { a: { path: 'azureml://datastores/x/paths/y' }, w: { path: 'wasbs://a@b.c/d' } }\n`,
  `${BASE}outputs: { a: , b: { type: mlflow_model, name: x, version: 1 }, c: { mode: upload, path: 'azureml://datastores/x/paths/y' } }\n`,
  'command: a ${{inputs.x}} ${{outputs.y}}\nenvironment: azureml:e:1\ninputs: { x: 1 }\noutputs: { y: }\n',
  'command: a $[[--x ${{inputs.x}}]]\nenvironment: azureml:e:1\n',
  'command: a {inputs.x}\nenvironment: azureml:e:1\ninputs: { x: 1 }\n',
  'command: a\nenvironment: azureml:e@latest\n',
  'command: a\nenvironment: azureml:e\n',
  'command: a\nenvironment: azureml://registries/r/environments/e/versions/1\n',
  'command: a\nenvironment: file:./environment.yml\n',
  'command: a\nenvironment: { image: "python:3.12" }\n',
  'command: a\nenvironment: { image: x, conda_file: conda.yml, name: a, version: 1, os_type: Linux }\n',
  'command: a\nenvironment: { image: x, conda_file: { dependencies: [pip] } }\n',
  'command: a\nenvironment: { build: { path: docker, dockerfile_path: Dockerfile } }\n',
  `${BASE}environment_variables: { A: 1, B: text, C: true, D: 1.5 }\n`,
  ...['local', 'azureml:cpu', 'docker', 'some-cluster'].map((name) => `${BASE}compute: ${name}\n`),
  `${BASE}resources: { instance_count: 1, instance_type: x, shm_size: 2g, max_instance_count: 2, locations: [a], properties: { a: { b: 1 } } }\n`,
  `${BASE}resources: { instance_count: "2", docker_args: --cpus 2 }\n`,
  `${BASE}resources: { docker_args: [--memory, 4g] }\n`,
  `${BASE}limits: { timeout: 900 }\n`,
  `${BASE}limits: { timeout: "900" }\n`,
  ...[
    '{ type: pytorch, process_count_per_instance: 2 }',
    '{ type: PyTorch }',
    '{ type: mpi }',
    '{ type: tensorflow, worker_count: 2, parameter_server_count: 1 }',
    '{ type: ray, port: 1, include_dashboard: true }',
  ].map((text) => `${BASE}distribution: ${text}\n`),
  ...[
    '{ type: ssh, ssh_public_keys: k }',
    '{ type: tensor_board, log_dir: l, nodes: all }',
    '{ type: vs_code }',
    '{ type: jupyter_lab, port: 8888 }',
    '{ log_dir: x }',
    '{ type: other }',
  ].map((text) => `${BASE}services: { a: ${text} }\n`),
  ...[
    '{ type: user_identity }',
    '{ type: UserIdentity }',
    '{ type: managed, client_id: x }',
    '{ type: aml_token }',
    '{ type: managed_identity }',
  ].map((text) => `${BASE}identity: ${text}\n`),
  `${BASE}queue_settings: { job_tier: Spot, priority: high }\n`,
  `${BASE}status: Completed\ncreation_context: { a: b }\nid: x\n`,
  `${BASE}parent_job_name: x\n`,
  'command: &c a\ndescription: *c\nenvironment: azureml:e:1\n',
];

/** Both refuse them. */
const REFUSED = [
  'environment: azureml:e:1\ncode: src\n',
  `${BASE}enviroment_variables: {}\n`,
  `${BASE}code: nowhere\n`,
  `${BASE}description: 5\n`,
  `${BASE}display_name:\n`,
  `${BASE}tags: { a: 1 }\n`,
  `${BASE}tags: [a]\n`,
  `${BASE}properties: { a: true }\n`,
  `${BASE}inputs: { a: }\n`,
  `${BASE}inputs: { a: 2024-01-01 }\n`,
  `${BASE}inputs: { a: [1] }\n`,
  `${BASE}inputs: { 1a: 2 }\n`,
  `${BASE}inputs: { a-b: 2 }\n`,
  `${BASE}inputs: { a: { type: uri_flie, path: x } }\n`,
  `${BASE}inputs: { a: { type: number, default: 1 } }\n`,
  `${BASE}inputs: { a: { path: x, mode: eval_mount, type: uri_file } }\n`,
  `${BASE}inputs: { a: { path: x, optional: true } }\n`,
  `${BASE}outputs: { a: { type: nothing } }\n`,
  `${BASE}outputs: { a: { mode: ro_mount } }\n`,
  `${BASE}outputs: { a.b: }\n`,
  'command: a ${{inputs.x}}\nenvironment: azureml:e:1\ninputs: { y: 1 }\n',
  'command: 5\nenvironment: azureml:e:1\n',
  'command: [a, b]\nenvironment: azureml:e:1\n',
  'command: a\nenvironment: python:3.12\n',
  'command: a\nenvironment: file:nowhere.yml\n',
  'command: a\nenvironment: { image: a, build: { path: docker } }\n',
  'command: a\nenvironment: { conda_file: conda.yml }\n',
  'command: a\nenvironment: { image: a, conda_file: nowhere.yml }\n',
  'command: a\nenvironment: { image: a, docker: x }\n',
  'command: a\nenvironment: { channels: [a], dependencies: [b] }\n',
  `${BASE}environment_variables: [A]\n`,
  `${BASE}compute: { target: a }\n`,
  `${BASE}compute:\n`,
  `${BASE}resources: { instance_count: many }\n`,
  `${BASE}resources: { gpus: 1 }\n`,
  `${BASE}limits: { timeout: soon }\n`,
  `${BASE}limits: { max_total_trials: 3 }\n`,
  `${BASE}limits: 5\n`,
  `${BASE}distribution: { process_count_per_instance: 2 }\n`,
  `${BASE}distribution: { type: horovod }\n`,
  `${BASE}distribution: { type: mpi, worker_count: 2 }\n`,
  `${BASE}services: { a: { type: ssh, log_dir: x, ssh_public_keys: y } }\n`,
  `${BASE}identity: { type: nobody }\n`,
  `${BASE}identity: {}\n`,
  `${BASE}queue_settings: { job_tier: gold }\n`,
  `${BASE}queue_settings: { priority: 5 }\n`,
  'command: "a\nenvironment: b\n',
  'command: {{COMMAND}}\nenvironment: azureml:e:1\n',
  `a: 1\n---\n${BASE}`,
  '',
  '- a\n',
  'command: !tag a\nenvironment: azureml:e:1\n',
];

/** Why they differ is in docs/job-files.md. */
const ONLY_HERE = {
  'no environment': 'command: a\n',
  'a file without file:': 'command: a\nenvironment: ./environment.yml\n',
};
const ONLY_IN_AZURE = {
  'an expression with spaces that names nothing': 'command: a ${{ inputs.x }}\nenvironment: azureml:e:1\n',
  'an expression of a pipeline': 'command: a ${{parent.inputs.x}}\nenvironment: azureml:e:1\n',
  'a local path that is not there': `${BASE}inputs: { a: { path: nowhere } }\n`,
  'an input without a path': `${BASE}inputs: { a: {} }\n`,
  'half a second': `${BASE}limits: { timeout: 2.5 }\n`,
  'an option of docker run': `${BASE}resources: { docker_args: --privileged }\n`,
  'a size that is none': `${BASE}resources: { shm_size: much }\n`,
  'a name that is no variable': `${BASE}environment_variables: { a b: 1 }\n`,
  'a variable that is a list': `${BASE}environment_variables: { A: [1] }\n`,
  'an environment with two versions': 'command: a\nenvironment: azureml:a:1:2\n',
  'an empty command': 'command: ""\nenvironment: azureml:e:1\n',
};

describe('job files, and what Azure’s client says of them', function () {
  this.timeout(600_000);
  let folder: string;
  let refusals: Record<string, string | null>;
  const all = [...ACCEPTED, ...REFUSED, ...Object.values(ONLY_HERE), ...Object.values(ONLY_IN_AZURE)];
  const fileOf = (text: string) => path.join(folder, `${all.indexOf(text)}.yml`);

  before(function () {
    if (!python) this.skip();
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-job-files-')));
    for (const name of ['src', 'docker']) fs.mkdirSync(path.join(folder, name));
    fs.writeFileSync(path.join(folder, 'src', 'train.py'), '');
    fs.writeFileSync(path.join(folder, 'docker', 'Dockerfile'), 'FROM scratch\n');
    fs.writeFileSync(path.join(folder, 'environment.yml'), 'image: python:3.12\n');
    fs.writeFileSync(path.join(folder, 'conda.yml'), 'dependencies: [pip]\n');
    for (const text of all) fs.writeFileSync(fileOf(text), text);
    const script = path.join(import.meta.dirname, 'load_jobs.py');
    const said = execFileSync(python, [script], { input: JSON.stringify(all.map(fileOf)), encoding: 'utf8' });
    refusals = JSON.parse(said) as Record<string, string | null>;
  });
  after(() => folder && fs.rmSync(folder, { recursive: true }));

  const here = (text: string) => readJobFile(text, { file: fileOf(text), kindOf: (at) => disk.kind(at) });
  const check = (text: string, isTaken: boolean, isTakenInAzure: boolean) => {
    const { job, problems } = here(text);
    const refusal = refusals[fileOf(text)];
    assert.equal(refusal === null, isTakenInAzure, refusal ?? 'Azure takes it');
    assert.equal(job !== undefined, isTaken, JSON.stringify(problems.map((problem) => problem.text)));
  };
  for (const text of ACCEPTED) it(`both take ${JSON.stringify(text)}`, () => check(text, true, true));
  for (const text of REFUSED) it(`both refuse ${JSON.stringify(text)}`, () => check(text, false, false));
  for (const [what, text] of Object.entries(ONLY_HERE))
    it(`only we take ${what}`, () => check(text, true, false));
  for (const [what, text] of Object.entries(ONLY_IN_AZURE))
    it(`only Azure takes ${what}`, () => check(text, false, true));
});
