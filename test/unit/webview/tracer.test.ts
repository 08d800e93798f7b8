import assert from 'node:assert/strict';
import fc from 'fast-check';
import { curveOf } from '../../../webview/charts/curve.js';
import { type Trace, traceOf } from '../../../webview/charts/m4.js';
import { Series } from '../../../webview/charts/series-store.js';
import { Tracer } from '../../../webview/charts/tracer.js';

const OFF = { kind: 'exponential', amount: 0 } as const;
const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -5, max: 5, noNaN: true }) },
  fc.constantFrom(NaN, Infinity, -Infinity, 0),
);

function append(series: Series, values: readonly number[]): void {
  const steps = Float64Array.from(values, (_, i) => series.length + i);
  const total = series.length + values.length;
  series.append({
    steps,
    times: steps.map((step) => 5 * step),
    values: Float64Array.from(values),
    total,
    reduced: false,
  });
}

const seen = ({ x, y, length, marks, points }: Trace) => ({
  x: x.slice(0, length),
  y: y.slice(0, length),
  marks,
  points,
});

describe('Tracer', () => {
  it('draws a curve that grew as if it were new', () => {
    const batches = fc.array(fc.array(value, { minLength: 1, maxLength: 60 }), { maxLength: 8 });
    fc.assert(
      fc.property(batches, fc.boolean(), fc.constantFrom(3, 10), (all, isLog, columns) => {
        const series = new Series();
        const tracer = new Tracer();
        const x = { min: 0, max: 200 };
        for (const values of all) {
          append(series, values);
          const curve = curveOf(series, { axis: 'step', startTime: 0 }, OFF);
          const trace = tracer.trace(curve, series, { x, columns, isLog });
          const whole = traceOf(curve, curve.y, x, columns, isLog);
          assert.deepEqual(seen(trace), seen(whole));
        }
      }),
    );
  });

  it('says up to where a curve that grew is as it was', () => {
    const batches = fc.array(fc.array(value, { minLength: 1, maxLength: 60 }), {
      minLength: 2,
      maxLength: 8,
    });
    fc.assert(
      fc.property(batches, fc.constantFrom(3, 10), (all, columns) => {
        const series = new Series();
        const tracer = new Tracer();
        const view = { x: { min: 0, max: 200 }, columns, isLog: false };
        let before: { trace: Trace; copy: ReturnType<typeof seen> } | undefined;
        for (const values of all) {
          append(series, values);
          const trace = tracer.trace(curveOf(series, { axis: 'step', startTime: 0 }, OFF), series, view);
          if (before && trace.wentOn) {
            const { at, version } = trace.wentOn;
            assert.equal(version, before.trace.version);
            const upTo = ({ x, y, marks }: ReturnType<typeof seen>) => [
              [...x].flatMap((place, i) => (place <= at ? [[place, y[i]]] : [])),
              marks.filter(({ x: place }) => place <= at),
            ];
            assert.deepEqual(upTo(seen(trace)), upTo(before.copy));
          }
          before = { trace, copy: seen(trace) };
        }
      }),
    );
  });

  it('gives the same trace again when nothing came', () => {
    const series = new Series();
    const tracer = new Tracer();
    append(series, [3, 2, 1]);
    const again = () =>
      tracer.trace(curveOf(series, { axis: 'step', startTime: 0 }, OFF), series, {
        x: { min: 0, max: 10 },
        columns: 10,
        isLog: false,
      });
    assert.equal(again(), again());
  });

  it('begins anew for another axis, another stretch of it, and other points', () => {
    const series = new Series();
    const tracer = new Tracer();
    const values = Array.from({ length: 100 }, (_, i) => Math.sin(i));
    append(series, values);
    const expected = (axis: 'step' | 'time', x: { min: number; max: number }) => {
      const curve = curveOf(series, { axis, startTime: 0 }, OFF);
      const view = { x, columns: 4, isLog: false };
      const [trace, whole] = [tracer.trace(curve, series, view), traceOf(curve, curve.y, x, 4)];
      assert.deepEqual([...trace.x.subarray(0, trace.length)], [...whole.x.subarray(0, whole.length)]);
      assert.deepEqual([...trace.y.subarray(0, trace.length)], [...whole.y.subarray(0, whole.length)]);
    };
    expected('step', { min: 0, max: 99 });
    expected('time', { min: 0, max: 99 });
    expected('step', { min: 10, max: 60 });
    series.clear();
    append(
      series,
      values.map((each) => -each),
    );
    expected('step', { min: 10, max: 60 });
  });
});
