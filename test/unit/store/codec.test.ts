import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decode, encode } from '../../../src/server/store/codec.js';

describe('codec of columns', () => {
  const size = (...values: number[]) => encode([Float64Array.from(values)]).length;
  const back = (...columns: number[][]) =>
    decode(
      encode(columns.map((column) => Float64Array.from(column))),
      columns.length,
      columns[0]?.length ?? 0,
    );

  it('gives back every bit of every number', () => {
    const number = fc.oneof(
      fc.double(),
      fc.float(),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 2 ** 50, -(2 ** 50), 2 ** 53, 2 ** 63, 5e-324),
    );
    const columns = fc
      .nat({ max: 200 })
      .chain((length) =>
        fc.tuple(...Array(3).fill(fc.array(number, { minLength: length, maxLength: length }))),
      );
    fc.assert(
      fc.property(columns, (given) => {
        const got = back(...(given as number[][]));
        given.forEach((column, c) =>
          (column as number[]).forEach((value, i) => assert.ok(Object.is(got[c]?.[i], value))),
        );
      }),
    );
  });

  it('gives back whole numbers near a line, wherever it goes', () => {
    const line = fc.record({
      base: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
      step: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      noise: fc.array(fc.integer({ min: -70_000, max: 70_000 }), { minLength: 1, maxLength: 300 }),
    });
    fc.assert(
      fc.property(line, ({ base, step, noise }) => {
        const column = noise.map((above, i) => base + Math.round(step * i) + above + 0);
        assert.deepEqual([...(back(column)[0] as Float64Array)], column);
      }),
    );
  });

  it('spends no byte on a point of steps that go up evenly', () => {
    const steps = Array.from({ length: 1024 }, (_, i) => 500 + 10 * i);
    assert.equal(size(...steps), size(500));
  });

  it('spends four bytes on what came from single precision, eight on the rest', () => {
    const values = Array.from({ length: 1000 }, () => Math.random());
    assert.equal(size(...values.map(Math.fround)), 4001);
    assert.equal(size(...values), 8001);
  });

  it('refuses bytes that it did not write', () => {
    assert.throws(() => decode(Uint8Array.of(77), 1, 1), RangeError);
    assert.throws(() => decode(encode([Float64Array.of(1, 9, 4)]).subarray(0, -1), 1, 3), RangeError);
  });
});
