import assert from 'node:assert/strict';
import { formatBytes } from '../../../src/base/bytes.js';
import { formatAge, formatDuration, formatValue } from '../../../src/extension/format.js';

describe('numbers for people', () => {
  it('show four significant digits', () => {
    assert.equal(formatValue(0.97312345), '0.9731');
    assert.equal(formatValue(12345.678), '12350');
    assert.equal(formatValue(0.5), '0.5');
    assert.equal(formatValue(42), '42');
    assert.equal(formatValue(0), '0');
  });

  it('show very small and large values by their exponent', () => {
    assert.equal(formatValue(0.000012345), '1.234e-5');
    assert.equal(formatValue(-2.5e9), '-2.500e+9');
  });

  it('name what is no number', () => {
    assert.deepEqual([NaN, Infinity, -Infinity].map(formatValue), ['NaN', '∞', '-∞']);
  });

  it('show sizes with a fitting unit', () => {
    assert.deepEqual([0, 999, 1000, 1234567, 1e12].map(formatBytes), [
      '0 B',
      '999 B',
      '1 kB',
      '1.2 MB',
      '1 TB',
    ]);
  });
});

describe('times for people', () => {
  const now = 1_700_000_000_000;
  const ago = (ms: number, locale = 'en') => formatAge(now - ms, now, locale);

  it('show ages in the largest unit that fits', () => {
    assert.deepEqual(
      [5_000, 65_000, 7_200_000, 3 * 86_400_000].map((ms) => ago(ms)),
      ['now', '1m ago', '2h ago', '3d ago'],
    );
  });

  it('take a clock that is behind for now', () => {
    assert.equal(ago(-60_000), 'now');
  });

  it('follow the language of the editor', () => {
    assert.notEqual(ago(65_000, 'de'), ago(65_000));
  });

  it('show durations in two units', () => {
    const shown = [250, 12_000, 185_000, 3_600_000, 8_040_000, 273_600_000].map(formatDuration);
    assert.deepEqual(shown, ['250 ms', '12 s', '3 min 5 s', '1 h', '2 h 14 min', '3 d 4 h']);
  });

  it('carry when they are rounded', () => {
    assert.equal(formatDuration(3_599_900), '1 h');
    assert.equal(formatDuration(86_399_000), '1 d');
  });
});
