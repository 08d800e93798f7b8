import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SmoothingKind, YScale } from '../../../src/panels/messages.js';
import { aggregate } from '../../../webview/charts/aggregate.js';
import { layoutAxes } from '../../../webview/charts/axis-layout.js';
import { bandOf, edgesOf } from '../../../webview/charts/band.js';
import { type Curve, xExtent } from '../../../webview/charts/curve.js';
import { formatLogTick, formatStep, formatTick } from '../../../webview/charts/format.js';
import { project } from '../../../webview/charts/frame.js';
import { orderedByX } from '../../../webview/charts/join.js';
import { type Trace, traceOf } from '../../../webview/charts/m4.js';
import {
  growingRange,
  limited,
  type Range,
  symlogThreshold,
  xRange,
  yRange,
  zoomRange,
} from '../../../webview/charts/range.js';
import { LINEAR, LOG, type Scale, symlog } from '../../../webview/charts/scale.js';
import { AMOUNTS, smootherOf } from '../../../webview/charts/smooth.js';
import { type Tick, type XKind, xTicks, yTicks } from '../../../webview/charts/ticks.js';
import { axisOf, placeOf, ticksOf, valueAt } from '../../../webview/compare/axis.js';
import { overlay } from '../../../webview/compare/curves.js';
import { formatDifference, formatDuration, formatTime, formatValue } from '../../../webview/shared/format.js';
import { sparkline } from '../../../webview/shared/sparkline.js';
import { whiskers } from '../../../webview/shared/whiskers.js';
import { tintsOf } from '../../../webview/table/tint.js';

/** What breaks arithmetic, more often than chance would have it. */
const EDGES = [
  ...[0, -0, NaN, Infinity, -Infinity, 5e-324, -5e-324, 2.2e-308, 1e-300, 1e308, -1e308],
  ...[Number.MAX_VALUE, -Number.MAX_VALUE, 1, -1, 1 + Number.EPSILON, 1e15, 2 ** 53, 9.2e18, 0.1],
];
const anyNumber = fc.oneof(
  fc.constantFrom(...EDGES),
  fc.double(),
  fc.double({ min: -10, max: 10, noNaN: true }),
);
const finite = anyNumber.filter(Number.isFinite);
const anyRange = fc.tuple(anyNumber, anyNumber).map(([min, max]): Range => ({ min, max }));
const anyPixels = fc.oneof(fc.constantFrom(0, 1, NaN), fc.double({ min: 0, max: 4000, noNaN: true }));
const SCALES: readonly YScale[] = ['linear', 'log', 'symlog'];
const KINDS: readonly XKind[] = ['count', 'duration', 'time', 'number'];
const POINTS = { minLength: 1, maxLength: 60 };

/** More than any axis has room for; what does not end would never come here. */
const MOST_LABELS = 1000;

function hold(ticks: readonly Tick[], { min, max }: Range): void {
  assert.ok(ticks.length <= MOST_LABELS, `${ticks.length} labels`);
  const slack = Math.abs(max / 1e6 - min / 1e6);
  for (const [i, { at, label }] of ticks.entries()) {
    assert.ok(at >= min - slack && at <= max + slack, `${at} lies outside of ${min} … ${max}`);
    assert.ok(i === 0 || at > ticks[i - 1]!.at, `${ticks[i - 1]?.at} before ${at}`);
    assert.ok(label.length > 0 && label.length < 40 && !label.includes('NaN'), label);
  }
}

function scaleOf(kind: YScale, traces: readonly Trace[], x: Range): Scale {
  return kind === 'linear' ? LINEAR : kind === 'log' ? LOG : symlog(symlogThreshold(traces, x));
}

function curveOf(points: readonly (readonly [x: number, y: number])[]): Curve {
  const x = Float64Array.from(points, ([at]) => at);
  const y = Float64Array.from(points, ([, value]) => value);
  return { ...orderedByX(x, y, points.length), origin: 0, unit: 1 };
}

