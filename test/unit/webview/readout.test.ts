import assert from 'node:assert/strict';
import type { Curve } from '../../../webview/charts/curve.js';
import type { ChartLine } from '../../../webview/charts/lines.js';
import { nearestRow, type Row, rowsAt, windowOf } from '../../../webview/charts/readout.js';
import { looksOf } from '../../../webview/charts/palette.js';

function line(id: string, x: number[], y: number[], more: Partial<ChartLine> = {}): ChartLine {
  const curve: Curve = {
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    length: x.length,
    origin: 0,
    unit: 1,
  };
  const look = { colour: 0, dash: 0 };
  return {
    entry: { id, name: id, look, runs: [], isGroup: false },
    metric: 'loss',
    name: id,
    look,
    curve,
    ...more,
  };
}

const ids = (rows: readonly Row[]) => rows.map((row) => row.line.entry.id);

describe('rowsAt', () => {
  it('gives the nearest point of each run, greatest value first and NaN last', () => {
    const rows = rowsAt(
      [
        line('low', [0, 10], [1, 2]),
        line('gone', [0, 10], [1, NaN]),
        line('high', [0, 9], [1, 7]),
        line('over', [0, 10], [1, Infinity]),
      ],
      8.9,
      2,
    );
    assert.deepEqual(
      rows.map((row) => [row.line.entry.id, row.x, row.value]),
      [
        ['over', 10, Infinity],
        ['high', 9, 7],
        ['low', 10, 2],
        ['gone', 10, NaN],
      ],
    );
  });

  it('leaves out runs that ended before', () => {
    assert.deepEqual(rowsAt([line('ended', [0, 5], [1, 1])], 8, 1), []);
    assert.equal(rowsAt([line('ended', [0, 5], [1, 1])], 5.5, 1).length, 1);
  });
});

describe('rowsAt with a baseline', () => {
  const base = { look: { colour: 0, dash: 0, isBaseline: true } };

  it('says how far each line is from that of the same metric', () => {
    const rows = rowsAt(
      [
        line('a', [0, 1], [1, 3]),
        line('base', [0, 1], [1, 1], base),
        line('base', [0, 1], [5, 5], { ...base, metric: 'acc' }),
        line('a', [0, 1], [7, 4], { metric: 'acc' }),
        line('gone', [0, 1], [1, NaN]),
      ],
      1,
      0,
    );
    assert.deepEqual(
      rows.map((row) => [row.line.entry.id, row.value, row.difference]),
      [
        ['base', 5, undefined],
        ['a', 4, -1],
        ['a', 3, 2],
        ['base', 1, undefined],
        ['gone', NaN, undefined],
      ],
    );
  });
});

describe('nearestRow', () => {
  const rows = rowsAt([line('a', [0, 1], [10, 10]), line('b', [0, 1], [20, 20])], 0, 0);
  it('finds the nearest within reach', () => {
    assert.equal(nearestRow(rows, (row) => Math.abs(row.value - 13), 5)?.line.entry.id, 'a');
    assert.equal(
      nearestRow(rows, (row) => Math.abs(row.value - 15.1), 3),
      undefined,
    );
  });
});

describe('windowOf', () => {
  const rows = Array.from({ length: 10 }, (_, i) => ({
    line: line(`r${i}`, [0], [-i]),
    index: 0,
    x: 0,
    value: -i,
  }));
  it('keeps the highlighted run in sight and counts the others', () => {
    const { rows: shown, above, below } = windowOf(rows, 'r7', 4);
    assert.deepEqual(ids(shown), ['r5', 'r6', 'r7', 'r8']);
    assert.deepEqual([above, below], [5, 1]);
  });
  it('starts at the top without one, and shows all where there is room', () => {
    assert.deepEqual(windowOf(rows, undefined, 3).above, 0);
    assert.equal(windowOf(rows, 'r0', 99).rows.length, 10);
  });
});

describe('looksOf', () => {
  it('lets the baseline stand out, and takes no dash for it', () => {
    const looks = looksOf(
      [3, 13].map((number) => ({ id: `r${number}`, number })),
      'r3',
    );
    assert.deepEqual(
      [...looks.values()],
      [
        { colour: 3, dash: 0, isBaseline: true },
        { colour: 3, dash: 0 },
      ],
    );
  });

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
