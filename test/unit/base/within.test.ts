import assert from 'node:assert/strict';
import path from 'node:path';
import { isWithin, within } from '../../../src/base/within.js';

const at = (...parts: string[]) => path.resolve('/project', ...parts);

describe('a path within a folder', () => {
  it('is told from the folder', () => {
    assert.equal(within(at(), at('src', 'train.py')), path.join('src', 'train.py'));
    assert.equal(within(at(), at()), '');
  });

  it('may begin with dots', () => {
    assert.equal(within(at(), at('..data', 'a.csv')), path.join('..data', 'a.csv'));
    assert.equal(isWithin(at(), at('...')), true);
  });

  it('is not beside or above it', () => {
    for (const other of [at('..'), at('..', 'project2'), at('..', '..data')])
      assert.equal(within(at(), other), undefined);
  });
});