describe('with any number at all', () => {
  it('an axis has labels inside of it, in order, and an end', () => {
    fc.assert(
      fc.property(anyRange, anyPixels, finite, (range, pixels, threshold) => {
        for (const kind of KINDS) hold(xTicks(kind, range, pixels), range);
        const scales = [LINEAR, LOG, symlog(Math.abs(threshold) || 1)];
        for (const scale of scales) hold(yTicks(scale, range, pixels), range);
      }),
      { numRuns: 2000 },
    );
  });

  it('a time axis has labels where there are dates', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -8_000, max: 8_000 }),
        fc.double({ min: 1, max: 9e18, noNaN: true }),
        (year, width) => {
          const min = year * 365.25 * 86_400_000;
          hold(xTicks('time', { min, max: min + width }, 800), { min, max: min + width });
        },
      ),
    );
    // Far beyond the last date there are no dates, and the axis has no labels.
    assert.deepEqual(xTicks('time', { min: 9e18, max: 9.1e18 }, 800), []);
    assert.ok(xTicks('time', { min: 0, max: 8.64e15 }, 800).length > 3);
  });

  it('a y axis shows every value that it has a place for', () => {
    fc.assert(
      fc.property(
        fc.array(anyNumber, POINTS),
        fc.boolean(),
        fc.constantFrom(...SCALES),
        (values, robust, kind) => {
          const x = { min: 0, max: Math.max(1, values.length - 1) };
          const curve = curveOf(values.map((value, i) => [i, value]));
          const trace = traceOf(curve, curve.y, x, 100, kind === 'log');
          const scale = scaleOf(kind, [trace], x);
          const y = yRange([trace], x, scale, robust);
          assert.ok(Number.isFinite(y.min) && Number.isFinite(y.max) && y.min < y.max, JSON.stringify(y));
          const { py } = project({ left: 0, top: 0, width: 100, height: 200, x, y, scale });
          for (const value of values) {
            if (!Number.isFinite(value) || (kind === 'log' && value <= 0)) continue;
            if (!robust) assert.ok(value >= y.min && value <= y.max, `${value} in ${y.min} … ${y.max}`);
            if (!robust) assert.ok(py(value) >= -0.01 && py(value) <= 200.01, `${value} at ${py(value)}`);
          }
          hold(yTicks(scale, y, 200), y);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('ends that a person set leave an axis that is one', () => {
    fc.assert(
      fc.property(anyRange, anyRange, fc.constantFrom(...SCALES), (values, limits, kind) => {
        const curve = curveOf([
          [0, values.min],
          [1, values.max],
        ]);
        const x = { min: 0, max: 1 };
        const trace = traceOf(curve, curve.y, x, 100, kind === 'log');
        const scale = scaleOf(kind, [trace], x);
        const [min, max] = [limits.min, limits.max].filter(Number.isFinite).sort((a, b) => a - b);
        const set = { ...(min !== undefined && { min }), ...(max !== undefined && max !== min && { max }) };
        const y = limited(yRange([trace], x, scale), set, scale);
        assert.ok(
          Number.isFinite(y.min) && Number.isFinite(y.max) && y.min < y.max,
          JSON.stringify({ set, y }),
        );
        hold(yTicks(scale, y, 200), y);
      }),
      { numRuns: 2000 },
    );
  });

  it('the mean and band of a group are drawn on every scale', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyNumber, POINTS), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...SCALES),
        fc.constantFrom('range', 'deviation', 'none'),
        (runs, kind, band) => {
          const curves = runs.map((values) => curveOf(values.map((value, i) => [i, value])));
          const x = growingRange(xExtent(curves)!);
          const group = aggregate(curves, x, 50, band);
          const trace = traceOf(group.curve, group.curve.y, x, 50, kind === 'log');
          const traces = [trace, ...edgesOf(bandOf(group))];
          const scale = scaleOf(kind, traces, x);
          const y = yRange(traces, x, scale);
          const ruler = { measure: (text: string) => text.length * 6 };
          const box = { left: 0, top: 0, width: 300, height: 200 };
          const axes = layoutAxes({ xKind: 'count', x, y, scale }, box, ruler);
          hold(axes.x, x);
          hold(axes.y, y);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('the mean of finite values is finite, between the least and the greatest', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 2, maxLength: 6 }), (values) => {
        const curves = values.map((value) =>
          curveOf([
            [0, value],
            [1, value],
          ]),
        );
        const { curve } = aggregate(curves, { min: 0, max: 1 }, 10, 'range');
        const slack = Math.max(...values.map(Math.abs)) * 1e-12;
        for (const mean of curve.y)
          assert.ok(mean >= Math.min(...values) - slack && mean <= Math.max(...values) + slack, String(mean));
      }),
    );
  });

  it('a curve along any metric is traced, from its first point to its last', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(finite, anyNumber), { minLength: 1, maxLength: 300 }), (points) => {
        const curve = curveOf(points);
        const x = xRange(xExtent([curve])!);
        assert.ok(Number.isFinite(x.min) && Number.isFinite(x.max) && x.min < x.max, JSON.stringify(x));
        const grown = growingRange(xExtent([curve])!);
        assert.ok(grown.min <= x.max && grown.max >= x.max && Number.isFinite(grown.max));
        const { px } = project({
          left: 0,
          top: 0,
          width: 20,
          height: 20,
          x,
          y: { min: 0, max: 1 },
          scale: LINEAR,
        });
        for (const columns of [1, 20]) {
          const trace = traceOf(curve, curve.y, x, columns);
          assert.ok(trace.length <= 5 * points.length && trace.points === points.length);
          for (let i = 0; i < trace.length; i++)
            assert.ok(px(trace.x[i]!) >= -0.01 && px(trace.x[i]!) <= 20.01, String(px(trace.x[i]!)));
          const group = aggregate([curve], x, columns, 'range');
          assert.ok(group.curve.length <= columns + 2);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('zooming in ends, with an axis that is one', () => {
    fc.assert(
      fc.property(finite, finite, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, part) => {
        const limits = xRange({ min: Math.min(a, b), max: Math.max(a, b) });
        let range = limits;
        for (let i = 0; i < 200; i++) {
          range = zoomRange(range, range.min * (1 - part) + range.max * part, 0.5, limits) ?? limits;
          assert.ok(range.min < range.max, JSON.stringify(range));
        }
        hold(xTicks('number', range, 800), range);
      }),
    );
  });

  for (const kind of ['exponential', 'average', 'gaussian'] satisfies SmoothingKind[])
    it(`${kind} smoothing stays between the values, and lets through what is none`, () => {
      fc.assert(
        fc.property(
          fc.array(anyNumber, POINTS),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (values, part) => {
            const { min, max } = AMOUNTS[kind];
            const amount = min + (max - min) * part;
            const out = smootherOf({ kind, amount }).extend(Float64Array.from(values), values.length);
            const numbers = values.filter(Number.isFinite);
            const slack = Math.max(0, ...numbers.map(Math.abs)) * 1e-9 + 1e-320;
            for (const [i, value] of values.entries())
              if (!Number.isFinite(value)) assert.ok(Object.is(out[i], value));
              else
                assert.ok(
                  out[i]! >= Math.min(...numbers) - slack && out[i]! <= Math.max(...numbers) + slack,
                  `${out[i]} of ${values.join()}`,
                );
          },
        ),
        { numRuns: 1000 },
      );
    });

  it('an axis of the comparison has places from 0 to 1, and few labels', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, POINTS), fc.boolean(), (numbers, isLog) => {
        const values = Float64Array.from(numbers, (value) => (Number.isFinite(value) ? value : NaN));
        if (values.every(Number.isNaN)) return;
        const axis = axisOf({ id: 'metric:m', label: 'm', kind: 'metric', values }, isLog);
        for (const value of values) {
          const place = placeOf(axis, value);
          assert.ok(
            Number.isNaN(value) ? Number.isNaN(place) : place >= -1e-9 && place <= 1 + 1e-9,
            String(place),
          );
        }
        for (const place of [0, 0.3, 1]) assert.ok(Number.isFinite(valueAt(axis, place)));
        const ticks = ticksOf(axis);
        assert.ok(ticks.length >= 1 && ticks.length <= 9, String(ticks.length));
        for (const { place } of ticks) assert.ok(place >= -1e-9 && place <= 1 + 1e-9);
      }),
      { numRuns: 2000, examples: [[[1.7976931348621712e308, 1.7976931348623157e308], true]] },
    );
  });

  it('small curves stay in their box', () => {
    const within = (path: string, width: number, height: number) => {
      assert.doesNotMatch(path, /NaN|Infinity/);
      for (const [, x, y] of path.matchAll(/[ML](\S+) (\S+?)(?=[MLHh]|$)/g))
        assert.ok(Number(x) >= 0 && Number(x) <= width && Number(y) >= 0 && Number(y) <= height, path);
    };
    fc.assert(
      fc.property(fc.array(fc.tuple(finite, anyNumber), POINTS), (points) => {
        const steps = Float64Array.from(points, ([step]) => step);
        const values = Float64Array.from(points, ([, value]) => value);
        within(sparkline({ steps, values }, 60, 16), 60, 16);
        const { paths } = overlay(
          [{ runId: 'a', key: 'm', total: points.length, steps, values } as never],
          60,
          16,
        );
        within(paths.get('a')!, 60, 16);
      }),
      { numRuns: 1000 },
    );
  });

  it('tints are among those there are', () => {
    fc.assert(
      fc.property(
        fc.array(anyNumber, POINTS),
        fc.constantFrom('lower', 'higher', 'unknown'),
        (numbers, goal) => {
          const values = Float64Array.from(numbers);
          const isSet = new Uint8Array(values.length).fill(1);
          const tint = tintsOf({ kind: 'number', values, isSet }, Uint32Array.from(values.keys()), goal);
          for (let row = 0; row < values.length; row++)
            assert.ok(Number.isInteger(tint(row)) && tint(row) >= -1 && tint(row) < 8);
          const ends = whiskers(numbers.filter(Number.isFinite));
          assert.ok(!ends || ends.min <= ends.max);
        },
      ),
    );
  });

  it('numbers and times are said in few letters', () => {
    fc.assert(
      fc.property(
        anyNumber,
        finite.filter((value) => value > 0),
        (value, distance) => {
          const all = [formatValue, formatDifference, formatDuration, formatTime, formatStep, formatLogTick];
          for (const format of all) assert.ok(format(value).length < 420, format.name);
          formatTick(value, distance);
        },
      ),
    );
  });
});
