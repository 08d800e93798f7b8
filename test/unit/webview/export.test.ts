import assert from 'node:assert/strict';
import { curveOf } from '../../../webview/charts/curve.js';
import { flow, toCsv } from '../../../webview/charts/export.js';
import { Series } from '../../../webview/charts/series-store.js';

function seriesOf(steps: number[], values: number[]): Series {
  const series = new Series();
  const times = steps.map((step) => Date.UTC(2026, 0, 1) + step);
  series.append({
    steps: Float64Array.from(steps),
    times: Float64Array.from(times),
    values: Float64Array.from(values),
    total: steps.length,
    reduced: false,
  });
  return series;
}

describe('a chart as CSV', () => {
  const csv = (series: Series, x: { min: number; max: number } | null, name = 'calm-otter') =>
    toCsv('loss', [{ run: { id: 'r1', name }, series, curve: curveOf(series, 'step', 0, 0) }], x).split('\n');

  it('has a line for each point', () => {
    assert.deepEqual(csv(seriesOf([0, 1], [0.5, NaN]), null), [
      'run_id,run,metric,step,time,value',
      'r1,calm-otter,loss,0,2026-01-01T00:00:00.000Z,0.5',
      'r1,calm-otter,loss,1,2026-01-01T00:00:00.001Z,NaN',
      '',
    ]);
  });

  it('has what is zoomed to only', () => {
    const lines = csv(seriesOf([0, 1, 2, 3], [0, 1, 2, 3]), { min: 1, max: 2 });
    assert.deepEqual(
      lines.slice(1, -1).map((line) => line.split(',')[3]),
      ['1', '2'],
    );
  });

  it('quotes names that hold commas, quotes or lines', () => {
    assert.ok(csv(seriesOf([0], [1]), null, 'a "b", c')[1]?.startsWith('r1,"a ""b"", c",loss,'));
  });
});

describe('flow', () => {
  it('fills rows from the left', () => {
    assert.deepEqual(flow([40, 50, 30, 200, 10], 100), [
      { left: 0, row: 0 },
      { left: 40, row: 0 },
      { left: 0, row: 1 },
      { left: 0, row: 2 },
      { left: 0, row: 3 },
    ]);
    assert.deepEqual(flow([], 100), []);
  });
});
