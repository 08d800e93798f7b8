import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findEnvironmentFiles } from '../../../../src/job/environment/find-files.js';

describe('environment files of a project', () => {
  let root: string;
  const write = (name: string, text = '') => {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  };
  const found = (folder: string, top = 'repository') =>
    findEnvironmentFiles(path.join(root, folder), path.join(root, top)).map(
      ({ file, kind }) => `${kind} ${path.relative(root, file).split(path.sep).join('/')}`,
    );
  beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-found-'))));
  afterEach(() => fs.rmSync(root, { recursive: true }));

  it('are found from the folder up to the repository, the nearest first', () => {
    write('requirements.txt');
    write('repository/uv.lock', 'version = 1\n');
    write('repository/pyproject.toml', '[project]\nname = "x"\ndependencies = []\n');
    write('repository/train/requirements.txt');
    write('repository/other/requirements.txt');
    fs.mkdirSync(path.join(root, 'repository/train/deep'));
    assert.deepEqual(found('repository/train/deep'), [
      'requirements repository/train/requirements.txt',
      'uv repository/uv.lock',
      'pyproject repository/pyproject.toml',
    ]);
    assert.deepEqual(found('repository/train', 'elsewhere'), [
      'requirements repository/train/requirements.txt',
    ]);
  });

  it('are those that define one, by name and content, those that say most first', () => {
    write('repository/Dockerfile', 'FROM scratch\n');
    write('repository/gpu.Dockerfile', 'FROM scratch\n');
    write('repository/Dockerfile.dockerignore');
    write('repository/requirements.txt');
    write('repository/requirements-dev.txt');
    write('repository/notes.txt');
    write('repository/environment.yml', 'name: x\ndependencies: [numpy]\n');
    write('repository/conda.yaml', 'channels: [conda-forge]\ndependencies:\n  - numpy\n');
    write(
      'repository/azure.yml',
      '$schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json\nimage: python:3.12\n',
    );
    write('repository/plain.yml', 'name: e\nimage: python:3.12\nconda_file: conda.yaml\n');
    write(
      'repository/job.yml',
      '$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\ncommand: x\nenvironment:\n  image: y\n',
    );
    write('repository/docker-compose.yml', 'name: c\nservices:\n  a:\n    image: x\n');
    write('repository/pyproject.toml', '[tool.ruff]\nline-length = 100\n');
    fs.mkdirSync(path.join(root, 'repository/environment.yaml'));
    assert.deepEqual(found('repository'), [
      'azure repository/azure.yml',
      'azure repository/plain.yml',
      'conda repository/conda.yaml',
      'conda repository/environment.yml',
      'requirements repository/requirements.txt',
      'requirements repository/requirements-dev.txt',
      'dockerfile repository/Dockerfile',
      'dockerfile repository/gpu.Dockerfile',
    ]);
  });

  it('are none of a folder that is not there', () => assert.deepEqual(found('repository/none'), []));
});
