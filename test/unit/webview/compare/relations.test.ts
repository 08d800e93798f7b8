import assert from 'node:assert/strict';
import {
  associationOf,
  correlation,
  correlationRatio,
  ranksOf,
} from '../../../../webview/compare/association.js';
import {
  type Axis,
  axisOf,
  brushed,
  labelOf,
  placeOf,
  ticksOf,
  valueAt,
} from '../../../../webview/compare/axis.js';
import { colourAt } from '../../../../webview/compare/colour-scale.js';
import {
  columnsOf,
  heightOf,
  linesOf,
  moved,
  nearestLine,
  placeAt,
} from '../../../../webview/compare/parallel.js';
import { relationsView } from '../../../../webview/compare/relations-view.js';
import { dotsOf, nearestDot } from '../../../../webview/compare/scatter.js';
import { type Variable, variablesOf } from '../../../../webview/compare/variables.js';
import { comparedRun } from '../../../../src/extension/panels/compared-run.js';
import type { Run } from '../../../../src/workspace/types.js';
import { tableRun } from '../../../ui/webview/table-host.js';

const variable = (values: number[], more: Partial<Variable> = {}): Variable => ({
  id: 'param:x',
  label: 'x',
  kind: 'param',
  values: Float64Array.from(values),
  ...more,
});
const words = (values: number[], ...names: string[]) => variable(values, { words: names });
const near = (a: number, b: number, within = 1e-9) => assert.ok(Math.abs(a - b) <= within, `${a} ≠ ${b}`);
const at = (value: number) => ({ value, step: 1, timestamp: 0, count: 2, min: value, max: value });

describe('variables of many runs', () => {
  const given: Partial<Run>[] = [
    { params: { lr: '0.1', opt: 'sgd', seed: '1', n: '2' }, metrics: { loss: at(1), 'system/cpu': at(5) } },
    {
      params: { lr: '1e-3', opt: 'adam', seed: '1', n: '10' },
      metrics: { loss: at(NaN), 'system/cpu': at(6) },
    },
    { params: { opt: 'adam', seed: '1', n: 'auto' }, metrics: { loss: at(2) } },
  ];
  const runs = given.map((more, i) => comparedRun(tableRun(i + 1, { ...more, tags: {} })));

  it('are the params and metrics that differ; numbers where all are numbers, else words', () => {
    assert.deepEqual(
      variablesOf(runs).map(({ id, values, words: names }) => [id, [...values], names]),
      [
        ['param:lr', [0.1, 0.001, NaN], undefined],
        ['param:n', [0, 1, 2], ['2', '10', 'auto']],
        ['param:opt', [1, 0, 0], ['adam', 'sgd']],
        ['metric:loss', [1, NaN, 2], undefined],
        ['metric:system/cpu', [5, 6, NaN], undefined],
      ],
    );
  });

  it('are measured by the metric that runs are judged by, the better the stronger the colour', () => {
    const view = relationsView(runs, variablesOf(runs), {}, new Map())!;
    assert.equal(view.target.variable.id, 'metric:loss');
    assert.deepEqual([...view.shades], [1, NaN, 0]);
    assert.deepEqual([...view.order], [1, 2, 0]);
    assert.equal(view.axes.at(-1)?.variable.id, 'metric:loss');
  });

  it('are told apart by colour also when one of them diverged', () => {
    const losses = [1, 2, 3, 4, 5, 900];
    const all = losses.map((loss, i) => comparedRun(tableRun(i + 1, { metrics: { loss: at(loss) } })));
    const view = relationsView(all, variablesOf(all), {}, new Map())!;
    assert.deepEqual(
      Array.from(view.shades, (shade) => Number(shade.toFixed(6))),
      [1, 0.75, 0.5, 0.25, 0, 0],
    );
    assert.deepEqual(view.shadeEnds, ['1', '≥ 5']);
    assert.equal(view.order[0], 5);
  });

  it('are judged as a person said', () => {
    const view = relationsView(runs, variablesOf(runs), {}, new Map(), { 'metric:loss': 'higher' })!;
    assert.equal(view.goal, 'higher');
    assert.deepEqual([...view.shades], [0, NaN, 1]);
    const other = { 'metric:loss': 'unknown', 'metric:system/cpu': 'lower' } as const;
    assert.equal(
      relationsView(runs, variablesOf(runs), {}, new Map(), other)!.target.variable.label,
      'system/cpu',
    );
  });

  it('follow what was chosen, and forget what is gone', () => {
    const chosen = {
      target: 'metric:gone',
      axes: ['param:opt', 'param:gone', 'param:lr'],
      x: 'param:n',
      linear: ['param:lr'],
    };
    const view = relationsView(runs, variablesOf(runs), chosen, new Map())!;
    assert.deepEqual(
      view.axes.map((axis) => [axis.variable.id, axis.isLog]),
      [
        ['param:opt', false],
        ['param:lr', false],
      ],
    );
    assert.equal(view.x.variable.id, 'param:n');
    assert.equal(relationsView(runs, [], {}, new Map()), undefined);
  });
});

