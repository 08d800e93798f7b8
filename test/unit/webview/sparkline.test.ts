import assert from 'node:assert/strict';
import { sparkline as draw } from '../../../webview/shared/sparkline.js';

describe('sparkline', () => {
  const sparkline = (
    values: readonly number[],
    width: number,
    height: number,
    steps = values.map((_, i) => i),
  ) => draw({ steps: Float64Array.from(steps), values: Float64Array.from(values) }, width, height);

  it('goes from edge to edge, the greatest value on top', () => {
    assert.equal(sparkline([0, 2, 1], 10, 4), 'M0 4L5 0L10 2');
  });

  it('stands by step, or evenly where steps do not ascend', () => {
    assert.equal(sparkline([0, 2, 1], 10, 4, [0, 1, 10]), 'M0 4L1 0L10 2');
    assert.equal(sparkline([0, 2, 1], 10, 4, [0, 0, 0]), 'M0 4L5 0L10 2');
    assert.equal(sparkline([0, 2, 1], 10, 4, [5, 9, 6]), 'M0 4L5 0L10 2');
  });

  it('breaks where a value is not finite', () => {
    assert.equal(sparkline([0, NaN, 1, Infinity, 0], 8, 1), 'M0 1M4 0M8 1');
  });

  it('keeps the spike of a pixel column', () => {
    const values = Array.from({ length: 1000 }, () => 0);
    values[501] = 9;
    const path = sparkline(values, 20, 10);
    assert.match(path, / 0(L|$)/, 'the spike reaches the top');
    assert.ok(path.split(/[ML]/).length < 50, 'no more than two vertices a column');
  });

  it('draws a constant and a single value as a line in the middle', () => {
    assert.equal(sparkline([3, 3], 10, 4), 'M0 2L10 2');
    assert.equal(sparkline([3], 10, 4), 'M0 2H10');
  });

  it('is empty without a finite value', () => {
    assert.equal(sparkline([], 10, 4), '');
    assert.equal(sparkline([NaN], 10, 4), '');
  });
});
