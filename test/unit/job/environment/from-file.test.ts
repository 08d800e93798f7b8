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

  it('is an image with a conda file beside it, as in Azure ML', () => {
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
    assert.deepEqual(environmentOfFile(file), {
      name: 'training',
      version: '3',
      definition: { image: 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04', conda },
      description: 'for digits',
      tags: { team: 'vision', size: '2' },
      kept: { os_type: 'linux' },
    });
  });

  it('is a build, with its folder beside the file', () => {
    write('docker/Dockerfile.gpu', 'FROM scratch\n');
    const file = write('e.yml', 'name: e\nbuild:\n  path: docker\n  dockerfile_path: Dockerfile.gpu\n');
    const build = { folder: path.join(folder, 'docker'), dockerfile: 'Dockerfile.gpu' };
    assert.deepEqual(environmentOfFile(file), { name: 'e', definition: {}, build });
  });

  it('is a conda file, or requirements with those that they name', () => {
    const conda = 'name: x\ndependencies: [numpy]\n';
    assert.deepEqual(environmentOfFile(write('environment.yml', conda)), { definition: { conda } });
    write('more/base.txt', 'numpy==2.0.0\n');
    const file = write('requirements.txt', '-r more/base.txt\nscipy\n');
    assert.deepEqual(environmentOfFile(file), { definition: { pip: 'numpy==2.0.0\nscipy\n' } });
  });

  it('says where it is wrong, and what it cannot keep', () => {
    const wrong = write('e.yml', 'name: e\nimage: a\nbuild:\n  path: .\n');
    assert.throws(
      () => environmentOfFile(wrong),
      ({ code, message }: TrainyardError) =>
        code === 'BAD_REQUEST' && /3:1 An environment has an image or a build/.test(message),
    );
    for (const line of ['-e .', '-c limits.txt', './local'])
      assert.throws(
        () => environmentOfFile(write('r.txt', `${line}\n`)),
        ({ code, message }: TrainyardError) => code === 'BAD_REQUEST' && message.includes(line),
      );
    const around = write('a.txt', '-r a.txt\n');
    assert.throws(
      () => environmentOfFile(around),
      ({ code }: TrainyardError) => code === 'BAD_REQUEST',
    );
    const missing = path.join(folder, 'not.yml');
    assert.throws(
      () => environmentOfFile(missing),
      ({ code }: TrainyardError) => code === 'NOT_FOUND',
    );
  });
});
