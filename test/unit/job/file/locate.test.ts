import assert from 'node:assert/strict';
import { offerAt, placeOf, schemaAt, spotAt } from '../../../../src/job/file/locate.js';
import { CommandJobFile } from '../../../../src/job/file/command/schema.js';
import { readJobFile } from '../../../../src/job/file/read.js';
import { published } from '../../../../src/job/file/schema.js';
import { valuesTold } from '../../../../src/job/file/shape.js';
import { readYaml } from '../../../../src/job/file/yaml.js';

/** The text without `|`, and where that was. */
function at(text: string) {
  const offset = text.indexOf('|');
  const file = readYaml(text.replace('|', ''));
  return { file, position: file.lines.position(offset) };
}

const offer = (text: string) => {
  const { file, position } = at(text);
  const { steps, of, keys, values, typed } = offerAt(file, position);
  return { at: steps.join('.'), of, typed, keys: keys.map(({ name }) => name), values };
};

describe('a place in a job file', () => {
  it('has a path, and a schema for its hover', () => {
    const { file, position } = at('command: x\ninputs:\n  data:\n    mo|de: download\n');
    const spot = spotAt(file, position);
    assert.deepEqual(spot?.steps, ['inputs', 'data', 'mode']);
    assert.equal(spot?.on, 'key');
    assert.match(schemaAt(file, ['inputs', 'data', 'mode'])?.description ?? '', /How the job gets the data/);
    assert.match(schemaAt(file, ['outputs', 'x', 'mode'], 'command')?.description ?? '', /How it is written/);
    const value = at('command: x\nlimits:\n  timeout: 1|0\n');
    const found = spotAt(value.file, value.position);
    assert.deepEqual([found?.on, found?.text, found?.steps], ['value', '10', ['limits', 'timeout']]);
  });

  it('tells no value that only Azure’s client takes', () => {
    const { file } = at('command: x\nqueue_settings:\n  job_tier: sp|ot\n');
    const tiers = ['spot', 'basic', 'standard', 'premium'];
    assert.deepEqual(valuesTold(schemaAt(file, ['queue_settings', 'job_tier']) ?? {}), tiers);
    assert.deepEqual(offer('command: x\nqueue_settings:\n  job_tier: |').values, tiers);
    const read = (tier: string) =>
      readJobFile(`command: x\nqueue_settings: { job_tier: ${tier} }\n`, {
        file: '/job.yml',
      }).problems.filter(({ severity }) => severity === 'error');
    assert.deepEqual(read('"null"'), []);
    assert.doesNotMatch(read('spt')[0]?.hint ?? '', /null/);
    assert.doesNotMatch(read('zzz')[0]?.hint ?? '', /null/);
    const [schema] = JSON.stringify(published(CommandJobFile, 'x')).match(/"job_tier":\{.*?\]/) ?? [];
    assert.match(schema ?? '', /premium/);
    assert.doesNotMatch(schema ?? '', /"null"|untold/);
  });

  it('is found by its path', () => {
    const { file } = at('command: x\ntags:\n  a: |b\n');
    assert.deepEqual(placeOf(file, ['tags', 'a'])?.value.start, { line: 2, column: 5 });
    assert.equal(placeOf(file, ['tags', 'b']), undefined);
  });

  it('takes the member of a union that is there', () => {
    const { file } = at('command: x\ndistribution:\n  type: mpi\n  process_count_per_instance: 2\n|');
    assert.equal(schemaAt(file, ['distribution', 'process_count_per_instance'])?.title, 'processes');
    assert.equal(schemaAt(file, ['distribution', 'worker_count']), undefined);
  });
});

describe('what may be written', () => {
  it('at the top: fields that are not there yet', () => {
    const { keys, of, at: path } = offer('command: x\nen|\ncode: .\n');
    assert.equal(of, 'key');
    assert.equal(path, '');
    assert.ok(keys.includes('environment') && keys.includes('inputs'));
    assert.ok(!keys.includes('command') && !keys.includes('code') && !keys.includes('status'));
  });

  it('below a field, in a file that is not finished', () => {
    const { keys, at: path } = offer('command: "x\nresources:\n  shm_size: 1g\n  |');
    assert.equal(path, 'resources');
    assert.ok(keys.includes('docker_args') && !keys.includes('shm_size'));
    assert.ok(offer('command: x\ninputs:\n  data:\n    |').keys.includes('path'));
    assert.equal(offer('command: x\ninputs:\n  data:\n    |').at, 'inputs.data');
  });

  it('as a value: the words of the schema', () => {
    const { of, values, at: path, typed } = offer('command: x\ninputs:\n  data:\n    type: uri|');
    assert.deepEqual([of, path, typed], ['value', 'inputs.data.type', 'uri']);
    assert.deepEqual(values, [
      'uri_file',
      'uri_folder',
      'custom_model',
      'mlflow_model',
      'triton_model',
      'mltable',
    ]);
  });

  it('names what a value refers to', () => {
    const { file, position } = at('command: x\nenvironment: azureml:|');
    const { schema } = offerAt(file, position);
    assert.ok(schema?.anyOf?.some(({ references }) => references === 'environment'));
  });
});
