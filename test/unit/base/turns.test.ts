import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Turns } from '../../../src/base/turns.js';

describe('turns', () => {
  const never = new AbortController().signal;

  it('are as many as may go on at once, in the order in which they were asked for', async () => {
    const turns = new Turns(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3].map((n) =>
      turns.take(never, async () => {
        begun.push(n);
        await new Promise<void>((resolve) => (ends[n] = resolve));
        return n;
      }),
    );
    await setImmediate();
    assert.deepEqual(begun, [0, 1]);
    ends[1]?.();
    await all[1];
    await setImmediate();
    assert.deepEqual(begun, [0, 1, 2]);
    ends[0]?.();
    ends[2]?.();
    await all[2];
    await setImmediate();
    ends[3]?.();
    assert.deepEqual(await Promise.all(all), [0, 1, 2, 3]);
  });

  it('pass on when one fails', async () => {
    const turns = new Turns(1);
    const failed = turns.take(never, () => Promise.reject(new Error('no')));
    const next = turns.take(never, () => Promise.resolve('yes'));
    await assert.rejects(failed, /no/);
    assert.equal(await next, 'yes');
  });

  it('are given up while waiting, and the others move up', async () => {
    const turns = new Turns(1);
    let end = () => {};
    const first = turns.take(never, () => new Promise<void>((resolve) => (end = resolve)));
    const controller = new AbortController();
    const second = turns.take(controller.signal, () => Promise.reject(new Error('must not begin')));
    const third = turns.take(never, () => Promise.resolve('third'));
    controller.abort(new Error('given up'));
    await assert.rejects(second, /given up/);
    await assert.rejects(
      turns.take(controller.signal, () => Promise.resolve()),
      /given up/,
    );
    end();
    await first;
    assert.equal(await third, 'third');
    assert.equal(await turns.take(never, () => Promise.resolve('free again')), 'free again');
  });
});
