import assert from 'node:assert/strict';
import type { Band, ChartRun } from '../../../src/panels/messages.js';
import { curveOf } from '../../../webview/charts/curve.js';
import { toCsv, toCsvAlong } from '../../../webview/charts/export.js';
import { groupEntries, runEntries } from '../../../webview/charts/entries.js';
import { groupsToCsv } from '../../../webview/charts/export-groups.js';
import { linesOf } from '../../../webview/charts/lines.js';
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

const RUN: ChartRun = {
  id: 'r1',
  workspace: 'local',
  number: 1,
  name: 'calm-otter',
  state: 'finished',
  startTime: 0,
  metrics: ['loss'],
};
const OFF = { kind: 'exponential', amount: 0 } as const;

function lineOf(series: Series, run: ChartRun) {
  const curve = curveOf(series, { axis: 'step', startTime: 0 }, OFF);
  const view = { x: { min: 0, max: 1 }, columns: 10, band: 'none' } as const;
  return linesOf('loss', runEntries([run], null), [{ run, metric: 'loss', series, curve }], view)[0]!;
}

describe('a chart as CSV', () => {
  const csv = (series: Series, x: { min: number; max: number } | null, name = 'calm-otter') =>
    toCsv([lineOf(series, { ...RUN, name })], x).split('\n');

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

describe('a chart along another metric as CSV', () => {
  const loss = seriesOf([0, 1, 2, 3], [0.9, 0.8, 0.7, 0.6]);
  const epoch = seriesOf([0, 2], [0, 1]);
  const curve = curveOf(loss, { axis: 'metric:epoch', startTime: 0, by: epoch }, OFF);
  const line = { ...lineOf(loss, RUN), curve };

  it('has the places on that axis', () => {
    assert.deepEqual(toCsvAlong('epoch', [line], null).split('\n'), [
      'run_id,run,metric,epoch,value',
      'r1,calm-otter,loss,0,0.9',
      'r1,calm-otter,loss,0,0.8',
      'r1,calm-otter,loss,1,0.7',
      'r1,calm-otter,loss,1,0.6',
      '',
    ]);
  });

  it('has what is zoomed to only', () => {
    assert.equal(toCsvAlong('epoch', [line], { min: 0.5, max: 1 }).split('\n').length, 4);
  });
});

describe('a chart of groups as CSV', () => {
  const runs = [RUN, { ...RUN, id: 'r2', number: 2, name: 'wild-fox' }];
  const label = { id: 'param:lr', values: ['0.1'], codes: [1, 1] };
  const curves = runs.map((run, i) => {
    const series = seriesOf([0, 1, 2], [i, i, 5]);
    return { run, metric: 'loss', series, curve: curveOf(series, { axis: 'step', startTime: 0 }, OFF) };
  });
  const csv = (x: { min: number; max: number } | null, band: Band, baseline: string | null = null) => {
    const view = { x: x ?? { min: 0, max: 2 }, columns: 10, band };
    const lines = linesOf('loss', groupEntries(runs, label, baseline), curves, view);
    return groupsToCsv(lines, { axis: 'step', x, band }).trim().split('\n');
  };

  it('has what is drawn: means, bands, and how many runs', () => {
    assert.deepEqual(csv(null, 'range'), [
      'group,metric,step,mean,low,high,runs',
      'lr = 0.1,loss,0,0.5,0,1,2',
      'lr = 0.1,loss,1,0.5,0,1,2',
      'lr = 0.1,loss,2,5,5,5,2',
    ]);
  });

  it('has no band where none is drawn, what is zoomed to only, and the baseline as a line', () => {
    assert.deepEqual(csv({ min: 1, max: 1.5 }, 'none', 'r2').slice(1), [
      'lr = 0.1,loss,1,0.5,,,2',
      'lr = 0.1,loss,1.5,2.75,,,2',
      'wild-fox,loss,1,1,,,1',
    ]);
  });
});
