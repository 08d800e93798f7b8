import assert from 'node:assert/strict';
import { judgeLarge } from '../../../src/snapshot/sizes.js';

describe('judgeLarge', () => {
  const large = new Map([
    ['over', 1_000_001],
    ['way\xc3\xa9', 5_000_000],
  ]);

  it('asks, and names the largest first', () => {
    assert.throws(() => judgeLarge(large, { sizeLimit: 1_000_000 }), {
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
    assert.throws(() => judgeLarge(new Map([['a', 10]]), { sizeLimit: 9 }), /a is larger than 9 bytes/);
  });

  it('does not ask when there are none, or when the person said to leave them out', () => {
    assert.equal(judgeLarge(new Map(), { sizeLimit: 1 }).size, 0);
    assert.deepEqual(judgeLarge(large, { sizeLimit: 1, largeFiles: 'leave-out' }), large);
  });
});
