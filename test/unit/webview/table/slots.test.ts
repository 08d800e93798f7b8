import assert from 'node:assert/strict';
import { Slots } from '../../../../webview/table/slots.js';

describe('slots', () => {
  it('keep what stays, and give what is free to what comes', () => {
    const slots = new Slots<string>();
    assert.deepEqual(slots.assign(['a', 'b', 'c']), [0, 1, 2]);
    assert.deepEqual(slots.assign(['b', 'c', 'd', 'e']), [2, 0, 1, 3]);
    assert.deepEqual(slots.assign(['e']), [-1, -1, -1, 0]);
    assert.deepEqual(slots.assign(['x', 'e', 'y']), [0, 2, -1, 1]);
  });
});
