import assert from 'node:assert/strict';
import path from 'node:path';
import { specOf } from '../../../../src/job/file/command/to-spec.js';
import { readOwn } from '../../../../src/job/file/own.js';
import { readJobFile } from '../../../../src/job/file/read.js';
import { jobFileOf } from '../../../../src/job/file/save.js';
import type { CommandJob } from '../../../../src/job/spec.js';

const folder = path.resolve('/work/project');
const file = path.join(folder, 'job.yml');

const base: CommandJob = {
  kind: 'command',
  codeFolder: folder,
  workingFolder: '',
  command: ['python', 'train.py', '--lr', '0.1'],
  script: 'train.py',
  environment: { kind: 'interpreter', path: '/env/bin/python' },
  target: 'local',
  experiment: 'project',
  environmentVariables: {},
  tags: {},
};

/** The job of the file that was made of a job. */
function again(spec: CommandJob): CommandJob {
  const { text } = jobFileOf(spec, file);
  const { job, problems } = readJobFile(text, { file });
  assert.ok(job, `${text}\n${JSON.stringify(problems)}`);
  const { python } = readOwn(job.properties).own;
  const { environment } = job;
  const known =
    environment?.kind === 'asset'
      ? { kind: 'asset' as const, name: environment.name, version: environment.version as string }
      : environment?.kind === 'inline'
        ? { kind: 'image' as const, image: String(environment.fields['image']) }
        : python === undefined
          ? undefined
          : { kind: 'interpreter' as const, path: python };
  return specOf(job, job.code as string, { defaultExperiment: 'none', ...(known && { environment: known }) });
}

describe('a saved job file', () => {
  const jobs: Record<string, CommandJob> = {
    'of a script': base,
    'with a shell': { ...withoutScript(base), command: ['bash', '-c', 'cd a && python b.py > "c d"\nls'] },
    'with words that need quotes': {
      ...base,
      command: ['python', 'train.py', 'a b', `it's`, '"', '$x', 'new\nline', '', '*'],
    },
    'with placeholders': {
      ...base,
      command: ['python', 'train.py', '--lr=${{inputs.lr}}', '${{inputs.data}}', '${{outputs.model}}'],
      parameters: {
        lr: '0.1',
        flag: 'True',
        one: '1.0',
        yes: 'yes',
        tiny: '1e-3',
        octal: '012',
        day: '2024-01-01',
        none: '',
        many: '0.10',
      },
      inputs: { data: { type: 'uri_file', path: path.join(folder, 'data.csv'), mode: 'download' } },
      outputs: { model: { type: 'mlflow_model', name: 'iris', version: '2' } },
    },
    'in a folder of the code, by a launcher': {
      ...base,
      workingFolder: 'src/a',
      script: 'src/a/train.py',
      launcher: ['mpirun', '-np', '2', 'a b'],
      metrics: [{ name: 'loss', regex: 'loss: (.*)' }],
    },
    'in a container with limits': {
      ...base,
      target: 'docker',
      environment: { kind: 'image', image: 'python:3.12' },
      resources: { cpus: 1.5, memory: 3 * 2 ** 29, shmSize: 2 ** 31, gpus: -1, instanceCount: 1 },
      network: 'off',
      timeout: 60,
    },
    'with what only Azure knows': {
      ...base,
      environment: { kind: 'asset', name: 'training', version: '3' },
      displayName: 'A: job #1',
      azure: {
        name: 'n',
        compute: 'azureml:cpu',
        properties: { a: '1' },
        identity: { type: 'aml_token' },
        resources: { instance_type: 'x' },
      },
    },
    'with texts that YAML takes for other things': {
      ...base,
      experiment: '2024-01-01',
      displayName: 'on',
      environmentVariables: { A: '1', B: 'no', C: '0x10', D: '', E: ' a ', F: 'a: b # c', G: '1:30' },
      tags: { a: 'true', 'mlflow.note.content': 'One.\n\nTwo: three.\n' },
    },
  };
  for (const [what, spec] of Object.entries(jobs))
    it(`${what} reads as the same job`, () => assert.deepEqual(again(spec), spec));

  it('names paths beside it as relative, and says what it cannot hold', () => {
    const { text, notes } = jobFileOf({ ...base, secrets: ['KEY'], parentRunId: 'a1' }, file);
    assert.match(text, /^code: "\."$/m);
    assert.match(text, /^command: python train\.py --lr 0\.1$/m);
    assert.deepEqual(notes, [
      'Secrets are not in the file. Submit it with: --secret KEY',
      'The parent of the run is not in the file.',
    ]);
  });
});

function withoutScript({ script: _, ...spec }: CommandJob): CommandJob {
  return spec;
}
