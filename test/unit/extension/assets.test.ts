import assert from 'node:assert/strict';
import {
  isAssetRef,
  isNameForAsset,
  nameFrom,
  referenceOf,
} from '../../../src/extension/assets/asset-ref.js';
import { AssetsModel, PAGE } from '../../../src/extension/assets/assets-model.js';
import { MemoryWorkspace } from '../../support/memory-workspace.js';

/** With these versions, in this order. */
async function withEnvironments(...names: string[]): Promise<MemoryWorkspace> {
  const workspace = new MemoryWorkspace();
  for (const [i, name] of names.entries())
    await workspace.environments!.create({ name, definition: { pip: `${i}` } });
  workspace.asked.length = 0;
  return workspace;
}

const shown = ({ names }: Awaited<ReturnType<AssetsModel['environments']>>) =>
  names.map(({ name, versions }) => [name, ...versions.map(({ version }) => version)]);

describe('the assets that the tree shows', () => {
  it('are names with their versions, the newest first', async () => {
    const workspace = await withEnvironments('b', 'a', 'b', 'b', 'a10', 'a9');
    assert.deepEqual(shown(await new AssetsModel().environments(workspace)), [
      ['a', '1'],
      ['a9', '1'],
      ['a10', '1'],
      ['b', '3', '2', '1'],
    ]);
  });

  it('hide what is archived until somebody asks, and tell how much that is', async () => {
    const workspace = await withEnvironments('a', 'a', 'b');
    await workspace.environments!.archive('a', '2');
    await workspace.environments!.archive('b');
    const model = new AssetsModel();
    const list = await model.environments(workspace);
    assert.deepEqual([shown(list), list.hidden], [[['a', '1']], 2]);
    model.showsArchived = true;
    const all = await model.environments(workspace);
    assert.deepEqual(
      [shown(all), all.hidden],
      [
        [
          ['a', '2', '1'],
          ['b', '1'],
        ],
        0,
      ],
    );
  });

  it('are asked for once, and again when they changed elsewhere', async () => {
    const workspace = await withEnvironments('a');
    const model = new AssetsModel();
    const { id } = workspace;
    await Promise.all([model.environments(workspace), model.environments(workspace), model.data(workspace)]);
    assert.deepEqual(workspace.asked, ['environments', 'data']);
    await workspace.environments!.create({ name: 'a', definition: { pip: 'more' } });
    assert.deepEqual(model.apply([{ type: 'environments', workspace: id }]), new Set([id]));
    assert.deepEqual(shown(await model.environments(workspace)), [['a', '2', '1']]);
    await model.data(workspace);
    assert.equal(workspace.asked.filter((question) => question === 'data').length, 1);
    assert.deepEqual(model.apply([{ type: 'models', workspace: id }]), new Set());
    const run = { type: 'run', runId: 'r', experimentId: '0', workspace: id } as const;
    assert.deepEqual(model.apply([{ ...run, parts: ['metrics'] }]), new Set());
    // It may be one more that used them.
    assert.deepEqual(model.apply([{ ...run, parts: ['state'] }]), new Set([id]));
  });

  it('are asked for again after a failure', async () => {
    const workspace = await withEnvironments('a');
    const model = new AssetsModel();
    workspace.failure = new Error('away');
    await assert.rejects(model.environments(workspace), /away/);
    workspace.failure = undefined;
    assert.deepEqual(shown(await model.environments(workspace)), [['a', '1']]);
  });

  it('are none in a workspace that keeps none', async () => {
    const workspace = new MemoryWorkspace({ lacks: ['environments', 'data'] });
    assert.deepEqual(await new AssetsModel().environments(workspace), { names: [], hidden: 0 });
    assert.deepEqual(await new AssetsModel().data(workspace), { names: [], hidden: 0 });
  });

  it('come a page at a time', () => {
    const model = new AssetsModel();
    const rows = Array.from({ length: 250 }, (_, i) => i);
    assert.equal(PAGE, 100);
    assert.deepEqual(model.page('list', rows), { shown: rows.slice(0, 100), more: 150 });
    model.showMore('list');
    assert.equal(model.page('list', rows).more, 50);
    assert.equal(model.page('other', rows).more, 150);
    model.showMore('list');
    assert.deepEqual(model.page('list', rows), { shown: rows, more: 0 });
    assert.deepEqual(model.page('list', []), { shown: [], more: 0 });
  });
});

describe('names of assets', () => {
  it('follow from what a file is called', () => {
    const names = {
      'rows.csv': 'rows',
      'My data (1).tar.gz': 'My-data-1-.tar',
      'größe.csv': 'gr-e',
      '.hidden': 'hidden',
      data: 'data',
      数据: '',
    };
    for (const [file, name] of Object.entries(names)) {
      assert.equal(nameFrom(file), name, file);
      assert.equal(isNameForAsset(name), name !== '', file);
    }
    for (const wrong of ['a b', '-a', 'a/b', 'a:1', 'a'.repeat(256)])
      assert.ok(!isNameForAsset(wrong), wrong);
  });

  it('are written as jobs name them', () => {
    assert.equal(referenceOf({ name: 'rows', version: '3' }), 'azureml:rows:3');
    assert.equal(referenceOf({ name: 'rows' }), 'azureml:rows@latest');
  });

  it('are told from what else the editor passes', () => {
    const ref = { kind: 'data', workspace: 'local', name: 'rows' };
    assert.ok(isAssetRef(ref) && isAssetRef({ ...ref, version: '1' }));
    for (const other of [undefined, null, 'rows', {}, { ...ref, kind: 'run' }, { ...ref, version: 1 }])
      assert.ok(!isAssetRef(other), JSON.stringify(other));
  });
});
