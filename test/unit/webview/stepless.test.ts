import assert from 'node:assert/strict';
import { aggregate } from '../../../webview/charts/aggregate.js';
import { curveOf } from '../../../webview/charts/curve.js';
import { toCsv } from '../../../webview/charts/export.js';
import { newestX } from '../../../webview/charts/following.js';
import type { ChartLine } from '../../../webview/charts/lines.js';
import { Series } from '../../../webview/charts/series-store.js';
import { formatX } from '../../../webview/charts/tooltip.js';
import { overlay } from '../../../webview/compare/curves.js';
import { sparkline } from '../../../webview/shared/sparkline.js';
import { saySteplessLines } from '../../../webview/shared/stepless.js';

const OFF = { kind: 'exponential', amount: 0 } as const;
const STEP = { axis: 'step', startTime: 0 } as const;

function append(
  series: Series,
  steps: number[],
  values: number[],
  total = series.total + steps.length,
): Series {
  const times = Float64Array.from(steps, (_, i) => 1000 * (series.total + i));
  const reduced = total - series.total > steps.length;
  series.append({
    steps: Float64Array.from(steps),
    times,
    values: Float64Array.from(values),
    total,
    reduced,
  });
  return series;
}
const x = (series: Series) => [...curveOf(series, STEP, OFF).x.subarray(0, series.length)];
const isStepless = (series: Series) => curveOf(series, STEP, OFF).isStepless ?? false;

describe('a series whose steps are all the same', () => {
  for (const step of [0, 7, -1])
    it(`of ${step} is placed by the order of logging, as it grows`, () => {
      const series = append(new Series(), [step, step, step], [3, 2, 1]);
      assert.deepEqual(x(series), [0, 1, 2]);
      assert.ok(isStepless(series));
      append(series, [step], [0]);
      append(series, [step, step], [0, 5]);
      assert.deepEqual(x(series), [0, 1, 2, 3, 4, 5]);
      assert.equal(newestX(series, 'step', 0), 5);
    });

  it('is placed by its steps again as soon as there are two', () => {
    const series = append(new Series(), [0, 0], [1, 2]);
    assert.ok(isStepless(series));
    append(series, [1], [3]);
    assert.deepEqual(x(series), [0, 0, 1]);
    assert.ok(!isStepless(series));
  });

  it('is none with one point, or with steps that go back', () => {
    assert.ok(!isStepless(append(new Series(), [0], [1])));
    assert.ok(!isStepless(append(new Series(), [0, 5, 0], [1, 2, 3])));
  });

  it('that was thinned lies evenly over all that was logged, and goes on from there', () => {
    const series = append(new Series(), [0, 0, 0], [1, 2, 3], 101);
    assert.deepEqual(x(series), [0, 50, 100]);
    append(series, [0, 0], [4, 5]);
    assert.deepEqual(x(series), [0, 50, 100, 101, 102]);
    series.clear();
    assert.deepEqual(x(append(series, [0, 0], [1, 2])), [0, 1]);
  });

  it('goes by time on the axis of a metric', () => {
    const loss = append(new Series(), [0, 0, 0], [3, 2, 1]);
    const epoch = append(new Series(), [0, 1, 2], [10, 11, 12]);
    const curve = curveOf(loss, { axis: 'metric:epoch', startTime: 0, by: epoch }, OFF);
    assert.deepEqual([...curve.x.subarray(0, curve.length)], [10, 11, 12]);
    assert.ok(curve.isStepless);
  });

  it('is saved as it was logged', () => {
    const series = append(new Series(), [0, 0], [1, 2]);
    const line = {
      entry: { id: 'r', name: 'run' },
      metric: 'loss',
      series,
      curve: curveOf(series, STEP, OFF),
    };
    const rows = toCsv([line as ChartLine], null)
      .trim()
      .split('\n');
    assert.deepEqual(
      rows.slice(1).map((row) => row.split(',')[3]),
      ['0', '0'],
    );
    assert.equal(
      toCsv([line as ChartLine], { min: 1, max: 1 })
        .trim()
        .split('\n').length,
      2,
    );
  });

  it('says so', () => {
    assert.equal(formatX(3, 'step', true), 'Point 3 in order of logging');
    assert.equal(formatX(3, 'step'), 'Step 3');
    assert.match(saySteplessLines(1, 1), /^All points have the same step/);
    assert.match(saySteplessLines(2, 2), /^All points of each line have the same step/);
    assert.match(saySteplessLines(1, 3), /^1 of 3 lines have all points at the same step/);
  });

  it('has a mean by order with others like it, and by place with others', () => {
    const [a, b, steps] = [
      [0, 0],
      [0, 0],
      [0, 1],
    ].map((all, i) => curveOf(append(new Series(), all, [i, i]), STEP, OFF));
    const of = (...curves: (typeof a)[]) => aggregate(curves as never, { min: 0, max: 1 }, 10, 'range').curve;
    assert.ok(of(a, b).isStepless);
    assert.deepEqual([...of(a, b).x], [0, 1]);
    assert.ok(!of(a, steps).isStepless);
  });

  it('is no vertical line among small curves', () => {
    const logged = (runId: string, steps: number[]) =>
      ({
        runId,
        key: 'loss',
        total: 3,
        reduced: false,
        steps: Float64Array.from(steps),
        values: Float64Array.of(0, 1, 2),
      }) as never;
    assert.equal(sparkline(logged('a', [5, 5, 5]), 20, 10), 'M0 10L10 5L20 0');
    const { paths, stepless, lastStep } = overlay([logged('a', [5, 5, 5]), logged('b', [0, 1, 2])], 20, 10);
    assert.equal(paths.get('a'), paths.get('b'));
    assert.deepEqual([stepless, lastStep], [1, 2]);
  });
});
