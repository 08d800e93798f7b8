import assert from 'node:assert/strict';
import { readTable } from '../../../src/extension/tables/read-table.js';
import type { ShownTable } from '../../../src/panels/table.js';

const encode = (text: string) => new TextEncoder().encode(text);

function table(path: string, text: string, isCut = false): ShownTable {
  const read = readTable(path, encode(text), isCut);
  if (typeof read === 'string') assert.fail(read);
  return read;
}
function problem(path: string, text: string, isCut = false): string {
  const read = readTable(path, encode(text), isCut);
  if (typeof read !== 'string') assert.fail(JSON.stringify(read));
  return read;
}
const names = ({ columns }: ShownTable) => columns.map(({ name }) => name);
const numbers = ({ columns }: ShownTable) => columns.map(({ isNumber }) => isNumber);

describe('a table in JSON', () => {
  const read = (text: string, isCut = false) => table('t.json', text, isCut);

  it('is read as mlflow.log_table writes it', () => {
    const found = read('{"columns":["q","n","x"],"data":[["a, \\"b\\"",1,0.50],["c",null,1e-7]]}');
    assert.deepEqual(found, {
      columns: [
        { name: 'q', isNumber: false },
        { name: 'n', isNumber: true },
        { name: 'x', isNumber: true },
      ],
      rows: [
        ['a, "b"', '1', '0.50'],
        ['c', null, '1e-7'],
      ],
      columnCount: 3,
      rowCount: 2,
    });
  });

  it('is read whatever the order, the white space, and what else is there', () => {
    const found = read(
      '\n{ "index" : [0, 1],\n "data": [ [ 1 , "]" ],\n\t["\\\\", {"a": [2, 3.0]}] ], "columns": ["a", "b"] }\n',
    );
    assert.deepEqual(names(found), ['a', 'b']);
    assert.deepEqual(found.rows, [
      ['1', ']'],
      ['\\', '{"a": [2, 3.0]}'],
    ]);
  });

  it('keeps the digits of a number that a double does not hold', () => {
    const id = '9007199254740993123';
    assert.deepEqual(read(`{"columns":["id"],"data":[[${id}]]}`).rows, [[id]]);
  });

  it('has pictures, by the small copy', () => {
    const picture =
      '{"type":"image","filepath":"table_images/t/1.png","compressed_filepath":"table_images/t/1.webp"}';
    const found = read(`{"columns":["p"],"data":[[${picture}],[{"type":"image"}]]}`);
    assert.deepEqual(found.rows, [[{ picture: 'table_images/t/1.webp' }], ['{"type":"image"}']]);
  });

  it('joins the names of columns of several levels', () => {
    assert.deepEqual(names(read('{"columns":[["loss","mean"],2],"data":[]}')), ['loss / mean', '2']);
  });

  it('takes NaN for a number, as other programs write it', () => {
    assert.deepEqual(numbers(read('{"columns":["a"],"data":[[NaN],[1],[-Infinity]]}')), [true]);
  });

  it('with ragged rows has the columns of the longest', () => {
    const found = read('{"columns":["a"],"data":[[1],[],[2,"x",3]]}');
    assert.deepEqual(names(found), ['a', '', '']);
    assert.deepEqual(found.rows, [
      ['1', null, null],
      [null, null, null],
      ['2', 'x', '3'],
    ]);
  });

  it('is shown by its first thousand rows and hundred columns, and counted', () => {
    const columns = Array.from({ length: 150 }, (_, i) => `c${i}`);
    const row = JSON.stringify(columns.map((_, i) => i));
    const data = Array.from({ length: 2345 }, () => row).join(',');
    const found = read(`{"columns":${JSON.stringify(columns)},"data":[${data}]}`);
    assert.deepEqual([found.rows.length, found.rowCount], [1000, 2345]);
    assert.deepEqual([found.columns.length, found.columnCount], [100, 150]);
    assert.equal(found.rows[0]?.length, 100);
  });

  it('that breaks off, because a part of it was read, has the rows that are whole', () => {
    const found = read('{"columns":["a","b"],"data":[[1,"x"],[2,"y"],[3,"', true);
    assert.equal(found.rows.length, 2);
    assert.equal(found.rowCount, null);
    assert.equal(read('{"data":[[1,2],[3', true).columns.length, 2);
  });

  it('clips a text that fills pages', () => {
    const cell = read(`{"columns":["a"],"data":[["${'x'.repeat(10_000)}"]]}`).rows[0]?.[0];
    assert.equal(cell, `${'x'.repeat(500)}…`);
  });

  it('is empty when nothing is in it', () => {
    assert.deepEqual(read('{"columns":[],"data":[]}'), {
      columns: [],
      rows: [],
      columnCount: 0,
      rowCount: 0,
    });
    assert.deepEqual(names(read('{"columns":["a"],"data":[]}')), ['a']);
  });

  it('is none when it is something else, which is said', () => {
    for (const text of [
      '',
      '[1, 2]',
      '"x"',
      '{}',
      '{"columns":["a"]}',
      '{"data":[[1]]}',
      '{"columns":1,"data":[]}',
    ])
      assert.match(problem('t.json', text), /not a table/, text);
    assert.match(problem('t.json', '{"columns":["a"],"data":[1,2]}'), /not a table/);
    assert.match(problem('t.json', '{"columns":["a"],"data":[[1],[2'), /ends in the middle/);
    assert.match(problem('t.json', '{"columns":[a],"data":[]}'), /not JSON/);
    assert.match(problem('t.json', '{"columns":["a"],"data":[["\\x"]]}'), /not JSON/);
    assert.match(problem('t.json', '{"columns":["a"],"data":[["'.padEnd(1000, 'x'), true), /too large/);
    assert.match(problem('t.json', 'PAR1\0\0'), /not text/);
  });

  it('may be nested as deep as it likes', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    assert.equal(read(`{"columns":["a"],"data":[[${deep}]]}`).rows[0]?.[0], `${'['.repeat(500)}…`);
  });
});

