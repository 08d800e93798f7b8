import assert from 'node:assert/strict';
import {
  collapse,
  foldersOf,
  joinNul,
  parseIndex,
  parseRaw,
  shown,
  splitNul,
  topMost,
} from '../../../src/snapshot/listing.js';

describe('listing', () => {
  it('keeps every byte of a name, and shows it as text', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x0a, 0, 0xc3, 0xa9, 0]);
    const names = splitNul(bytes);
    assert.deepEqual(joinNul(names), bytes);
    assert.deepEqual(names.map(shown), ['a\ufffd\n', 'é']);
    assert.deepEqual(splitNul(Buffer.alloc(0)), []);
  });

  it('reads entries of an index; of an unmerged name the first', () => {
    const output = 'H 100644 aa 0\ta b\tc\0M 100644 bb 1\tx\0M 100644 cc 2\tx\0s 120000 dd 0\ty\n\0';
    assert.deepEqual(
      [...parseIndex(Buffer.from(output)).values()],
      [
        { name: 'a b\tc', tag: 'H', mode: '100644', oid: 'aa' },
        { name: 'x', tag: 'M', mode: '100644', oid: 'bb' },
        { name: 'y\n', tag: 's', mode: '120000', oid: 'dd' },
      ],
    );
  });

  it('reads raw differences, renames too, and names that look like one', () => {
    const output =
      ':100644 100755 aa bb M\0:odd\0:100644 100644 aa aa R100\0from\0to\0:100644 000000 aa 00 D\0z\0';
    const found = parseRaw(Buffer.from(output)).map(({ status, name, from }) => [status, name, from]);
    assert.deepEqual(found, [
      ['M', ':odd', undefined],
      ['R', 'to', 'from'],
      ['D', 'z', undefined],
    ]);
  });

  it('tells the folders above a name', () => {
    assert.deepEqual(foldersOf('a/b/c'), ['a/', 'a/b/']);
    assert.deepEqual(foldersOf('a/b/'), ['a/']);
    assert.deepEqual(foldersOf('a'), []);
  });

  it('keeps only the top of what is ignored', () => {
    assert.deepEqual(topMost(['b', 'a/', 'a/x', 'a/y/', 'ab', 'b']), ['a/', 'ab', 'b']);
  });

  it('lets a folder stand for its names when all of them are matched', () => {
    const all = ['a/b/1', 'a/b/2', 'a/c', 'd/e/f', 'g'];
    assert.deepEqual(collapse(new Set(['a/b/1', 'a/b/2', 'd/e/f', 'g']), all), ['a/b/', 'd/', 'g']);
    assert.deepEqual(collapse(new Set(['a/b/1']), all), ['a/b/1']);
    assert.deepEqual(collapse(new Set(), all), []);
  });
});
