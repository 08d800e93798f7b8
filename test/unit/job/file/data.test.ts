import assert from 'node:assert/strict';
import path from 'node:path';
import { TrainyardError } from '../../../../src/base/errors.js';
import { readDataFile } from '../../../../src/job/file/data.js';

const folder = path.resolve('/work/data');
const read = (text: string) => readDataFile(text, path.join(folder, 'data.yml'));

describe('data of a file', () => {
  it('has the fields of Azure ML, with its path from the file on', () => {
    const text = [
      '$schema: https://azuremlschemas.azureedge.net/latest/data.schema.json',
      'name: rows',
      'version: 1.10',
      'type: uri_file',
      'path: ./a b.csv',
      'description: Rows.',
      'tags: {year: 2024, clean: true}',
    ].join('\n');
    assert.deepEqual(read(text), {
      name: 'rows',
      version: '1.10',
      type: 'uri_file',
      path: path.join(folder, 'a b.csv'),
      description: 'Rows.',
      tags: { year: '2024', clean: 'true' },
    });
  });

  it('is a folder unless it says otherwise, and keeps URIs', () => {
    for (const uri of [
      'https://example.com/x.csv',
      'azureml://datastores/lake/paths/a/b',
      'runs:/1/outputs',
      's3://b/c',
    ])
      assert.deepEqual(read(`name: x\npath: "${uri}"`), {
        name: 'x',
        type: 'uri_folder',
        path: uri,
      });
  });

  const wrong: [string, RegExp[]][] = [
    ['- a', [/must hold “name: value” lines/]],
    ['name: [', [/no data\. .*flow/i]],
    ['type: uri_file', [/1:1 “name” is missing/, /1:1 “path” is missing/]],
    ['name: a/b\npath: x', [/1:7 “a\/b” is not a name for data\. Names have letters/]],
    ['name: a\npath: x\ntype: table', [/3:7 .*uri_file, uri_folder, mltable/]],
    ['name: a\npath: 7', [/2:7 “path” must be a text/]],
    ['name: a\npath: ""', [/2:7 “path” is empty/]],
    ['name: a\npath: x\nversoin: 1', [/3:1 There is no field “versoin” in a data asset.*“version”/]],
    ['name: a\npath: x\nname: b', [/3:1 “name” is written twice/]],
  ];
  for (const [text, messages] of wrong)
    it(`is refused: ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => read(text),
        (error) => {
          assert.ok(TrainyardError.is(error, 'BAD_REQUEST'));
          for (const message of messages) assert.match(error.message, message);
          return true;
        },
      );
    });
});
