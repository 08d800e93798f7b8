import assert from 'node:assert/strict';
import { flow } from '../../../webview/charts/picture.js';

describe('flow', () => {
  it('fills rows from the left', () => {
    assert.deepEqual(flow([40, 50, 30, 200, 10], 100), [
      { left: 0, row: 0 },
      { left: 40, row: 0 },
      { left: 0, row: 1 },
      { left: 0, row: 2 },
      { left: 0, row: 3 },
    ]);
    assert.deepEqual(flow([], 100), []);
  });
});
