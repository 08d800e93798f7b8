import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import {
  completeLayout,
  DEFAULT_LAYOUT,
  readLayout,
  writeLayout,
} from '../../../src/panels/charts-layout.js';
import type { ChartsLayout } from '../../../src/panels/messages.js';

const LAYOUT: ChartsLayout = {
  settings: {
    xAxis: 'metric:epoch',
    yScale: 'log',
    smoothingKind: 'average',
    smoothing: 19,
    ignoreOutliers: true,
    groupBy: 'param:lr',
    band: 'deviation',
  },
  size: { width: 520, height: 320 },
  pinned: ['val/accuracy', 'loss'],
  order: { val: ['val/b', 'val/a'], '': ['loss', 'lr'] },
  toggled: ['system', 'train'],
  limits: { 'val/accuracy': { min: 0, max: 1 }, 'a\nb': { max: -1e-9 } },
};

/** What a layout is refused for. */
function problemOf(file: unknown): string {
  const text = typeof file === 'string' ? file : JSON.stringify(file);
  try {
    readLayout(text);
  } catch (error) {
    assert.ok(TrainyardError.is(error, 'BAD_REQUEST'), String(error));
    return error.message;
  }
  throw new Error('It was read.');
}

describe('the file of a charts layout', () => {
  it('gives back what was written', () => {
    assert.deepEqual(readLayout(writeLayout(LAYOUT)), LAYOUT);
    assert.deepEqual(readLayout(writeLayout(DEFAULT_LAYOUT)), DEFAULT_LAYOUT);
  });

  it('is the same text for the same layout, a name on a line', () => {
    const text = writeLayout(LAYOUT);
    const { order, toggled, pinned, size, settings, limits } = LAYOUT;
    const shuffled = {
      limits: { 'a\nb': limits['a\nb']!, 'val/accuracy': { max: 1, min: 0 } },
      toggled: toggled.toReversed(),
      order: Object.fromEntries(Object.entries(order).toReversed()),
      pinned,
      size: { height: size.height, width: size.width },
      settings: Object.fromEntries(Object.entries(settings).toReversed()) as typeof settings,
    };
    assert.equal(writeLayout(shuffled), text);
    assert.ok(text.endsWith('}\n'));
    assert.match(text, /^\{\n {2}"version": 1,\n {2}"settings": \{\n {4}"xAxis": "metric:epoch",\n/);
    assert.match(text, /"pinned": \[\n {4}"val\/accuracy",\n {4}"loss"\n {2}\]/);
  });

  it('leaves what it does not say as in a new panel', () => {
    assert.deepEqual(readLayout('{ "version": 1 }'), DEFAULT_LAYOUT);
    const { settings, size, pinned } = readLayout(
      '{ "version": 1, "settings": { "smoothing": 0.5 }, "size": { "height": 300 }, "pinned": ["a"] }',
    );
    assert.deepEqual(settings, { ...DEFAULT_LAYOUT.settings, smoothing: 0.5 });
    assert.deepEqual(size, { ...DEFAULT_LAYOUT.size, height: 300 });
    assert.deepEqual(pinned, ['a']);
  });

  it('is refused with everything that is wrong with it', () => {
    assert.equal(
      problemOf({
        version: 1,
        settings: { xAxis: 'steps', smoothing: 1, smoothin: 0.5 },
        size: { width: '330' },
        pinned: ['a', 1],
        order: { val: 'val/a' },
        colour: 'red',
      }),
      [
        '“pinned” must be a list of names.',
        '“order” must be an object with a list of names for each section.',
        '“colour” is not part of a layout.',
        '“settings.xAxis” must be “step”, “relative”, “time” or “metric:” and its name.',
        '“settings.smoothing” must be a number from 0 to 0.99.',
        '“settings.smoothin” is not part of a layout.',
        '“size.width” must be a number from 160 to 2000.',
      ].join(' '),
    );
  });

  it('is refused for limits that are none', () => {
    const wanted =
      '“limits” must be an object with “min”, “max” or both for each chart, numbers, the smaller first.';
    for (const limits of [
      [],
      { loss: 1 },
      { loss: { min: 2, max: 1 } },
      { loss: { min: '0' } },
      { loss: { least: 0 } },
    ])
      assert.equal(problemOf({ version: 1, limits }), wanted, JSON.stringify(limits));
    assert.equal(problemOf('{ "version": 1, "limits": { "loss": { "max": 1e999 } } }'), wanted);
  });

  it('is refused for an amount of smoothing that its kind does not have', () => {
    const settings = (smoothingKind: string, smoothing: number) => ({
      version: 1,
      settings: { smoothingKind, smoothing },
    });
    assert.equal(readLayout(JSON.stringify(settings('average', 19))).settings.smoothing, 19);
    assert.equal(problemOf(settings('average', 0)), '“settings.smoothing” must be a number from 1 to 199.');
    assert.equal(
      problemOf(settings('exponential', 19)),
      '“settings.smoothing” must be a number from 0 to 0.99.',
    );
  });

  it('is refused when it is none, or of a newer version', () => {
    assert.match(problemOf('{ "version": 1,'), /^The layout is not JSON: /);
    assert.equal(problemOf('[]'), 'The layout is not a JSON object.');
    assert.equal(problemOf('null'), 'The layout is not a JSON object.');
    assert.equal(problemOf({}), 'The layout has no “version”: 1.');
    assert.equal(problemOf({ version: '1' }), 'The layout has no “version”: 1.');
    assert.equal(problemOf({ version: 2, more: true }), 'The layout was saved by a newer Trainyard.');
    assert.equal(problemOf({ version: 1, settings: null }), '“settings” must be an object.');
    assert.equal(problemOf({ version: 1, toString: 1 }), '“toString” is not part of a layout.');
  });
});

describe('a layout of an older version', () => {
  it('gets what it lacks', () => {
    const { size: _, settings, ...rest } = LAYOUT;
    const { yScale: __, ...some } = settings;
    assert.deepEqual(completeLayout({ ...rest, settings: some }), {
      ...LAYOUT,
      size: DEFAULT_LAYOUT.size,
      settings: { ...settings, yScale: 'linear' },
    });
    assert.equal(completeLayout({ settings: { logY: true } }).settings.yScale, 'log');
    assert.ok(!('logY' in completeLayout({ settings: { logY: true } }).settings));
  });
});
