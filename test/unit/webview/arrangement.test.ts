import assert from 'node:assert/strict';
import { Arrangement } from '../../../webview/charts/arrangement.js';
import { moved } from '../../../webview/charts/layout.js';

const KEYS = new Set(['loss', 'lr', 'val/a', 'val/b', 'val/c']);

function arranged(): { arrangement: Arrangement; changes: () => number } {
  let changes = 0;
  return { arrangement: new Arrangement(() => changes++), changes: () => changes };
}

describe('Arrangement', () => {
  const keysOf = (arrangement: Arrangement, keys = KEYS) =>
    Object.fromEntries(arrangement.sections(keys).map((section) => [section.prefix, section.keys]));
  const sectionOf = (arrangement: Arrangement, prefix: string, keys = KEYS) =>
    arrangement.sections(keys).find((section) => section.prefix === prefix)!;

  it('keeps the place that a chart was given, and puts new ones behind', () => {
    const { arrangement, changes } = arranged();
    arrangement.move(sectionOf(arrangement, 'val'), 'val/c', 'val/a');
    assert.deepEqual(keysOf(arrangement)['val'], ['val/c', 'val/a', 'val/b']);
    assert.deepEqual(keysOf(arrangement, new Set([...KEYS, 'val/aa']))['val'], [
      'val/c',
      'val/a',
      'val/b',
      'val/aa',
    ]);
    assert.deepEqual(keysOf(arrangement)[''], ['loss', 'lr']);
    assert.equal(changes(), 1);
  });

  it('keeps the places of metrics that the runs of now lack', () => {
    const { arrangement } = arranged();
    arrangement.move(sectionOf(arrangement, 'val'), 'val/c', 'val/a');
    const some = new Set(['val/a', 'val/b']);
    arrangement.move(sectionOf(arrangement, 'val', some), 'val/a', null);
    assert.deepEqual(keysOf(arrangement, some)['val'], ['val/b', 'val/a']);
    assert.deepEqual(keysOf(arrangement)['val'], ['val/b', 'val/a', 'val/c']);
  });

  it('moves what is pinned among the pinned', () => {
    const { arrangement } = arranged();
    for (const key of ['lr', 'val/a', 'gone']) arrangement.togglePinned(key);
    arrangement.move(arrangement.sections(KEYS)[0]!, 'val/a', 'lr');
    assert.deepEqual(arrangement.sections(KEYS)[0]?.keys, ['val/a', 'lr']);
    assert.deepEqual(arrangement.parts.pinned, ['val/a', 'lr', 'gone']);
    arrangement.togglePinned('lr');
    assert.deepEqual(keysOf(arrangement)[''], ['loss', 'lr']);
  });

  it('keeps the limits of a chart until both ends are free', () => {
    const { arrangement, changes } = arranged();
    arrangement.setLimits('lr', { max: 1 });
    assert.deepEqual(arrangement.limits('lr'), { max: 1 });
    assert.equal(arrangement.limits('toString'), undefined);
    arrangement.setLimits('lr', {});
    assert.deepEqual(arrangement.parts.limits, {});
    assert.equal(changes(), 2);
  });

  it('carries limits over to the chart with one metric more, and drops them with it', () => {
    const { arrangement } = arranged();
    arrangement.addMetric('loss', 'lr');
    assert.equal(arrangement.limits('loss\nlr'), undefined);
    arrangement.setLimits('loss\nlr', { min: 0 });
    arrangement.addMetric('loss\nlr', 'val/a');
    assert.deepEqual(arrangement.parts.limits, { 'loss\nlr\nval/a': { min: 0 } });
    arrangement.togglePinned('loss\nlr\nval/a');
    assert.deepEqual(arrangement.parts.limits, {});
    arrangement.setLimits('lr', { min: 0 });
    arrangement.togglePinned('lr');
    arrangement.togglePinned('lr');
    assert.deepEqual(arrangement.limits('lr'), { min: 0 });
  });

  it('opens and closes sections against their default', () => {
    const { arrangement } = arranged();
    const open = { prefix: 'val', collapsed: false };
    assert.ok(arrangement.isOpen(open));
    arrangement.toggleSection(open);
    assert.ok(!arrangement.isOpen(open));
    arrangement.toggleSection(open);
    assert.ok(arrangement.isOpen(open));
    assert.ok(!arrangement.isOpen({ prefix: 'system', collapsed: true }));
  });

  it('is told of a layout without telling of it', () => {
    const { arrangement, changes } = arranged();
    const size = { width: 240, height: 150 };
    arrangement.take({ size, pinned: ['lr'], order: {}, toggled: ['val'], limits: { lr: { min: 0 } } });
    assert.deepEqual(arrangement.limits('lr'), { min: 0 });
    assert.equal(changes(), 0);
    arrangement.resize({ height: 180 });
    assert.deepEqual(arrangement.size, { width: 240, height: 180 });
    assert.equal(changes(), 1);
  });
});

describe('moved', () => {
  it('puts a member before another or at the end', () => {
    assert.deepEqual(moved(['a', 'b', 'c'], 'c', 'a'), ['c', 'a', 'b']);
    assert.deepEqual(moved(['a', 'b', 'c'], 'a', null), ['b', 'c', 'a']);
    assert.deepEqual(moved(['a', 'b', 'c'], 'a', 'c'), ['b', 'a', 'c']);
    assert.deepEqual(moved(['a', 'b', 'c'], 'b', 'b'), ['a', 'b', 'c']);
  });
});
