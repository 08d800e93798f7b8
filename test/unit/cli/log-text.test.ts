import assert from 'node:assert/strict';
import { asShown } from '../../../src/cli/log-text.js';

async function parts(chunks: readonly string[], isLive = false): Promise<string[]> {
  async function* bytes() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const all: string[] = [];
  for await (const part of asShown(bytes(), isLive)) all.push(part);
  return all;
}
const text = async (...chunks: string[]) => (await parts(chunks)).join('');

describe('a log for a pipe', () => {
  it('has plain output as it is', async () => {
    for (const plain of [
      '',
      'one',
      'one\n',
      'one\n\n\ntwo\n',
      'a\tb\tc\n',
      `${'x'.repeat(100_000)}\n`,
      '字\n',
    ])
      assert.equal(await text(plain), plain);
  });

  it('has each progress bar once, as it was last, without colours', async () => {
    assert.equal(await text('\r 10%', '\r 50%', '\r100%\nnext\n'), '100%\nnext\n');
    assert.equal(
      await text('outer 0%\ninner 10%\u001B[A', '\r\u001B[32mouter 50%\u001B[0m\n\rinner 90%\n'),
      'outer 50%\ninner 90%\n',
    );
  });

  it('tells lines as they end while it is followed', async () => {
    assert.deepEqual(await parts(['one\ntw', 'o\nthree'], true), ['one\n', 'two\n', 'three']);
  });

  it('tells a line again that was changed after it was told, and then waits longer', async () => {
    const nested = [
      'outer 0%\ninner 10%',
      '\u001B[A\router 50%',
      '\n\rinner 90%\u001B[A',
      '\router 99%\n\n',
      'done\n',
    ];
    assert.deepEqual(await parts(nested, true), ['outer 0%\n', 'outer 99%\n', 'inner 90%\n', 'done\n']);
  });
});
