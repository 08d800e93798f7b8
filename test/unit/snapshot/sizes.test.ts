import assert from 'node:assert/strict';
import { judgeSizes } from '../../../src/snapshot/sizes.js';

describe('judgeSizes', () => {
  const sizes = new Map([
    ['at', 1_000_000],
    ['over', 1_000_001],
    ['way\xc3\xa9', 5_000_000],
  ]);

  it('asks about files over the limit, the largest first', () => {
    assert.throws(() => judgeSizes(sizes, { sizeLimit: 1_000_000 }), {
      code: 'LARGE_FILES',
      message: '2 files are larger than 1 MB and not in git yet.',
      details: {
        files: [
          { path: 'wayé', bytes: 5_000_000 },
          { path: 'over', bytes: 1_000_001 },
        ],
        limit: 1_000_000,
      },
    });
    assert.throws(
      () => judgeSizes(sizes, { sizeLimit: 2_000_000 }),
      /^TrainyardError: wayé is larger than 2 MB/,
    );
  });

  it('does what the person said', () => {
    assert.equal(judgeSizes(sizes, { sizeLimit: 1, largeFiles: 'include' }).size, 0);
    assert.deepEqual(
      [...judgeSizes(sizes, { sizeLimit: 2e6, largeFiles: 'leave-out' })],
      [['way\xc3\xa9', 5_000_000]],
    );
    assert.equal(judgeSizes(sizes, { sizeLimit: 5e6 }).size, 0);
  });
});
