import assert from 'node:assert/strict';
import { overlay } from '../../../../webview/compare/curves.js';

const curve = (runId: string, steps: number[], values: number[]) => ({
  runId,
  key: 'loss',
  total: steps.length,
  reduced: false,
  steps: Float64Array.from(steps),
  times: Float64Array.from(steps),
  values: Float64Array.from(values),
});

describe('overlaid curves', () => {
  it('share both axes', () => {
    const { paths, ...ends } = overlay([curve('a', [0, 10], [0, 4]), curve('b', [0, 5], [2, 2])], 100, 40);
    assert.deepEqual(ends, { min: 0, max: 4, firstStep: 0, lastStep: 10 });
    assert.equal(paths.get('a'), 'M0 40h0L100 0');
    assert.equal(paths.get('b'), 'M0 20h0L50 20');
  });

  it('break where a value is not finite, and go by the steps', () => {
    const { paths, max } = overlay([curve('a', [2, 0, 1, 3], [1, 0, NaN, Infinity])], 30, 10);
    assert.equal(paths.get('a'), 'M0 10h0M20 0h0');
    assert.equal(max, 1);
  });

  it('of a constant or of nothing are a line in the middle, and none', () => {
    assert.equal(overlay([curve('a', [0, 1], [3, 3])], 10, 10).paths.get('a'), 'M0 5h0L10 5');
    assert.equal(overlay([curve('a', [], [])], 10, 10).paths.get('a'), '');
  });
});
