import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TrainyardError } from '../../../../src/base/errors.js';
import { environmentOfFile } from '../../../../src/job/environment/from-file.js';

describe('an environment of a file', () => {
  let folder: string;
  const write = (name: string, text: string) => {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    return file;
  };
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-file-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('is an image with a conda file beside it, as in Azure ML', async () => {
    const conda = 'channels: [conda-forge]\ndependencies: [python=3.11]\n';
    write('env/conda.yml', conda);
    const file = write(
      'env/training.yml',
      `$schema: https://azuremlschemas.azureedge.net/latest/environment.schema.json
name: training
version: 3
image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04
conda_file: ./conda.yml
description: for digits
tags: {team: vision, size: 2}
os_type: linux
`,
    );
    assert.deepEqual(await environmentOfFile(file), {
      name: 'training',
      version: '3',
      definition: { image: 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04', conda },
      description: 'for digits',
      tags: { team: 'vision', size: '2' },
      kept: { os_type: 'linux' },
    });
  });

  it('is a build, with its folder beside the file', async () => {
    write('docker/Dockerfile.gpu', 'FROM scratch\n');
    const file = write('e.yml', 'name: e\nbuild:\n  path: docker\n  dockerfile_path: Dockerfile.gpu\n');
    const build = { folder: path.join(folder, 'docker'), dockerfile: 'Dockerfile.gpu' };
    assert.deepEqual(await environmentOfFile(file), { name: 'e', definition: {}, build });
  });

  it('is a conda file, or requirements with those that they name', async () => {
    const conda = 'name: x\ndependencies: [numpy]\n';
    assert.deepEqual(await environmentOfFile(write('environment.yml', conda)), { definition: { conda } });
    write('more/base.txt', 'numpy==2.0.0\n');
    const file = write('requirements.txt', '-r more/base.txt\nscipy\n');
    assert.deepEqual(await environmentOfFile(file), { definition: { pip: 'numpy==2.0.0\nscipy\n' } });
  });

  it('is a Dockerfile with its folder, a pyproject.toml, or a uv.lock, with uv or without', async () => {
    const docker = write('docker/gpu.Dockerfile', 'FROM scratch\n');
    assert.deepEqual(await environmentOfFile(docker), {
      definition: {},
      build: { folder: path.dirname(docker), dockerfile: 'gpu.Dockerfile' },
    });
    const project = write(
      'pyproject.toml',
      '[project]\nname = "demo"\nversion = "1"\ndependencies = ["six>=1"]\n',
    );
    assert.deepEqual(await environmentOfFile(project), { definition: { pip: 'six>=1\n' } });
    const lock = write(
      'uv.lock',
      `version = 1
revision = 3
requires-python = ">=3.10"
[[package]]
name = "demo"
source = { virtual = "." }
dependencies = [{ name = "six", marker = "sys_platform == 'linux'" }]
[package.metadata]
requires-dist = [{ name = "six", marker = "sys_platform == 'linux'", specifier = ">=1" }]
[[package]]
name = "six"
version = "1.17.0"
source = { registry = "https://own.example/simple" }
`,
    );
    assert.deepEqual(await environmentOfFile(lock), {
      definition: {
        pip: "--index-url https://own.example/simple\nsix==1.17.0 ; sys_platform == 'linux'\n",
      },
    });
    await assert.rejects(
      environmentOfFile(write('uv.lock', 'version = [\n')),
      ({ code, message }: TrainyardError) =>
        code === 'BAD_REQUEST' && /^uv\.lock defines no environment\. 2:1 /.test(message),
    );
    for (const source of ['{ path = "libs/mine" }', '{ workspace = true }'])
      await assert.rejects(
        environmentOfFile(
          write(
            'pyproject.toml',
            `[project]\ndependencies = ["mine"]\n[tool.uv.sources]\nmine = ${source}\n`,
          ),
        ),
        ({ message }: TrainyardError) => /refers to something outside itself/.test(message),
      );
  });

  it('says where it is wrong, and what it cannot keep', async () => {
    const wrong = write('e.yml', 'name: e\nimage: a\nbuild:\n  path: .\n');
    await assert.rejects(
      environmentOfFile(wrong),
      ({ code, message }: TrainyardError) =>
        code === 'BAD_REQUEST' && /3:1 An environment has an image or a build/.test(message),
    );
    for (const line of [
      '-e .',
      '-c limits.txt',
      './local',
      '--find-links wheels',
      'mine @ file:///opt/mine',
      'wheels/mine-1.0-py3-none-any.whl',
    ])
      await assert.rejects(
        environmentOfFile(write('r.txt', `${line}\n`)),
        ({ code, message }: TrainyardError) => code === 'BAD_REQUEST' && message.includes(line),
      );
    const around = write('a.txt', '-r a.txt\n');
    await assert.rejects(environmentOfFile(around), ({ code }: TrainyardError) => code === 'BAD_REQUEST');
    const missing = path.join(folder, 'not.yml');
    await assert.rejects(environmentOfFile(missing), ({ code }: TrainyardError) => code === 'NOT_FOUND');
  });
});
