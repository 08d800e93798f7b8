import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  planJobFile,
  type PlanOptions,
  type PlanSources,
  readJobFileAt,
  requireJob,
} from '../../../../src/job/file/plan.js';
import type { WrittenEnvironment } from '../../../../src/job/file/environment.js';
import { jobFileOf } from '../../../../src/job/file/save.js';

describe('planning the job of a job file', () => {
  let folder: string;
  let file: string;
  let made: WrittenEnvironment[];
  const sources: PlanSources = {
    environments: async () => ({
      get: async (name, version) => ({ name, version: version === 'latest' ? '7' : version }),
      create: async (environment) => {
        made.push(environment);
        return { name: 'anonymous', version: 'abc' };
      },
    }),
    interpreterOf: (written, code) => ({ path: written ?? `python of ${code}`, source: 'test' }),
  };
  const options: PlanOptions = { defaultExperiment: 'folder' };
  const plan = async (text: string, more: Partial<PlanOptions> = {}) => {
    fs.writeFileSync(file, text);
    return planJobFile(requireJob('job.yml', readJobFileAt(file)), { ...options, ...more }, sources);
  };

  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'plan-')));
    file = path.join(folder, 'job.yml');
    made = [];
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('runs a job without environment by an interpreter of the code', async () => {
    const { spec, interpreter } = await plan('command: python train.py\ncompute: docker\n');
    assert.equal(interpreter?.path, `python of ${folder}`);
    assert.deepEqual(spec.environment, { kind: 'interpreter', path: `python of ${folder}` });
    assert.equal(spec.codeFolder, folder);
    assert.equal(spec.target, 'docker');
    assert.equal(spec.experiment, 'folder');
  });

  it('takes the interpreter that the file names', async () => {
    const text = 'command: python a.py\nproperties: { trainyard.python: /opt/python }\n';
    assert.equal((await plan(text)).interpreter?.path, '/opt/python');
  });

  it('asks the workspace for the version of an environment', async () => {
    const { spec, interpreter } = await plan('command: x\nenvironment: azureml:train@latest\n');
    assert.deepEqual(spec.environment, { kind: 'asset', name: 'train', version: '7' });
    assert.equal(interpreter, undefined);
  });

  it('makes an environment that only the file has, and needs none for an image', async () => {
    const image = await plan('command: x\nenvironment: { image: "python:3.12" }\n');
    assert.deepEqual(image.spec.environment, { kind: 'image', image: 'python:3.12' });
    assert.equal(made.length, 0);
    fs.writeFileSync(path.join(folder, 'conda.yml'), 'dependencies: [python]\n');
    const conda = await plan('command: x\nenvironment: { image: "a:1", conda_file: conda.yml }\n');
    assert.deepEqual(conda.spec.environment, { kind: 'asset', name: 'anonymous', version: 'abc' });
    assert.deepEqual(made, [{ definition: { image: 'a:1', conda: 'dependencies: [python]\n' } }]);
  });

  it('runs where the call says, whatever the file says', async () => {
    const text = 'command: x\nenvironment: azureml:train:1\ncompute: docker\nexperiment_name: mine\n';
    const other = await plan(text, {
      environment: { kind: 'image', image: 'b:2' },
      target: 'local',
      experiment: 'yours',
    });
    assert.deepEqual(other.spec.environment, { kind: 'image', image: 'b:2' });
    assert.deepEqual([other.spec.target, other.spec.experiment], ['local', 'yours']);
    const here = await plan(text, { environment: 'interpreter' });
    assert.equal(here.spec.environment?.kind, 'interpreter');
  });

  it('names its file in a tag, which a file that is made of the run leaves out', async () => {
    const { spec } = await plan('command: x\ntags: { a: b }\n');
    assert.deepEqual(spec.tags, { a: 'b', 'trainyard.jobFile': file.replaceAll(path.sep, '/') });
    assert.ok(!jobFileOf(spec, file).text.includes('trainyard.jobFile'));
  });

  it('refuses a file with all that is wrong in it, and one of another kind', async () => {
    await assert.rejects(plan('command: x\ncompute: [a]\ncomptue: b\n'), (error: Error) => {
      assert.match(error.message, /^job\.yml:2:10: error: .*\njob\.yml:3:1: error: .*“compute”/);
      return true;
    });
    await assert.rejects(plan('jobs: { a: { type: command } }\n'), /pipeline job/);
  });

  it('refuses an environment in Azure, and code that is elsewhere', async () => {
    const away = 'command: x\nenvironment: azureml://registries/azureml/environments/a/versions/1\n';
    await assert.rejects(plan(away), /is in Azure/);
    await assert.rejects(plan('command: x\ncode: git+https://example.com/x\n'), /not fetched from elsewhere/);
  });
});
