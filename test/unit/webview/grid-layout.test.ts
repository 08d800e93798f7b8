import assert from 'node:assert/strict';
import type { ShownTable } from '../../../src/panels/table.js';
import { linesInSight, shortNumber, tailsOf, widthsOf } from '../../../webview/run/grid-layout.js';

const table = (isNumber: boolean, ...values: ShownTable['rows'][number]): ShownTable => ({
  columns: [{ name: 'a', isNumber }],
  rows: values.map((value) => [value]),
  columnCount: 1,
  rowCount: values.length,
});
/** Ten pixels a character. */
const width = (shown: ShownTable) => widthsOf(shown, tailsOf(shown), (text) => text.length * 10)[0];

describe('the grid of a table', () => {
  it('draws the lines in sight and some around them', () => {
    assert.deepEqual(linesInSight(0, 220, 22, 1000), { first: 0, end: 20 });
    assert.deepEqual(linesInSight(2200, 220, 22, 1000), { first: 90, end: 120 });
    assert.deepEqual(linesInSight(21_780, 220, 22, 1000), { first: 980, end: 1000 });
    assert.deepEqual(linesInSight(0, 220, 22, 0), { first: 0, end: 0 });
    // Scrolled far down when the table became shorter.
    assert.deepEqual(linesInSight(21_780, 220, 22, 5), { first: 5, end: 5 });
  });

  it('rounds numbers with very many digits, and no ids', () => {
    assert.equal(shortNumber('0.5000'), '0.5000');
    assert.equal(shortNumber('0.12345678901234567'), '0.1234568');
    assert.equal(shortNumber('-1.2345678901e-12'), '-1.234568e-12');
    assert.equal(shortNumber('9007199254740993123'), '9007199254740993123');
  });

  it('has room for the longest tail behind the point', () => {
    assert.deepEqual(tailsOf(table(true, '100', '1.25', null, '7.')), [3]);
    assert.deepEqual(tailsOf(table(false, '1.25')), [0]);
    assert.equal(width(table(true, '10000', '1.25')), 80 + 25);
  });

  it('makes columns as wide as their texts, within bounds', () => {
    assert.equal(width(table(false, 'ten chars.')), 125);
    assert.equal(width(table(false, 'x')), 48);
    assert.equal(width(table(false, 'x'.repeat(400))), 320);
    assert.equal(width(table(false, { picture: 'a.png' }, null)), 96);
  });
});
