import assert from 'node:assert/strict';
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDifference,
  formatDuration,
  formatsIn,
  formatTime,
  formatValue,
  isoTime,
} from '../../../src/base/format.js';

/** One test for each row: the input, the text in English. */
function table(name: string, format: (input: number) => string, rows: readonly [number, string][]): void {
  describe(name, () => {
    for (const [input, text] of rows)
      it(`${Object.is(input, -0) ? '-0' : input} → ${text}`, () => assert.equal(format(input), text));
  });
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOT_FINITE: readonly [number, string][] = [
  [NaN, 'NaN'],
  [Infinity, '∞'],
  [-Infinity, '−∞'],
];

table('formatValue', (value) => formatValue(value), [
  ...NOT_FINITE,
  [0, '0'],
  [-0, '0'],
  [0.5, '0.5'],
  [0.123456789, '0.12346'],
  [-2.5, '−2.5'],
  [42, '42'],
  [999.5, '999.5'],
  [999.9996, '1,000'],
  [1000, '1,000'],
  [1234.5678, '1,234.568'],
  [12_345.678, '12,345.68'],
  [9_999_999, '9,999,999'],
  [9_999_999.7, '1e7'],
  [12_345_678, '1.235e7'],
  [-2.5e9, '−2.5e9'],
  [1e15, '1e15'],
  [Number.MAX_VALUE, '1.798e308'],
  [0.0001, '0.0001'],
  [0.0000999999, '0.0001'],
  [0.00009999, '9.999e−5'],
  [0.000012345, '1.235e−5'],
  [5e-324, '5e−324'],
  [-5e-324, '−5e−324'],
]);

table('formatCount', (count) => formatCount(count), [
  ...NOT_FINITE,
  [0, '0'],
  [-0, '0'],
  [1, '1'],
  [999.5, '999.5'],
  [1000, '1,000'],
  [1_234_567, '1,234,567'],
  [12_345_678, '12,345,678'],
  [-1500, '−1,500'],
  [1.23456, '1.235'],
  [-0.0001, '0'],
  [5e-324, '0'],
  [999_999_999_999_999, '999,999,999,999,999'],
  [1e15, '1e15'],
  [1e308, '1e308'],
]);

table('formatDifference', (difference) => formatDifference(difference), [
  [NaN, 'NaN'],
  [Infinity, '+∞'],
  [-Infinity, '−∞'],
  [0, '0'],
  [-0, '0'],
  [0.012345, '+0.0123'],
  [-4.5, '−4.5'],
  [1234.5, '+1,230'],
  [5e-324, '+5e−324'],
]);

table('formatBytes', (bytes) => formatBytes(bytes), [
  ...NOT_FINITE,
  [0, '0 B'],
  [-0, '0 B'],
  [0.4, '0 B'],
  [5e-324, '0 B'],
  [1, '1 B'],
  [999, '999 B'],
  [999.4, '999 B'],
  [999.5, '1 kB'],
  [1000, '1 kB'],
  [1024, '1 kB'],
  [3400, '3.4 kB'],
  [-3400, '−3.4 kB'],
  [99_499, '99 kB'],
  [99_500, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [1_234_567, '1.2 MB'],
  [120e6, '120 MB'],
  [1e9, '1 GB'],
  [1e12, '1 TB'],
  [999.5e12, '1 PB'],
  [1e15, '1 PB'],
  [1e18, '1,000 PB'],
  [1e308, '1e293 PB'],
]);

table('formatDuration', (milliseconds) => formatDuration(milliseconds), [
  ...NOT_FINITE,
  [0, '0s'],
  [-0, '0s'],
  [5e-324, '0s'],
  [-5e-324, '0s'],
  [0.25, '0.25ms'],
  [250, '250ms'],
  [999.4, '999ms'],
  [999.5, '1s'],
  [1000, '1s'],
  [1250, '1.25s'],
  [9996, '10s'],
  [12_000, '12s'],
  [12_340, '12.3s'],
  [59.94 * SECOND, '59.9s'],
  [59.96 * SECOND, '1m'],
  [65 * SECOND, '1m 05s'],
  [-30 * SECOND, '−30s'],
  [-65 * SECOND, '−1m 05s'],
  [185 * SECOND, '3m 05s'],
  [HOUR - 600, '59m 59s'],
  [HOUR - 400, '1h'],
  [HOUR + 125 * SECOND, '1h 02m'],
  [2 * HOUR - SECOND, '2h'],
  [8040 * SECOND, '2h 14m'],
  [DAY - SECOND, '1d'],
  [DAY + HOUR, '1d 1h'],
  [76 * HOUR, '3d 4h'],
  [2 * DAY - MINUTE, '2d'],
  [999 * DAY + HOUR, '999d 1h'],
  [1000 * DAY + HOUR, '1,000d'],
  [1e15, '1.157e7d'],
  [Number.MAX_VALUE, '2.081e300d'],
]);

const NOW = 1_700_000_000_000;
table('formatAge, of a time so many ms ago', (age) => formatAge(NOW - age, NOW), [
  [0, 'now'],
  [MINUTE - 1, 'now'],
  [MINUTE, '1m ago'],
  [65 * SECOND, '1m ago'],
  [HOUR - 1, '59m ago'],
  [HOUR, '1h ago'],
  [DAY, '1d ago'],
  [8 * DAY, '1w ago'],
  [30 * DAY, '1mo ago'],
  [365 * DAY, '1y ago'],
  [-MINUTE + 1, 'now'],
  [-MINUTE, 'in 1m'],
  [-HOUR - 1, 'in 1h'],
  [-3 * DAY, 'in 3d'],
  [NaN, 'NaN ms'],
  [Infinity, '−∞ ms'],
  [-Infinity, '∞ ms'],
  [-1e16, '1e16 ms'],
]);

describe('formatTime', () => {
  const time = new Date(2026, 2, 3, 14, 5, 9).getTime();

  it('shows the date and 24 hours', () => assert.equal(formatTime(time), 'Mar 3, 2026, 14:05:09'));
  it('shows midnight as 00', () =>
    assert.equal(formatTime(new Date(2026, 2, 3).getTime()), 'Mar 3, 2026, 00:00:00'));
  it('shows a number that is no date as a number', () => {
    assert.equal(formatTime(1e16), '1e16 ms');
    assert.equal(formatTime(NaN), 'NaN ms');
  });
  it('is ISO 8601 for programs', () => {
    assert.equal(isoTime(0), '1970-01-01T00:00:00.000Z');
    assert.equal(isoTime(8.64e15), '+275760-09-13T00:00:00.000Z');
    assert.equal(isoTime(8.64e15 + 2), '8640000000000002');
    assert.equal(isoTime(NaN), 'NaN');
  });
});

describe('formatting in a locale', () => {
  const german = formatsIn('de');

  it('follows it for numbers, sizes and counts', () => {
    assert.equal(german.formatValue(-1234.5), '−1.234,5');
    assert.equal(german.formatValue(0.00001234), '1,234e−5');
    assert.equal(german.formatCount(1_000_000), '1.000.000');
    assert.equal(german.formatDifference(0.5), '+0,5');
    assert.equal(german.formatBytes(3400), '3,4 kB');
  });

  it('follows it for durations, ages and dates', () => {
    assert.equal(german.formatDuration(65_000), '1 Min. 05 Sek.');
    assert.equal(german.formatDuration(1e15), '1,157e7 T');
    assert.equal(german.formatAge(NOW - 3 * DAY, NOW), 'vor 3 Tagen');
    assert.equal(german.formatAge(NOW, NOW), 'jetzt');
    assert.equal(german.formatTime(new Date(2026, 2, 3, 14, 5, 9).getTime()), '03.03.2026, 14:05:09');
  });

  it('writes numbers with its own digits', () => {
    assert.match(formatsIn('ar-EG').formatDuration(1e11), /١٬١٥٧/);
  });

  it('refuses a malformed tag', () => {
    assert.throws(() => formatValue(0.5, 'en_US.UTF-8'), RangeError);
  });
});
