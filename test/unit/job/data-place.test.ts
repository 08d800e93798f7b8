import assert from 'node:assert/strict';
import path from 'node:path';
import { parsePlace } from '../../../src/job/data-place.js';

describe('the place of data', () => {
  const local = path.resolve('/data/a b');
  const known: [string, ReturnType<typeof parsePlace>][] = [
    [local, { kind: 'local', path: local }],
    ['https://example.com/a?b=1', { kind: 'http', url: 'https://example.com/a?b=1' }],
    ['azureml:rows:3', { kind: 'asset', name: 'rows', version: { version: '3' } }],
    ['azureml:rows@latest', { kind: 'asset', name: 'rows', version: { label: 'latest' } }],
    ['azureml:rows:latest', { kind: 'asset', name: 'rows', version: { label: 'latest' } }],
    ['azureml:rows', { kind: 'asset', name: 'rows', version: { label: 'latest' } }],
    ['models:/my model/2', { kind: 'model', name: 'my model', version: { version: '2' } }],
    ['models:/net@champion', { kind: 'model', name: 'net', version: { label: 'champion' } }],
    ['azureml://datastores/lake/paths/a//b/', { kind: 'datastore', datastore: 'lake', path: 'a/b' }],
    [
      'azureml://datastores/${{default_datastore}}/paths/a',
      { kind: 'datastore', datastore: 'workspaceblobstore', path: 'a' },
    ],
    [
      'azureml://datastores/${{ default_datastore }}',
      { kind: 'datastore', datastore: 'workspaceblobstore', path: '' },
    ],
    ['azureml://datastores/lake', { kind: 'datastore', datastore: 'lake', path: '' }],
    [
      'azureml://subscriptions/1/resourcegroups/g/workspaces/w/datastores/lake/paths/x.csv',
      { kind: 'datastore', datastore: 'lake', path: 'x.csv' },
    ],
    ['runs:/abc/outputs/model', { kind: 'run', runId: 'abc', path: 'outputs/model' }],
    ['runs:/abc', { kind: 'run', runId: 'abc', path: '' }],
    [
      'azureml://jobs/abc/outputs/model/paths/w.bin',
      { kind: 'run', runId: 'abc', path: 'outputs/model/w.bin' },
    ],
    ['azureml://jobs/abc/outputs/model', { kind: 'run', runId: 'abc', path: 'outputs/model' }],
  ];
  for (const [text, place] of known) it(`is read: ${text}`, () => assert.deepEqual(parsePlace(text), place));

  for (const text of [
    '',
    'data/rows.csv',
    'runs:/abc/../../secrets',
    'azureml://datastores/lake/paths/../x',
    'azureml://registries/azureml/models/x/versions/1',
    's3://bucket/key',
    'http://',
  ])
    it(`is none: ${JSON.stringify(text)}`, () => assert.equal(parsePlace(text), undefined));
});
