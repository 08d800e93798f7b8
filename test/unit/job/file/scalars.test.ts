import assert from 'node:assert/strict';
import { literalText, plainScalar } from '../../../../src/job/file/scalars.js';

describe('a plain scalar', () => {
  for (const [source, type, text] of [
    ['0.8', 'float', '0.8'],
    ['1.0', 'float', '1.0'],
    ['1e-3', 'string', '1e-3'],
    ['1.0e-3', 'float', '0.001'],
    ['1.0e-05', 'float', '1e-05'],
    ['1.5e+20', 'float', '1.5e+20'],
    ['123456789.0e+3', 'float', '123456789000.0'],
    ['-0.0', 'float', '-0.0'],
    ['.inf', 'float', 'inf'],
    ['012', 'integer', '10'],
    ['0x1F', 'integer', '31'],
    ['-0b11', 'integer', '-3'],
    ['1_000', 'integer', '1000'],
    ['1:30', 'integer', '90'],
    ['yes', 'boolean', 'True'],
    ['Off', 'boolean', 'False'],
    ['y', 'string', 'y'],
    ['~', 'null', ''],
    ['2024-01-31', 'timestamp', '2024-01-31'],
    ['08', 'string', '08'],
    ['rbf', 'string', 'rbf'],
  ] as const)
    it(`${source} is ${type === 'integer' ? 'an' : 'a'} ${type}, in a command ${text || 'nothing'}`, () => {
      const scalar = plainScalar(source);
      assert.equal(scalar.type, type);
      assert.equal(literalText(scalar), text);
    });
});