describe('an axis', () => {
  it('is a log one for params over a decade and more', () => {
    const axis = axisOf(variable([0.001, 0.1, NaN]));
    assert.ok(axis.isLog);
    near(placeOf(axis, 0.01), 0.5);
    near(valueAt(axis, 0.5), 0.01);
    assert.ok(Number.isNaN(placeOf(axis, NaN)));
    assert.ok(!axisOf(variable([0, 0.1])).isLog);
    assert.ok(!axisOf(variable([0.01, 1], { kind: 'metric' })).isLog);
    assert.ok(!axisOf(variable([0.001, 0.1]), false).isLog);
  });

  it('gives each word its share', () => {
    const axis = axisOf(words([0, 1, 2, 1], 'a', 'b', 'c'));
    assert.deepEqual(
      [0, 1, 2].map((value) => Math.round(placeOf(axis, value) * 6)),
      [1, 3, 5],
    );
    assert.deepEqual(
      [0, 0.4, 1].map((place) => labelOf(axis, valueAt(axis, place))),
      ['a', 'b', 'c'],
    );
  });

  it('has labels at the values while they are few, else at round ones', () => {
    const labels = (axis: Axis) => ticksOf(axis).map(({ label }) => label);
    assert.deepEqual(labels(axisOf(variable([32, 16, 32, 64]))), ['16', '32', '64']);
    assert.deepEqual(labels(axisOf(variable([0, 1, 2, 3, 4.3, 7.1, 9.9]))), ['0', '2', '4', '6', '8', '9.9']);
    assert.deepEqual(labels(axisOf(variable([1e-5, 2e-5, 3e-5, 4e-4, 5e-4, 0.1]))), [
      '1e−5',
      '0.0001',
      '0.001',
      '0.01',
      '0.1',
    ]);
    assert.deepEqual(labels(axisOf(variable([2, 2]))), ['2']);
  });

  it('brushed, leaves out runs beyond the ends and those without a value', () => {
    const axes = [axisOf(variable([1, 2, 3, NaN])), axisOf(words([0, 0, 1, 1], 'a', 'b'))].map((axis, i) => ({
      ...axis,
      variable: { ...axis.variable, id: String(i) },
    }));
    assert.deepEqual([...brushed(4, axes, new Map([['0', { from: 0.5, to: 1 }]]))], [0, 1, 1, 0]);
    const both = new Map([
      ['0', { from: 0, to: 0.5 }],
      ['1', { from: 0, to: 0.5 }],
      ['gone', { from: 0, to: 0 }],
    ]);
    assert.deepEqual([...brushed(4, axes, both)], [1, 1, 0, 0]);
  });
});

describe('parallel coordinates', () => {
  const frame = { width: 300, height: 140, top: 20, bottom: 20, side: 50 };
  const axes = [axisOf(variable([0, 10, NaN])), axisOf(variable([5, 5, 5]))];

  it('lay out axes and lines; a run without a value passes below', () => {
    assert.deepEqual(columnsOf(3, frame), [50, 150, 250]);
    const lines = linesOf(Float64Array.of(0, 1, 0), axes, frame);
    assert.deepEqual([...lines.subarray(0, 4)], [120, 70, 20, 70]);
    assert.ok(lines[4]! > 120);
    near(placeAt(heightOf(0.3, frame), frame), 0.3);
    assert.equal(placeAt(-50, frame), 1);
  });

  it('spread a crowd around the few values that it shares, the better above', () => {
    const values = Array.from({ length: 30 }, (_, i) => i % 2);
    const shades = Float64Array.from(values, (_, i) => i / 29);
    const lines = linesOf(shades, [axisOf(variable(values))], frame);
    assert.ok(lines[0]! > 120 && lines[28]! < 120 && lines[28]! > 100);
  });

  it('find the line below the pointer, and only one that counts', () => {
    const columns = columnsOf(2, frame);
    const lines = Float32Array.of(20, 20, 120, 20);
    const find = (x: number, y: number, ...counts: number[]) =>
      nearestLine({ x, y }, columns, lines, Uint8Array.from(counts), 8);
    assert.equal(find(150, 22, 1, 1), 0);
    assert.equal(find(150, 68, 1, 1), 1);
    assert.equal(find(150, 68, 1, 0), undefined);
    assert.equal(find(150, 110, 1, 1), undefined);
  });

  it('take an axis elsewhere', () => {
    assert.deepEqual(moved(['a', 'b', 'c'], 0, 2), ['b', 'c', 'a']);
    assert.deepEqual(moved(['a', 'b', 'c'], 2, 1), ['a', 'c', 'b']);
    assert.deepEqual(moved(['a', 'b'], 0, -1), ['a', 'b']);
  });
});

