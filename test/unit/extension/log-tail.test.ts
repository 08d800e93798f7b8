import assert from 'node:assert/strict';
import { LogTail } from '../../../src/extension/log/log-tail.js';

function tailOf(chunks: readonly string[], most = 100): LogTail {
  const tail = new LogTail(most);
  for (const chunk of chunks) tail.push(Buffer.from(chunk, 'latin1'));
  return tail;
}

describe('the end of a log', () => {
  it('keeps the last lines, and knows that there were others', () => {
    const tail = tailOf(['a\nb\nc\n', 'd\ne'], 3);
    assert.equal(tail.text, 'b\nc\nd\ne');
    assert.equal(tail.isCut, true);
    assert.equal(tail.first, 1);
    const long = tailOf(
      Array.from({ length: 1000 }, (_, i) => `${i}\n`),
      3,
    );
    assert.deepEqual([long.first, long.text], [997, '997\n998\n999']);
    assert.equal(tailOf(['a\nb\n'], 3).isCut, false);
  });

  it('has no colours, wherever a chunk ends', () => {
    assert.equal(tailOf(['\u001B[3', '1mred\u001B[0m\n']).text, 'red');
  });

  it('has of a progress bar what it shows last', () => {
    assert.equal(tailOf(['10%\r20%\r', '30%\r']).text, '30%');
    assert.equal(tailOf(['10%\r20%\n', 'done\r\n']).text, '20%\ndone');
    assert.equal(tailOf(['one\r', '\ntwo']).text, 'one\ntwo');
  });

  it('puts characters together that a chunk cut', () => {
    const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
    const tail = new LogTail(5);
    tail.push(first);
    tail.push(second);
    assert.equal(tail.text, 'é');
  });
});
