import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Columns, order, range, slice, take } from '../../../src/base/series/columns.js';
import type { Span } from '../../../src/server/store/blocks.js';
import { History } from '../../../src/server/store/history.js';

const point = fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 5 }), fc.integer({ min: -3, max: 3 }));

/** Times go up on the whole, with a few that come late. */
const series = fc.array(point, { maxLength: 120 }).map((points): Columns => ({
  times: Float64Array.from(points, ([late], i) => (late > 36 ? Math.max(i - late, 0) : i >> 1)),
  steps: Float64Array.from(points, ([, step], i) => i + step),
  values: Float64Array.from(points, ([, , value]) => value),
}));

function partsOf(columns: Columns, count: number): Span[] {
  const parts: Span[] = [];
  for (let first = 0; first < columns.steps.length; first += count) {
    const part = slice(columns, first, first + count);
    const [steps, times] = [range(part.steps), range(part.times)];
    const [min_step, max_step, min_time, max_time] = [steps.min, steps.max, times.min, times.max];
    parts.push({ first, count: part.steps.length, min_step, max_step, min_time, max_time });
  }
  return parts;
}

describe('history of a metric', () => {
  it('reads any stretch of the order by time, step and value', () => {
    fc.assert(
      fc.property(series, fc.nat({ max: 120 }), fc.nat({ max: 120 }), (columns, a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const history = new History(partsOf(columns, 10), (...at) => slice(columns, ...at));
        const all = take(columns, order(columns));
        assert.deepEqual(history.read(), all);
        assert.deepEqual(history.read(from, to), slice(all, from, to));
      }),
    );
  });

  it('reads only the blocks of the stretch', () => {
    const steps = Float64Array.from({ length: 1000 }, (_, i) => i);
    const columns = { steps, times: steps.map((step) => Math.floor(step / 7)), values: steps };
    const loaded: number[] = [];
    const history = new History(partsOf(columns, 10), (from, to) => {
      loaded.push(from);
      return slice(columns, from, to);
    });
    history.read(500, 520);
    assert.deepEqual(loaded, [500, 510]);
  });
});