describe('a scatter plot', () => {
  const box = { left: 10, top: 10, width: 100, height: 100 };

  it('puts dots in their places, spreads words, and leaves out what is missing', () => {
    const dots = dotsOf(3, axisOf(variable([0, 10, NaN])), axisOf(variable([0, 10, 5])), box);
    assert.deepEqual([...dots.subarray(0, 4)], [10, 110, 110, 10]);
    assert.ok(Number.isNaN(dots[4]!));
    const spread = dotsOf(3, axisOf(words([0, 0, 0], 'a')), axisOf(variable([1, 2, 3])), box);
    assert.equal(new Set([spread[0], spread[2], spread[4]]).size, 3);
    assert.ok([0, 2, 4].every((i) => Math.abs(spread[i]! - 60) < 20));
    assert.equal(nearestDot({ x: 12, y: 108 }, dots, Uint8Array.of(1, 1, 1), 10), 0);
    assert.equal(nearestDot({ x: 60, y: 60 }, dots, Uint8Array.of(1, 1, 1), 10), undefined);
  });
});

describe('how a param goes with a metric', () => {
  it('has known values', () => {
    near(correlation([1, 2, 3, 4], [2, 4, 6, 8]), 1);
    near(correlation([1, 2, 3, 4], [1, 3, 2, 4]), 0.8);
    assert.ok(Number.isNaN(correlation([1, 1, 1], [1, 2, 3])));
    assert.deepEqual([...ranksOf([30, 10, 10, 20])], [4, 1.5, 1.5, 3]);
  });

  it('sees a steady relation of any shape, and is not led by one run that diverged', () => {
    const { kind, value } = associationOf(variable([1e-4, 1e-3, 1e-2, 0.1]), variable([1, 2, 3, 1e30]));
    assert.equal(kind, 'rank');
    near(value, 1);
  });

  it('of words is 1 when they tell all, near 0 when nothing, and nothing for words that occur once', () => {
    near(correlationRatio([0, 0, 1, 1], [1, 1, 2, 2]), 1);
    assert.ok(correlationRatio([0, 1, 0, 1], [1, 1, 2, 2]) < 0.1);
    assert.ok(Number.isNaN(correlationRatio([0, 1, 2], [1, 2, 3])));
  });

  it('counts the runs that have both', () => {
    assert.equal(associationOf(variable([1, NaN, 3, 4]), variable([1, 2, NaN, 4])).runs, 2);
  });
});

describe('the colour scale', () => {
  /** OKLab to linear sRGB, as https://bottosson.github.io/posts/oklab has it. */
  const rgb = (place: number, kind: 'dark' | 'light') => {
    const { lightness, chroma, hue } = colourAt(place, kind);
    const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
    const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
    return [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
    ];
  };
  const luminance = ([r, g, b]: number[]) => 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  const places = Array.from({ length: 33 }, (_, i) => i / 32);

  for (const [kind, background] of [
    ['dark', 0.0137], // #1f1f1f
    ['light', 1],
  ] as const)
    it(`is within sRGB and stands out, on ${kind}`, () => {
      for (const place of places) {
        const colour = rgb(place, kind);
        assert.ok(
          colour.every((part) => part >= 0 && part <= 1),
          `${kind} ${place}: ${colour}`,
        );
        const [darker, lighter] = [luminance(colour), background].sort((a, b) => a - b) as [number, number];
        assert.ok((lighter + 0.05) / (darker + 0.05) >= 2.9, `${kind} ${place}`);
      }
    });
});
