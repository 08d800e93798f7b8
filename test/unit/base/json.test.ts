import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { jsonLines } from '../../../src/base/json.js';

describe('a stream of JSON lines', () => {
  it('is read the same however it is cut, without empty lines and what is unfinished', async () => {
    const whole = Buffer.from('{"a":"ä→"}\n\n  \n[1,2]\r\n"end"\n{"unfini');
    for (let size = 1; size <= whole.length; size++) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size));
      const values: unknown[] = [];
      for await (const value of jsonLines(Readable.from(chunks))) values.push(value);
      assert.deepEqual(values, [{ a: 'ä→' }, [1, 2], 'end'], String(size));
    }
  });
});
