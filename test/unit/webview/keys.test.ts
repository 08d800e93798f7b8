import assert from 'node:assert/strict';
import { chartKey } from '../../../webview/charts/keys.js';

const NONE = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };

describe('chartKey', () => {
  it('moves by a pixel, or far with Shift', () => {
    assert.deepEqual(chartKey({ ...NONE, key: 'ArrowLeft' }), { do: 'move', by: -1 });
    assert.deepEqual(chartKey({ ...NONE, key: 'ArrowRight', shiftKey: true }), { do: 'move', by: 40 });
  });

  it('zooms with the plus key of any layout', () => {
    assert.deepEqual(chartKey({ ...NONE, key: '=' }), chartKey({ ...NONE, key: '+', shiftKey: true }));
  });

  it('leaves other keys and the shortcuts of the editor alone', () => {
    assert.equal(chartKey({ ...NONE, key: 'a' }), undefined);
    assert.equal(chartKey({ ...NONE, key: 'ArrowLeft', altKey: true }), undefined);
    assert.equal(chartKey({ ...NONE, key: '-', ctrlKey: true }), undefined);
  });
});
