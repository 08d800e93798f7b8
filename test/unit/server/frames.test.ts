import assert from 'node:assert/strict';
import { Frame, Frames } from '../../../src/server/frames.js';

describe('frames', () => {
  it('give arrays that share nothing, also when there is no room left', () => {
    const frame = new Frame();
    for (const round of [1, 2, 3]) {
      const arrays = [3, 0, 5, 2].map((length) => frame.take(length).fill(round * length));
      assert.deepEqual(
        arrays.map((array) => [...array]),
        [3, 0, 5, 2].map((length) => new Array<number>(length).fill(round * length)),
      );
      frame.clear();
    }
  });

  it('are used again with room for what was taken, one after another', () => {
    const frames = new Frames();
    const first = frames.borrow();
    first.take(100);
    frames.giveBack(first);
    const second = frames.borrow();
    const [a, b] = [second.take(60), second.take(40)];
    assert.equal(a.buffer, b.buffer);
    assert.notEqual(frames.borrow(), second, 'while it is lent');
  });

  it('keep no more than 8 MB each', () => {
    const frame = new Frame();
    frame.take(20_000_000);
    frame.clear();
    assert.equal(frame.take(1).buffer.byteLength, 8 * 1024 * 1024);
  });
});
