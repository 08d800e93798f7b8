import assert from 'node:assert/strict';
import { findFiles } from '../../../src/extension/runs/find-files.js';
import type { RunFile } from '../../../src/workspace/types.js';

/** Lists folders of these files, each of 100 bytes. */
function lister(paths: readonly string[], asked: string[] = []) {
  return (folder: string): Promise<RunFile[]> => {
    asked.push(folder);
    const prefix = folder === '' ? '' : `${folder}/`;
    const names = new Map<string, boolean>();
    for (const path of paths) {
      if (!path.startsWith(prefix)) continue;
      const [name = '', ...rest] = path.slice(prefix.length).split('/');
      names.set(prefix + name, rest.length > 0);
    }
    return Promise.resolve(
      [...names].map(([path, isFolder]) => (isFolder ? { path, isFolder } : { path, isFolder, bytes: 100 })),
    );
  };
}

describe('what is of interest among the files of a run', () => {
  it('is pictures, tables and folders with a model, in whatever folder', async () => {
    const found = await findFiles(
      lister(['a.txt', 'roc.png', 'out/eval/pr.JPG', 'out/errors.csv', 'net/MLmodel', 'net/data/x.bin']),
    );
    assert.deepEqual(found, {
      pictures: [
        { path: 'roc.png', name: 'roc.png' },
        { path: 'out/eval/pr.JPG', name: 'pr.JPG' },
      ],
      tables: ['out/errors.csv'],
      models: ['net'],
      isCut: false,
    });
  });

  it('of pictures that were logged step by step takes the newest, and not its smaller copy', async () => {
    const at = (step: number, end = '.png') => `images/val#grid%step%${step}%timestamp%${step}%id${end}`;
    const { pictures } = await findFiles(lister([at(9), at(10), at(2), at(10, '%compressed.webp')]));
    assert.deepEqual(pictures, [{ path: at(10), name: 'val/grid', step: 10 }]);
  });

  it('knows the names that newer clients give', async () => {
    const path = 'images/val~grid+step+7+timestamp+7+id.png';
    const small = 'images/val~grid+step+7+timestamp+7+id+compressed.webp';
    assert.deepEqual((await findFiles(lister([path, small]))).pictures, [
      { path, name: 'val/grid', step: 7 },
    ]);
  });

  it('does not count the pictures in the cells of a table', async () => {
    const found = await findFiles(lister(['table_images/eval/1.png', 'table_images/eval/1.webp', 'roc.png']));
    assert.deepEqual(found.pictures, [{ path: 'roc.png', name: 'roc.png' }]);
  });

  it('stops looking in a run with very many folders, and says so', async () => {
    const asked: string[] = [];
    const paths = Array.from({ length: 500 }, (_, i) => `checkpoint-${i}/model.bin`);
    const found = await findFiles(lister(paths, asked));
    assert.equal(found.isCut, true);
    assert.ok(asked.length <= 60);
  });

  it('does not show a picture that is too large', async () => {
    const list = () => Promise.resolve([{ path: 'huge.png', isFolder: false, bytes: 50_000_000 }]);
    assert.deepEqual((await findFiles(list)).pictures, []);
  });
});
