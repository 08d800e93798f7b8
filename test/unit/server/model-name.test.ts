import assert from 'node:assert/strict';
import { problemOfModelName } from '../../../src/server/models/name.js';

describe('the name of a registered model', () => {
  for (const [name, problem] of [
    ['digits', undefined],
    ['Ünï cödé 学習.v2', undefined],
    ['𝛼'.repeat(256), undefined],
    ['', 'empty'],
    [' \t', 'empty'],
    ['a/b', 'separator'],
    ['models:a', 'separator'],
    ['..', 'path'],
    ['.', 'path'],
    ['𝛼'.repeat(257), 'long'],
    ['.'.repeat(400_000), 'long'],
  ] as const)
    it(`${JSON.stringify(name.slice(0, 20))}${name.length > 20 ? ` (${name.length})` : ''} is ${problem ?? 'fine'}`, () =>
      assert.equal(problemOfModelName(name), problem));
});
