import assert from 'node:assert/strict';
import { contentType } from '../../../src/server/mlflow/content-types.js';
import { pageRange, page } from '../../../src/server/mlflow/paging.js';
import { safePath } from '../../../src/server/mlflow/paths.js';
import { sampleRows } from '../../../src/server/mlflow/sampling.js';

describe('artifact paths', () => {
  for (const path of [
    '../x',
    'a/../b',
    '..',
    'a/..',
    '..\\x',
    'a\\..\\b',
    '/etc/passwd',
    '\\\\host\\x',
    'C:\\x',
    'c:/x',
    'file:///etc',
    '%2e%2e/x',
    'a/%2E%2E%2Fb',
    '%252e%252e%252fx',
    '%2fetc/passwd',
    'a\0b',
    'a%00b',
    'a/ .. /b',
  ])
    it(`refuses ${JSON.stringify(path)}`, () =>
      assert.throws(() => safePath(path), { message: 'Invalid path' }));

  for (const [given, path] of [
    ['a/b.txt', 'a/b.txt'],
    ['a//b/', 'a/b'],
    ['./a', 'a'],
    ['', ''],
    ['images/k+step+1.png', 'images/k+step+1.png'],
    ['100%.txt', '100%.txt'],
    ['a%20b', 'a%20b'],
    ['..a/b..', '..a/b..'],
    ['ü é/…', 'ü é/…'],
  ] as const)
    it(`reads ${JSON.stringify(given)} as it is`, () => assert.equal(safePath(given), path));
});

describe('types of artifacts', () => {
  for (const [path, type] of [
    ['model/MLmodel', 'text/plain; charset=utf-8'],
    ['a.JSON', 'text/plain; charset=utf-8'],
    ['plot.png', 'image/png'],
    ['model.pkl', 'application/octet-stream'],
    ['x.constructor', 'application/octet-stream'],
    ['none', 'application/octet-stream'],
  ] as const)
    it(`${path} is ${type}`, () => assert.equal(contentType(path), type));
});

describe('pages', () => {
  const pages = (limit: number, items: string[]) => {
    const all: string[][] = [];
    let token: string | undefined;
    do {
      const { items: part, nextPage } = page(items, (item) => item, limit, token);
      all.push([...part]);
      token = nextPage;
    } while (token);
    return all;
  };

  it('cover a list once, without an empty last one', () => {
    assert.deepEqual(pages(2, ['a', 'b', 'c', 'd']), [
      ['a', 'b'],
      ['c', 'd'],
    ]);
    assert.deepEqual(pages(3, ['a', 'b', 'c', 'd']), [['a', 'b', 'c'], ['d']]);
    assert.deepEqual(pages(3, []), [[]]);
  });

  it('go on after the same item when others came in front', () => {
    const { nextPage } = page(['a', 'b', 'c'], String, 2, undefined);
    assert.deepEqual(page(['0', 'a', 'b', 'c'], String, 2, nextPage).items, ['c']);
  });

  it('go on at the same place when the item is gone', () => {
    const { nextPage } = page(['a', 'b', 'c'], String, 2, undefined);
    assert.deepEqual(page(['a', 'x', 'c'], String, 2, nextPage).items, ['c']);
  });

  for (const token of ['x', 'bnVsbA', Buffer.from('{"offset":-1,"after":""}').toString('base64url')])
    it(`refuse the token ${token}`, () =>
      assert.throws(() => pageRange(3, String, 1, token), /^MlflowError: Invalid page token/));
});

describe('sampled rows', () => {
  it('are the ones that MLflow takes: the first of equal parts, and the last of all', () => {
    assert.deepEqual(sampleRows(10, 5), [0, 2, 4, 6, 9]);
    assert.deepEqual(sampleRows(10, 4), [0, 3, 6, 9]);
    assert.deepEqual(sampleRows(20, 3), [0, 7, 19]);
    assert.deepEqual(sampleRows(10, 1), [9]);
  });

  it('are all when they are few', () => assert.deepEqual(sampleRows(3, 10), [0, 1, 2]));
  it('are none of no points', () => assert.deepEqual(sampleRows(0, 10), []));
});
