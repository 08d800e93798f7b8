import assert from 'node:assert/strict';
import { formatLogTick, formatStep, formatTick, formatTimeTicks } from '../../../webview/charts/format.js';

function table<T extends unknown[]>(
  name: string,
  format: (...args: T) => string,
  rows: [...T, string][],
): void {
  describe(name, () => {
    for (const row of rows) {
      const args = row.slice(0, -1) as unknown as T;
      it(`${args.join(', ')} → ${row.at(-1)}`, () => assert.equal(format(...args), row.at(-1)));
    }
  });
}

table('formatTick', formatTick, [
  [0, 0.5, '0'],
  [0.5, 0.1, '0.5'],
  [1, 0.25, '1.00'],
  [0.75, 0.25, '0.75'],
  [7.5e-5, 2.5e-5, '7.5e−5'],
  [2500, 500, '2500'],
  [25_000, 2500, '25.0k'],
  [0.001, 0.0002, '0.0010'],
  [12_000, 2000, '12k'],
  [12_500, 500, '12.5k'],
  [2_000_000, 500_000, '2.0M'],
  [0.00003, 0.00001, '3e−5'],
  [-20, 10, '−20'],
  [3000, 1000, '3000'],
]);

table('formatLogTick', formatLogTick, [
  [1, '1'],
  [0.002, '0.002'],
  [1e-6, '1e−6'],
  [10_000, '10000'],
  [1e6, '1e6'],
]);

table('formatStep', formatStep, [
  [0, '0'],
  [1_234_567, '1,234,567'],
]);

describe('formatTimeTicks', () => {
  const at = (hours: number, minutes = 0) => new Date(2026, 10, 20, hours, minutes).getTime();

  it('gives hours and minutes', () => {
    assert.deepEqual(formatTimeTicks([at(9), at(9, 30)], 1_800_000), ['09:00', '09:30']);
  });

  it('says when a new day begins', () => {
    assert.deepEqual(formatTimeTicks([at(18), at(24), at(30)], 21_600_000), ['18:00', 'Nov 21', '06:00']);
  });

  it('gives days alone where they are a day apart', () => {
    assert.deepEqual(formatTimeTicks([at(0), at(24)], 86_400_000), ['Nov 20', 'Nov 21']);
  });
});
