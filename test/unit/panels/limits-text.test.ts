import assert from 'node:assert/strict';
import { parseLimits, writeLimits } from '../../../src/panels/limits-text.js';

describe('limits as text', () => {
  it('are two numbers, of which one may be left out', () => {
    assert.deepEqual(parseLimits('0, 1'), { min: 0, max: 1 });
    assert.deepEqual(parseLimits('-1e-4,2.5'), { min: -1e-4, max: 2.5 });
    assert.deepEqual(parseLimits(', 1'), { max: 1 });
    assert.deepEqual(parseLimits('0,'), { min: 0 });
    assert.deepEqual(parseLimits('  '), {});
    assert.deepEqual(parseLimits(','), {});
  });

  it('are not anything else', () => {
    for (const text of ['1', '0 1', 'a, b', '0, 1, 2', '0, Infinity', 'NaN, 1'])
      assert.equal(parseLimits(text), 'form', text);
    assert.equal(parseLimits('1, 1'), 'order');
    assert.equal(parseLimits('2, 1'), 'order');
  });

  it('are read as they were written', () => {
    for (const limits of [{}, { min: 0 }, { max: -1e-9 }, { min: 0.1, max: 12 }])
      assert.deepEqual(parseLimits(writeLimits(limits)), limits);
    assert.equal(writeLimits({ max: 1 }), ', 1');
  });
});
