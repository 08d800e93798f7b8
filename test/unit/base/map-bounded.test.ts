import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { mapBounded } from '../../../src/base/map-bounded.js';

describe('mapBounded', () => {
  it('keeps the order of the items, and works on so many at a time', async () => {
    let [now, most] = [0, 0];
    const results = await mapBounded([30, 1, 20, 1, 10], 2, async (item) => {
      most = Math.max(most, ++now);
      await sleep(item);
      now--;
      return item * 2;
    });
    assert.deepEqual(results, [60, 2, 40, 2, 20]);
    assert.equal(most, 2);
  });

  it('begins nothing after a failure', async () => {
    const begun: number[] = [];
    const mapped = mapBounded([1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      await sleep(item * 5);
      if (item === 1) throw new Error('one failed');
    });
    await assert.rejects(mapped, /one failed/);
    await sleep(50);
    assert.deepEqual(begun, [1, 2]);
  });
});
