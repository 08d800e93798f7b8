import assert from 'node:assert/strict';
import fc from 'fast-check';
import { landmarks, pickSample, type Sample, sampleOf, within } from '../../../src/base/series/landmarks.js';

const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(NaN, Infinity, -Infinity));
const series = fc.array(value, { minLength: 1, maxLength: 300 }).map((values) => sampleFrom(values));

function sampleFrom(values: number[]): Sample {
  const steps = Float64Array.from(values, (_, i) => 3 * i);
  return sampleOf(0, { steps, times: steps, values: Float64Array.from(values) });
}

describe('landmarks', () => {
  it('keeps first, least, greatest, last and what is no number of each bucket, and little else', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 50 }), (sample, size) => {
        const kept = pickSample([sample], landmarks([sample], size));
        for (let from = 0; from < sample.values.length; from += size) {
          const all = within(sample, { from, to: from + size, fromStep: -Infinity, toStep: Infinity });
          const few = within(kept, { from, to: from + size, fromStep: -Infinity, toStep: Infinity });
          const finite = (values: Float64Array) => [...values].filter(Number.isFinite);
          assert.ok(few.values.length <= 5);
          assert.equal(few.positions[0], all.positions[0]);
          assert.equal(few.positions.at(-1), all.positions.at(-1));
          assert.equal(Math.min(...finite(few.values)), Math.min(...finite(all.values)));
          assert.equal(Math.max(...finite(few.values)), Math.max(...finite(all.values)));
          assert.equal(few.values.every(Number.isFinite), all.values.every(Number.isFinite));
        }
      }),
    );
  });

  it('is the same from landmarks as from points', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 10 }));
    fc.assert(
      fc.property(series, sizes, (sample, [size, times]) => {
        const direct = pickSample([sample], landmarks([sample], size * times));
        const once = pickSample([sample], landmarks([sample], size));
        assert.deepEqual(pickSample([once], landmarks([once], size * times)), direct);
      }),
    );
  });

  it('is the same from parts as from the whole', () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 5 });
    fc.assert(
      fc.property(series, cuts, fc.integer({ min: 1, max: 50 }), (sample, at, size) => {
        const ends = [0, ...at.toSorted((a, b) => a - b), 300];
        const parts = ends.map((from, i) =>
          within(sample, { from, to: ends[i + 1] ?? 300, fromStep: -Infinity, toStep: Infinity }),
        );
        assert.deepEqual(landmarks(parts, size), landmarks([sample], size));
      }),
    );
  });
});
