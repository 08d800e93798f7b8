import assert from 'node:assert/strict';
import { joinArguments, splitArguments } from '../../../src/job/arguments.js';

describe('splitArguments', () => {
  for (const [line, args] of [
    ['', []],
    ['  --lr   0.1\t-v ', ['--lr', '0.1', '-v']],
    [`--name 'a b' "c d"`, ['--name', 'a b', 'c d']],
    [`x'y'"z"`, ['xyz']],
    [`'' ""`, ['', '']],
    [String.raw`a\ b "\"" '\'`, ['a b', '"', '\\']],
    ['$HOME *', ['$HOME', '*']],
  ] as const)
    it(`reads ${JSON.stringify(line)}`, () => assert.deepEqual(splitArguments(line), args));

  it('refuses a quote that is left open', () => {
    assert.throws(() => splitArguments(`a 'b`), RangeError);
    assert.throws(() => splitArguments('a "b'), RangeError);
  });

  it('reads what joinArguments writes', () => {
    const args = ['', 'a b', `it's`, '"', '\\', '$x', 'é', '--lr=0.1', 'new\nline'];
    assert.deepEqual(splitArguments(joinArguments(args)), args);
  });
});
