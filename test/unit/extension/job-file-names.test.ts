import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import { LiveNames } from '../../../src/extension/job-files/names.js';
import type { AssetQuery, DataAsset, EnvironmentVersion, ModelQuery } from '../../../src/workspace/types.js';
import type { Workspace } from '../../../src/workspace/workspace.js';

const KEPT = [
  { name: 'iris', version: '2', type: 'uri_folder', archived: true },
  { name: 'iris', version: '1', type: 'uri_file', archived: false },
  { name: 'old', version: '1', type: 'uri_file', archived: true },
];

/** What a workspace of this computer answers: assets of one name when that is asked, archived ones when they are. */
const list = async ({ name, archived = false }: AssetQuery = {}) =>
  KEPT.filter((one) => (name === undefined || one.name === name) && (archived || !one.archived)) as unknown[];

function workspace(more: Partial<Workspace> = {}): Workspace {
  return {
    id: 'test',
    kind: 'memory',
    label: 'test',
    jobs: { compute: async () => [{ name: 'local', label: 'This computer' }] },
    data: { list: (query?: AssetQuery) => list(query) as Promise<DataAsset[]> },
    environments: { list: (query?: AssetQuery) => list(query) as Promise<EnvironmentVersion[]> },
    registry: {
      // A page of many: a model that is not on it is not missing.
      models: async (_: ModelQuery) => ({ models: [], nextPage: 'more' }),
      versions: async (name: string) => {
        if (name === 'net') return [{ version: '3', aliases: ['champion'], createdAt: 0 }];
        throw new TrainyardError('NOT_FOUND', 'There is no such model.');
      },
    },
    ...more,
  } as unknown as Workspace;
}

describe('names of the workspace in job files', () => {
  const names = (more?: Partial<Workspace>) =>
    new LiveNames({ active: workspace(more) }, (error) => assert.fail(String(error)));

  it('are offered unless they are archived', async () => {
    const texts = async (...[kind]: Parameters<LiveNames['of']>) =>
      (await names().of(kind))?.map(({ text }) => text);
    assert.deepEqual(await texts('data'), ['azureml:iris:1']);
    assert.deepEqual(await texts('environment'), ['azureml:iris:1']);
    assert.deepEqual(await texts('compute'), ['local']);
    assert.equal(await texts('folder'), undefined);
  });

  for (const kind of ['data', 'environment'] as const)
    it(`are missing for ${kind} when nothing of the name and version is there`, async () => {
      const isMissing = (text: string) => names().isMissing(kind, text);
      for (const there of [
        'azureml:iris:1',
        'azureml:iris:2',
        'azureml:iris@latest',
        'azureml:iris',
        'azureml:old:1',
      ])
        assert.equal(await isMissing(there), false, there);
      for (const gone of [
        'azureml:iris:3',
        'azureml:iri:1',
        'azureml:old@latest',
        'azureml:old',
        'azureml:iris@best',
      ])
        assert.equal(await isMissing(gone), true, gone);
    });

  it('are missing for models, which have aliases, however many there are', async () => {
    const isMissing = (text: string) => names().isMissing('model', text);
    for (const there of ['azureml:net:3', 'azureml:net@champion', 'azureml:net@latest'])
      assert.equal(await isMissing(there), false, there);
    for (const gone of ['azureml:net:4', 'azureml:net@best', 'azureml:other:1'])
      assert.equal(await isMissing(gone), true, gone);
  });

  it('are missing for targets by their plain name; those of Azure are told of elsewhere', async () => {
    assert.equal(await names().isMissing('compute', 'local'), false);
    assert.equal(await names().isMissing('compute', 'dockr'), true);
    assert.equal(await names().isMissing('compute', 'azureml:cpu-cluster'), false);
  });

  it('are never missing for what is no name, or where nobody knows', async () => {
    for (const text of [
      './data',
      'https://example.com/x',
      'azureml://datastores/a/paths/b',
      'azureml:anonymous:1',
    ])
      assert.equal(await names().isMissing('data', text), false, text);
    const bare = { jobs: undefined, data: undefined, environments: undefined, registry: undefined } as object;
    for (const kind of ['data', 'environment', 'model', 'compute'] as const)
      assert.equal(await names(bare).isMissing(kind, 'azureml:x:1'), false, kind);
  });

  it('are known to nobody while a workspace fails, and are asked of each workspace', async () => {
    const data = { list: () => Promise.reject(new TrainyardError('INTERNAL', 'down')) };
    let active = workspace({ data: data as unknown as NonNullable<Workspace['data']> });
    const errors: unknown[] = [];
    const live = new LiveNames(
      {
        get active() {
          return active;
        },
      },
      (error) => errors.push(error),
    );
    assert.equal(await live.isMissing('data', 'azureml:x:1'), false);
    assert.match(String(errors), /down/);
    active = { ...workspace(), id: 'other' };
    assert.equal(await live.isMissing('data', 'azureml:x:1'), true);
    assert.equal(await live.isMissing('data', 'azureml:iris:1'), false);
  });
});
