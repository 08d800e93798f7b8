import assert from 'node:assert/strict';
import type { Curve } from '../../../webview/charts/curve.js';
import { nearestRow, rowsAt, windowOf } from '../../../webview/charts/readout.js';
import { looksOf } from '../../../webview/charts/palette.js';

function curve(x: number[], y: number[]): Curve {
  return { x: Float64Array.from(x), y: Float64Array.from(y), length: x.length, origin: 0, unit: 1 };
}

describe('rowsAt', () => {
  it('gives the nearest point of each run, greatest value first and NaN last', () => {
    const rows = rowsAt(
      [
        ['low', curve([0, 10], [1, 2])],
        ['gone', curve([0, 10], [1, NaN])],
        ['high', curve([0, 9], [1, 7])],
        ['over', curve([0, 10], [1, Infinity])],
      ],
      8.9,
      2,
    );
    assert.deepEqual(
      rows.map(({ runId, x, value }) => [runId, x, value]),
      [
        ['over', 10, Infinity],
        ['high', 9, 7],
        ['low', 10, 2],
        ['gone', 10, NaN],
      ],
    );
  });

  it('leaves out runs that ended before', () => {
    assert.deepEqual(rowsAt([['ended', curve([0, 5], [1, 1])]], 8, 1), []);
    assert.equal(rowsAt([['ended', curve([0, 5], [1, 1])]], 5.5, 1).length, 1);
  });
});

describe('nearestRow', () => {
  const rows = rowsAt(
    [
      ['a', curve([0, 1], [10, 10])],
      ['b', curve([0, 1], [20, 20])],
    ],
    0,
    0,
  );
  it('finds the nearest within reach', () => {
    assert.equal(nearestRow(rows, (row) => Math.abs(row.value - 13), 5)?.runId, 'a');
    assert.equal(
      nearestRow(rows, (row) => Math.abs(row.value - 15.1), 3),
      undefined,
    );
  });
});

describe('windowOf', () => {
  const rows = Array.from({ length: 10 }, (_, i) => ({ runId: `r${i}`, index: 0, x: 0, value: -i }));
  it('keeps the highlighted run in sight and counts the others', () => {
    const { rows: shown, above, below } = windowOf(rows, 'r7', 4);
    assert.deepEqual(
      shown.map(({ runId }) => runId),
      ['r5', 'r6', 'r7', 'r8'],
    );
    assert.deepEqual([above, below], [5, 1]);
  });
  it('starts at the top without one, and shows all where there is room', () => {
    assert.deepEqual(windowOf(rows, undefined, 3).above, 0);
    assert.equal(windowOf(rows, 'r0', 99).rows.length, 10);
  });
});

describe('looksOf', () => {
  it('gives a colour by number, and dashes to those that share one', () => {
    const looks = looksOf([3, 13, 4, 23].map((number) => ({ id: `r${number}`, number })));
    assert.deepEqual(
      [...looks.values()],
      [
        { colour: 3, dash: 0 },
        { colour: 3, dash: 1 },
        { colour: 4, dash: 0 },
        { colour: 3, dash: 2 },
      ],
    );
  });
});
