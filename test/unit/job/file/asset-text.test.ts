import assert from 'node:assert/strict';
import { contentText, dataText, environmentText } from '../../../../src/job/file/asset-text.js';
import { readDataFile } from '../../../../src/job/file/data.js';
import { environmentOfFields, readEnvironmentFile } from '../../../../src/job/file/environment.js';

const ABOUT = { name: 'training', version: '3', description: '', tags: {} };

describe('assets as text', () => {
  it('have the fields of Azure ML, so that the text reads as the same environment', () => {
    const conda = 'dependencies:\n  - python=3.12 # not newer\n  - pip:\n      - numpy==2.1.0\n';
    const text = environmentText({
      ...ABOUT,
      description: 'For training.',
      tags: { team: 'vision' },
      definition: { image: 'ubuntu:24.04', conda },
      kept: { os_type: 'linux' },
    });
    assert.match(text, /^\$schema: .*environment\.schema\.json\nname: training\nversion: "3"\n/);
    assert.match(text, /# not newer/);
    const { fields, problems } = readEnvironmentFile(text, { file: '/e.yml' });
    assert.deepEqual(
      problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.deepEqual(
      [fields['name'], fields['version'], fields['description'], fields['tags'], fields['os_type']],
      ['training', '3', 'For training.', { team: 'vision' }, 'linux'],
    );
    const { definition } = environmentOfFields(fields, '/', () => assert.fail());
    assert.equal(definition.image, 'ubuntu:24.04');
    assert.match(definition.conda ?? '', /- numpy==2\.1\.0/);
  });

  it('tell what Azure ML has no field for', () => {
    const text = environmentText({
      ...ABOUT,
      definition: { image: 'python:3.12', pip: 'numpy # fast\n', variables: { A: '1' } },
      kept: {},
    });
    assert.match(text, /# .*Azure ML has no field for it\.\nrequirements: \|\n {2}numpy # fast\n/);
    assert.match(text, /# .*\nvariables:\n {2}A: "1"\n/);
    const built = environmentText({
      ...ABOUT,
      definition: { build: { context: 'abc', dockerfile: 'docker/Dockerfile' } },
      kept: {},
    });
    assert.match(built, /# .*\nbuild:\n {2}path: abc\n {2}dockerfile_path: docker\/Dockerfile\n/);
  });

  it('show a conda file that cannot be read as it is', () => {
    const text = environmentText({ ...ABOUT, definition: { conda: 'a: [\n' }, kept: {} });
    assert.match(text, /conda_file: \|\n {2}a: \[\n/);
  });

  it('compare by content alone, with packages or why they are not known', () => {
    const definition = { pip: 'numpy\n' };
    const one = contentText(definition, { numpy: '2.1.0', python: '3.12' });
    assert.match(
      one,
      /^requirements: \|\n {2}numpy\n\npackages:\n {2}numpy: 2\.1\.0\n {2}python: "3\.12"\n$/,
    );
    assert.equal(contentText({ ...definition }, { numpy: '2.1.0', python: '3.12' }), one);
    assert.match(contentText(definition, 'Not built.'), /numpy\n\n# Not built\.\n$/);
  });

  it('read as the same data', () => {
    const data = { ...ABOUT, tags: { year: '2024' }, type: 'uri_file', path: 'https://example.com/rows.csv' };
    assert.deepEqual(readDataFile(dataText(data), '/rows.yml'), {
      ...{ name: 'training', version: '3', type: 'uri_file', path: data.path, tags: data.tags },
    });
  });
});
