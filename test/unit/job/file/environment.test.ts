import assert from 'node:assert/strict';
import path from 'node:path';
import { environmentOfFields, readEnvironmentFile } from '../../../../src/job/file/environment.js';

const folder = path.resolve('/work/project');
const texts: Record<string, string> = { [path.join(folder, 'conda.yml')]: 'dependencies: [pip]\n' };
const made = (text: string) => {
  const { fields, problems } = readEnvironmentFile(text, { file: path.join(folder, 'environment.yml') });
  assert.deepEqual(problems, []);
  return environmentOfFields(fields, folder, (file) => texts[file] as string);
};

describe('an environment of a job file', () => {
  it('is an image, with the packages of a conda file or of the file itself', () => {
    assert.deepEqual(made('name: a\nversion: 3\nimage: python:3.12\n'), {
      definition: { image: 'python:3.12' },
    });
    assert.deepEqual(made('image: python:3.12\nconda_file: ./conda.yml\n'), {
      definition: { image: 'python:3.12', conda: 'dependencies: [pip]\n' },
    });
    assert.deepEqual(made('image: a\nconda_file:\n  dependencies:\n    - pip\n'), {
      definition: { image: 'a', conda: 'dependencies:\n  - pip\n' },
    });
  });

  it('is a build, with its folder', () => {
    assert.deepEqual(made('build: { path: file:docker }\n'), {
      definition: {},
      build: { folder: path.join(folder, 'docker'), dockerfile: 'Dockerfile' },
    });
    assert.equal(made('build: { path: ., dockerfile_path: a/D }\n').build?.dockerfile, 'a/D');
  });

  it('is told what is wrong with it', () => {
    const { problems } = readEnvironmentFile('imgae: a\n', { file: path.join(folder, 'environment.yml') });
    assert.deepEqual(
      problems.map(({ code, hint }) => `${code} ${hint}`),
      ['unknown-field Did you mean “image”?', 'missing-field Add a line “image: …”, such as python:3.12.'],
    );
  });
});
