import assert from 'node:assert/strict';
import { columnWindow, indexAt, offsetsOf, rowWindow, scrollTo } from '../../../../webview/table/window.js';

describe('the rows in sight', () => {
  it('are those of the window and some more', () => {
    assert.deepEqual(rowWindow(1000, 100, 20, 10_000, 3), { first: 47, end: 58 });
  });

  it('end with the list, and are none of an empty one', () => {
    assert.deepEqual(rowWindow(0, 500, 20, 4, 6), { first: 0, end: 4 });
    assert.deepEqual(rowWindow(0, 500, 20, 0, 6), { first: 0, end: 0 });
    // The list became short under a window far down.
    assert.deepEqual(rowWindow(9000, 500, 20, 4, 6), { first: 4, end: 4 });
  });
});

describe('the columns in sight', () => {
  const offsets = offsetsOf([100, 50, 200, 80]);

  it('begin and end where columns do', () => {
    assert.deepEqual(offsets, [0, 100, 150, 350, 430]);
    assert.deepEqual(
      [0, 99, 100, 349, 1000].map((x) => indexAt(offsets, x)),
      [0, 0, 1, 2, 4],
    );
  });

  it('are all that touch the window', () => {
    assert.deepEqual(columnWindow(offsets, 0, 100), { first: 0, end: 1 });
    assert.deepEqual(columnWindow(offsets, 120, 100), { first: 1, end: 3 });
    assert.deepEqual(columnWindow(offsets, 300, 500), { first: 2, end: 4 });
    assert.deepEqual(columnWindow([0], 0, 500), { first: 0, end: 0 });
  });
});

describe('scrolling to something', () => {
  it('moves as little as it can, and not at all when it is in sight', () => {
    assert.equal(scrollTo(50, 70, 40, 100), 40);
    assert.equal(scrollTo(20, 40, 40, 100), 20);
    assert.equal(scrollTo(200, 220, 40, 100), 120);
    assert.equal(scrollTo(200, 600, 40, 100), 200);
  });
});
