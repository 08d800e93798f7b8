import assert from 'node:assert/strict';
import { type Around, placeCompanion, placeMain } from '../../../webview/charts/tooltip-place.js';

/** A plot of 380 px in a page of 1200. */
const chart = (at: number, left = 400): Around => ({
  at,
  area: { left: 50, width: 320 },
  width: 380,
  page: { left: -left, right: 1200 - left },
});
const never = () => assert.fail('not to be measured');

describe('the tooltip where the pointer is', () => {
  it('stands where its plot has more room, over the next chart when it is long', () => {
    assert.deepEqual(placeMain(chart(100), never), { isRight: true, maxWidth: 420 });
    assert.deepEqual(placeMain(chart(300, 700), never), { isRight: false, maxWidth: 420 });
  });

  it('stands on the other side when the page ends before its text does', () => {
    assert.deepEqual(
      placeMain(chart(200, 800), () => 250),
      { isRight: false, maxWidth: 420 },
    );
    assert.deepEqual(
      placeMain(chart(200, 800), () => 150),
      { isRight: true, maxWidth: 180 },
    );
  });

  it('is shortened where neither side has the room', () => {
    const alone: Around = { ...chart(200, 0), page: { left: 0, right: 400 } };
    assert.deepEqual(
      placeMain(alone, () => 300),
      { isRight: true, maxWidth: 180 },
    );
  });
});

describe('the tooltips of the other charts', () => {
  it('may reach over the edges of the charts beside, and not out of the page', () => {
    assert.deepEqual(placeCompanion(chart(200)), { isRight: true, maxWidth: 216 });
    assert.deepEqual(placeCompanion(chart(200, 800)), { isRight: true, maxWidth: 180 });
    assert.deepEqual(placeCompanion(chart(210)), { isRight: false, maxWidth: 218 });
    assert.deepEqual(placeCompanion(chart(210, 16)), { isRight: false, maxWidth: 206 });
  });

  it('stand on one side whatever the page leaves, so that none lies over another', () => {
    assert.deepEqual(placeCompanion(chart(200, 840)), { isRight: true, maxWidth: 140 });
  });
});
