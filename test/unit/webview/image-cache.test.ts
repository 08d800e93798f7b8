import assert from 'node:assert/strict';
import type { FromCharts } from '../../../src/panels/messages.js';
import { ImageCache } from '../../../webview/charts/image-cache.js';

describe('ImageCache', () => {
  let asked: string[];
  let cache: ImageCache;
  let settled: string[];

  beforeEach(() => {
    asked = [];
    settled = [];
    cache = new ImageCache((message: FromCharts) => {
      if (message.type === 'fetchImage') asked.push(message.path);
    });
  });

  const want = (path: string, owner: object = { path }) =>
    cache.want(owner, {
      runId: 'r',
      path,
      settle: () => settled.push(path),
      fail: (message) => settled.push(`${path}: ${message}`),
    });
  const answer = (path: string, size = 10) =>
    cache.receive({ type: 'image', runId: 'r', path, bytes: new Uint8Array(size) });

  it('asks for a few at a time, and for each once', () => {
    for (const path of ['a', 'b', 'a', 'c', 'd', 'e', 'f']) want(path);
    assert.deepEqual(asked, ['a', 'b', 'c', 'd']);
    answer('a');
    assert.deepEqual(settled, ['a', 'a']);
    assert.deepEqual(asked, ['a', 'b', 'c', 'd', 'e']);
    want('a');
    assert.deepEqual(settled, ['a', 'a', 'a']);
    assert.equal(asked.length, 5);
  });

  it('leaves what is not wanted any more before it is asked for', () => {
    for (const path of ['a', 'b', 'c', 'd']) want(path);
    const slider = {};
    for (const path of ['1', '2', '3']) want(path, slider);
    const gone = {};
    want('gone', gone);
    cache.leave(gone);
    answer('a');
    answer('b');
    assert.deepEqual(asked, ['a', 'b', 'c', 'd', '3']);
  });

  it('says why there is none, and goes on', () => {
    for (const path of ['a', 'b', 'c', 'd', 'e']) want(path);
    cache.receive({ type: 'image', runId: 'r', path: 'a', error: { code: 'NOT_FOUND', message: 'Lost.' } });
    assert.deepEqual(settled, ['a: Lost.']);
    assert.equal(asked.at(-1), 'e');
    assert.equal(cache.get('r', 'a'), undefined);
  });

  it('asks again for what a host that is gone was asked for', () => {
    want('a');
    cache.restart();
    assert.deepEqual(asked, ['a', 'a']);
    answer('a');
    assert.deepEqual(settled, ['a']);
  });

  it('gives up what was used longest ago, by number and by bytes', () => {
    for (let i = 0; i < 200; i++) {
      want(`${i}`);
      answer(`${i}`);
    }
    assert.ok(cache.get('r', '0'));
    want('new');
    answer('new');
    assert.ok(cache.get('r', '0'), 'it was used');
    assert.equal(cache.get('r', '1'), undefined);
    want('large');
    answer('large', 64e6);
    assert.equal(cache.get('r', '0'), undefined);
    assert.ok(cache.get('r', 'large'));
  });
});
