import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Redraw } from '../../../webview/charts/redraw.js';

describe('drawing the charts of a page', () => {
  let now: number;
  let frames: (() => void)[];
  let drawn: string[];

  /** What was asked for a frame is called once, as browsers do it. */
  function frame(): void {
    const asked = frames;
    frames = [];
    for (const call of asked) call();
  }
  const chart = (name: string, ms: number, then?: () => void) =>
    new Redraw(() => {
      drawn.push(name);
      now += ms;
      then?.();
    });

  beforeEach(() => {
    now = 1000;
    frames = [];
    drawn = [];
    mock.method(performance, 'now', () => now);
    Object.assign(globalThis, { requestAnimationFrame: (call: () => void) => frames.push(call) });
  });
  afterEach(() => {
    mock.restoreAll();
    Reflect.deleteProperty(globalThis, 'requestAnimationFrame');
  });

  it('takes so much of a frame, and goes on in the next', () => {
    for (const name of ['a', 'b', 'c']) chart(name, 8).now();
    frame();
    assert.deepEqual(drawn, ['a', 'b']);
    frame();
    assert.deepEqual(drawn, ['a', 'b', 'c']);
    assert.equal(frames.length, 0);
  });

  it('draws a chart once however often it was asked to, and not one that was taken away', () => {
    const [a, b] = [chart('a', 1), chart('b', 1)];
    a.now();
    b.now();
    a.now();
    b.cancel();
    frame();
    frame();
    assert.deepEqual(drawn, ['a']);
  });

  it('lets none wait for one that always wants to be drawn', () => {
    const busy = chart('busy', 20, () => busy.now());
    busy.now();
    chart('other', 1).now();
    frame();
    frame();
    busy.cancel();
    assert.deepEqual(drawn, ['busy', 'other', 'busy']);
    frame();
  });
});
