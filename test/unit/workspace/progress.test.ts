import assert from 'node:assert/strict';
import { formatProgress } from '../../../src/workspace/progress.js';

describe('progress', () => {
  it('is a part of the total, never more than all', () => {
    assert.equal(formatProgress({ done: 450, total: 1000 }), '45%');
    assert.equal(formatProgress({ done: 12, total: 10 }), '100%');
    assert.equal(formatProgress({ done: 0, total: 0 }), '0%');
  });

  it('is what was counted, where there is no total', () => {
    assert.equal(formatProgress({ done: 1585, unit: 'it' }), '1,585 it');
    assert.equal(formatProgress({ done: 3 }), '3');
  });
});
