import assert from 'node:assert/strict';
import { isTablePath, isTablePicture, loggedTables } from '../../../src/extension/tables/logged-tables.js';
import { tableCsv } from '../../../src/extension/tables/table-csv.js';

describe('the tables of a run', () => {
  const of = (text: string) => loggedTables({ 'mlflow.loggedArtifacts': text });

  it('are those that the client wrote down', () => {
    assert.deepEqual(
      of(
        '[{"path":"z.json","type":"table"},{"path":"a/b.parquet","type":"table"},{"path":"z.json","type":"table"}]',
      ),
      ['a/b.parquet', 'z.json'],
    );
    assert.deepEqual(of('[{"path":"./a//t.json","type":"table"},{"path":"a/t.json","type":"table"}]'), [
      'a/t.json',
    ]);
    assert.deepEqual(loggedTables({}), []);
  });

  it('are none when the tag holds something else', () => {
    for (const text of [
      '',
      '{',
      '7',
      '{"path":"x"}',
      '[null, 1, {"type":"table"}, {"path":2,"type":"table"}]',
    ])
      assert.deepEqual(of(text), [], text);
    assert.deepEqual(of('[{"path":"x.png","type":"image"}]'), []);
  });

  it('are also what is named like one', () => {
    for (const path of ['a/errors.CSV', 'x.tsv', 'x.parquet', 'tables/a.json', 'eval_results_table.json'])
      assert.ok(isTablePath(path), path);
    for (const path of ['config.json', 'table.txt', 'tables/a/b.json']) assert.ok(!isTablePath(path), path);
    assert.ok(isTablePicture('table_images/eval/1.png') && !isTablePicture('x/table_images/1.png'));
  });
});

describe('a table as lines', () => {
  const csv = (path: string, text: string, isCut = false) =>
    new TextDecoder().decode(tableCsv(path, new TextEncoder().encode(text), isCut));

  it('has one for each row, and cells as the file has them', () => {
    const picture = '{"type":"image","filepath":"a.png","compressed_filepath":"a.webp"}';
    assert.equal(
      csv(
        't.json',
        `{"columns":["a","b"],"data":[["x, \\"y\\"",1.0],["two\\nlines",null],[${picture},true]]}`,
      ),
      'a,b\n"x, ""y""",1.0\ntwo\\nlines,\na.webp,true\n',
    );
  });

  it('has all rows', () => {
    const text = csv('t.json', `{"columns":["a"],"data":[${'[1],'.repeat(4999)}[1]]}`);
    assert.equal(text.split('\n').length, 5002);
  });

  it('says that the file goes on', () => {
    assert.match(csv('t.json', '{"columns":["a"],"data":[[1],[2', true), /^a\n1\n… Only the beginning/);
  });

  it('is the file when that is no table', () => {
    assert.equal(csv('t.json', '{"a": 1}'), '{"a": 1}');
  });
});
