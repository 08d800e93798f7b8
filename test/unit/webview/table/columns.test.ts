import assert from 'node:assert/strict';
import type { TableLayout } from '../../../../src/panels/table-messages.js';
import {
  arrange,
  clampWidth,
  columnOf,
  EMPTY_LAYOUT,
  isShown,
  knownColumns,
  moved,
  ordered,
  widthOf,
  withShown,
} from '../../../../webview/table/columns.js';

const IDS = ['tag:stage', 'param:lr', 'metric:m10', 'metric:m2', 'min:m2', 'metric:system/cpu', 'name'];
const known = knownColumns(IDS);
const ids = (columns: readonly { id: string }[]) => columns.map(({ id }) => id);
const shown = (layout: Partial<TableLayout> = {}) => {
  const { pinned, others } = arrange(known, { ...EMPTY_LAYOUT, ...layout });
  return { pinned: ids(pinned), others: ids(others) };
};

describe('the columns of the table', () => {
  it('stand by kind, m2 with its extremes before m10 and the machine after the metrics', () => {
    assert.deepEqual(
      ids(known).filter((id) => id.includes(':')),
      ['metric:m2', 'min:m2', 'metric:m10', 'metric:system/cpu', 'param:lr', 'tag:stage'],
    );
  });

  it('begin with the name pinned, without extremes and the machine', () => {
    const { pinned, others } = shown();
    assert.deepEqual(pinned, ['name']);
    assert.ok(others.includes('metric:m2'));
    assert.ok(
      !others.includes('min:m2') && !others.includes('metric:system/cpu') && !others.includes('user'),
    );
  });

  it('are shown and hidden against their default, and back to it', () => {
    const min = columnOf('min:m2');
    const layout = withShown(EMPTY_LAYOUT, min, true);
    assert.ok(isShown(min, layout));
    assert.deepEqual(withShown(layout, min, false), EMPTY_LAYOUT);
    const lr = columnOf('param:lr');
    assert.ok(!isShown(lr, withShown(EMPTY_LAYOUT, lr, false)));
    assert.deepEqual(withShown(withShown(EMPTY_LAYOUT, lr, false), lr, true), EMPTY_LAYOUT);
  });

  it('go where they are put, and those that come later to their usual neighbour', () => {
    const layout = moved(known, EMPTY_LAYOUT, 'param:lr', 'state');
    assert.deepEqual(shown(layout).others.slice(0, 2), ['param:lr', 'state']);
    const later = knownColumns([...IDS, 'metric:m3']);
    const order = ids(ordered(later, layout.order));
    assert.equal(order.indexOf('metric:m3'), order.indexOf('min:m2') + 1);
    assert.equal(order.length, later.length);
  });

  it('become pinned when they are put before a pinned one, and free again elsewhere', () => {
    const pinned = moved(known, EMPTY_LAYOUT, 'param:lr', 'name');
    assert.deepEqual(shown(pinned).pinned, ['param:lr', 'name']);
    assert.deepEqual(shown(moved(known, pinned, 'param:lr', undefined)).pinned, ['name']);
  });

  it('leave out what is not wanted, but never what is pinned', () => {
    const { pinned, others } = arrange(known, EMPTY_LAYOUT, ({ id }) => id === 'param:lr');
    assert.deepEqual([ids(pinned), ids(others)], [['name'], ['param:lr']]);
  });

  it('keep a name whole that has colons in it', () => {
    assert.equal(columnOf('param:a:b').label, 'a:b');
  });

  it('have room for a curve, and in groups for a mean and its deviation', () => {
    const m2 = columnOf('metric:m2');
    const width = (layout: Partial<TableLayout>) => widthOf(m2, { ...EMPTY_LAYOUT, ...layout });
    assert.ok(width({}) < width({ group: 'branch' }));
    assert.ok(width({ group: 'branch' }) < width({ curves: ['metric:m2'] }));
    assert.equal(width({ curves: ['metric:m2'], widths: { 'metric:m2': 50 } }), 50);
  });

  it('are as wide as a person made them, within bounds', () => {
    assert.equal(widthOf(columnOf('param:lr'), { ...EMPTY_LAYOUT, widths: { 'param:lr': 222 } }), 222);
    assert.deepEqual([clampWidth(1), clampWidth(100.4), clampWidth(1e6)], [40, 100, 800]);
  });
});
