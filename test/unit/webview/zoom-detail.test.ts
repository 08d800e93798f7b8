import assert from 'node:assert/strict';
import { curveOf } from '../../../webview/charts/curve.js';
import { Series } from '../../../webview/charts/series-store.js';
import { covers, isWorthFetching, stepsBetween, withMargins } from '../../../webview/charts/zoom-detail.js';

const OFF = { kind: 'exponential', amount: 0 } as const;

function series(steps: number[], reduced = true): Series {
  const made = new Series();
  const column = Float64Array.from(steps);
  made.append({
    steps: column,
    times: column.map((step) => step * 1000),
    values: column,
    total: 1e6,
    reduced,
  });
  return made;
}

describe('the stretch of a series that a zoom shows', () => {
  const steps = series([0, 10, 20, 30, 40]);
  const between = (min: number, max: number, axis: 'step' | 'relative' = 'step') =>
    stepsBetween(steps, curveOf(steps, { axis, startTime: 0 }, OFF), { min, max });

  it('reaches to the points on either side', () => {
    assert.deepEqual(between(12, 18), { from: 10, to: 30 });
    assert.deepEqual(between(-5, 100), { from: 0, to: 40 });
  });

  it('is found on an axis of time, too', () => {
    assert.deepEqual(between(12, 18, 'relative'), { from: 10, to: 30 });
  });

  it('is not known where steps go back', () => {
    const back = series([0, 10, 5]);
    assert.equal(
      stepsBetween(back, curveOf(back, { axis: 'step', startTime: 0 }, OFF), { min: 0, max: 9 }),
      undefined,
    );
  });

  it('is fetched with as much on either side, and again only when it leaves that or is much smaller', () => {
    const view = { from: 100, to: 200 };
    const { from, to } = withMargins(view);
    assert.deepEqual([from, to], [0, 300]);
    const detail = { series: series([0, 300]), fromStep: from, toStep: to };
    assert.ok(covers(detail, view));
    assert.ok(!isWorthFetching(detail, view));
    assert.ok(isWorthFetching(detail, { from: 290, to: 310 }));
    assert.ok(isWorthFetching(detail, { from: 100, to: 120 }));
    assert.ok(!isWorthFetching({ ...detail, series: series([0, 300], false) }, { from: 100, to: 120 }));
    assert.ok(isWorthFetching(undefined, view));
    assert.ok(!isWorthFetching(undefined, { from: 5, to: 5 }));
  });
});
