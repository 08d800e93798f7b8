import assert from 'node:assert/strict';
import { movedTo, newestX } from '../../../webview/charts/following.js';
import { Series } from '../../../webview/charts/series-store.js';

function series(steps: number[], times: number[]): Series {
  const made = new Series();
  const column = (values: number[]) => Float64Array.from(values);
  made.append({
    steps: column(steps),
    times: column(times),
    values: column(steps),
    total: steps.length,
    reduced: false,
  });
  return made;
}

describe('newestX', () => {
  it('is where the last point stands on each axis', () => {
    const made = series([0, 10], [5000, 9000]);
    assert.equal(newestX(made, 'step', 1000), 10);
    assert.equal(newestX(made, 'time', 1000), 9000);
    assert.equal(newestX(made, 'relative', 1000), 8);
  });

  it('is nowhere without a point', () => {
    assert.equal(newestX(new Series(), 'step', 0), -Infinity);
  });
});

describe('movedTo', () => {
  it('keeps the width and moves forward only', () => {
    assert.deepEqual(movedTo({ min: 10, max: 30 }, 45), { min: 25, max: 45 });
    const range = { min: 10, max: 30 };
    assert.equal(movedTo(range, 30), range);
    assert.equal(movedTo(range, -Infinity), range);
    assert.equal(movedTo(range, NaN), range);
  });
});
