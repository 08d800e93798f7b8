import assert from 'node:assert/strict';
import { whiskers } from '../../../webview/shared/whiskers.js';

describe('the ends of a scale', () => {
  it('are those of all values when none is far from the others', () => {
    assert.deepEqual(whiskers([3, 1, 2, 5, 4]), { min: 1, max: 5 });
    assert.deepEqual(whiskers([7]), { min: 7, max: 7 });
  });

  it('leave out what lies beyond the quartiles by one and a half of their distance', () => {
    // Quartiles 3 and 7, so up to 13.
    assert.deepEqual(whiskers([1, 2, 3, 4, 5, 6, 7, 13, 900]), { min: 1, max: 13 });
    assert.deepEqual(whiskers([-900, 2, 3, 4, 5, 6, 7, 8, 14]), { min: 2, max: 8 });
  });

  it('are those of all values where half of them are the same', () => {
    assert.deepEqual(whiskers([0, 0, 0, 0, 9]), { min: 0, max: 9 });
  });

  it('are none without a value', () => {
    assert.equal(whiskers([]), undefined);
  });
});
