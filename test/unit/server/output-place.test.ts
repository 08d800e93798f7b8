import assert from 'node:assert/strict';
import { outputPlace } from '../../../src/server/data/output-place.js';

describe('the place of an output', () => {
  const of = (to: string) => outputPlace(to, 'r1', 'model');
  const inStore = (path: string, isOfRun: boolean, isFolder = false) => ({
    kind: 'datastore',
    datastore: 'store',
    path,
    isOfRun,
    isFolder,
  });

  it('has what Azure ML puts into it, and knows whether only this run writes there', () => {
    const uri = 'azureml://datastores/store/paths/';
    assert.deepEqual(of(`${uri}a/b`), inStore('a/b', false));
    assert.deepEqual(of(`${uri}a/\${{name}}/\${{ output_name }}/`), inStore('a/r1/model', true, true));
    assert.deepEqual(of(`${uri}\${{output_name}}`), inStore('model', false));
    assert.deepEqual(
      of(`azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/store/paths/a`),
      inStore('a', false),
    );
  });

  it('is what Azure ML takes when only the datastore is named', () => {
    for (const to of [
      'azureml://datastores/store',
      'azureml://datastores/store/paths',
      'azureml://datastores/store/paths/',
    ])
      assert.deepEqual(of(to), inStore('azureml/r1/model', true));
  });

  it('is nowhere for what cannot be written to', () => {
    for (const to of [
      'a/b',
      'https://example.com/a',
      'azureml:rows:1',
      'azureml://datastores/store/paths/../a',
      's3://a/b',
    ])
      assert.equal(of(to), undefined, to);
  });
});