describe('a table in lines', () => {
  const CSV = 'name,n\n"a, b",1\n"say ""x""\nand y",2.5\n';

  it('is read with its quotes, and a line break in them', () => {
    const found = table('t.csv', CSV);
    assert.deepEqual(names(found), ['name', 'n']);
    assert.deepEqual(found.rows, [
      ['a, b', '1'],
      ['say "x"\nand y', '2.5'],
    ]);
    assert.deepEqual(numbers(found), [false, true]);
    assert.equal(found.rowCount, 2);
  });

  it('is the same with the line ends and the mark of Windows', () => {
    assert.deepEqual(
      table('t.csv', `\uFEFF${CSV.replaceAll('\n', '\r\n')}`).columns,
      table('t.csv', CSV).columns,
    );
  });

  it('is separated by what its first line has most of', () => {
    assert.deepEqual(table('t.tsv', 'a\tb, c\n1\t2\n').rows, [['1', '2']]);
    assert.deepEqual(table('t.csv', 'a;b\n1,5;2\n').rows, [['1,5', '2']]);
  });

  it('knows the empty value from a missing one, and skips empty lines', () => {
    assert.deepEqual(table('t.csv', 'a,b\n\n1,\n2\n').rows, [
      ['1', ''],
      ['2', null],
    ]);
  });

  it('that breaks off has the rows that are whole', () => {
    const found = table('t.csv', 'a,b\n1,2\n3,', true);
    assert.deepEqual(found.rows, [['1', '2']]);
    assert.equal(found.rowCount, null);
    assert.deepEqual(table('t.csv', 'a,b\n1,2\n3,', false).rows[1], ['3', '']);
    assert.match(problem('t.csv', 'a,b\n"'.padEnd(1000, 'x'), true), /too large/);
  });

  it('is counted, not kept, beyond the first thousand rows', () => {
    const found = table('t.csv', `a,b\n${'1,"x\ny"\n'.repeat(50_000)}`);
    assert.deepEqual([found.rows.length, found.rowCount], [1000, 50_000]);
  });

  it('may be empty', () => {
    assert.deepEqual(table('t.csv', ''), { columns: [], rows: [], columnCount: 0, rowCount: 0 });
    assert.deepEqual(names(table('t.csv', 'a,b')), ['a', 'b']);
  });
});
