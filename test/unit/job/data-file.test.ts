import assert from 'node:assert/strict';
import path from 'node:path';
import { TrainyardError } from '../../../src/base/errors.js';
import { readDataFile } from '../../../src/job/data-file.js';

const folder = path.resolve('/work/data');

describe('data of a file', () => {
  it('has the fields of Azure ML, with its path from the file on', async () => {
    const text = [
      '$schema: https://azuremlschemas.azureedge.net/latest/data.schema.json',
      'name: rows',
      'version: 1.10',
      'type: uri_file',
      'path: ./a b.csv',
      'description: Rows.',
      'tags: {year: 2024, clean: true}',
    ].join('\n');
    assert.deepEqual(await readDataFile(text, folder), {
      name: 'rows',
      version: '1.10',
      type: 'uri_file',
      path: path.join(folder, 'a b.csv'),
      description: 'Rows.',
      tags: { year: '2024', clean: 'true' },
    });
  });

  it('is a folder unless it says otherwise, and keeps URIs', async () => {
    for (const uri of [
      'https://example.com/x.csv',
      'azureml://datastores/lake/paths/a/b',
      'runs:/1/outputs',
      's3://b/c',
    ])
      assert.deepEqual(await readDataFile(`name: x\npath: "${uri}"`, folder), {
        name: 'x',
        type: 'uri_folder',
        path: uri,
      });
  });

  const wrong: [string, RegExp[]][] = [
    ['- a', [/fields such as/]],
    ['name: [', [/no data: .*flow/i]],
    ['type: uri_file', [/`name` is missing/, /`path` is missing/]],
    ['name: a/b\npath: x', [/`name` \(a\/b\) has letters/]],
    ['name: a\npath: x\ntype: table', [/one of uri_file, uri_folder, mltable/]],
    ['name: a\npath: 7', [/`path` must be text/]],
    ['name: a\npath: ""', [/`path` is empty/]],
    ['name: a\npath: x\nversoin: 1', [/`versoin` is no field/]],
  ];
  for (const [text, messages] of wrong)
    it(`is refused: ${JSON.stringify(text)}`, async () => {
      await assert.rejects(readDataFile(text, folder), (error) => {
        assert.ok(TrainyardError.is(error, 'BAD_REQUEST'));
        for (const message of messages) assert.match(error.message, message);
        return true;
      });
    });
});
