import assert from 'node:assert/strict';
import path from 'node:path';
import type { DataAsset } from '../../../src/workspace/types.js';
import { TestHome } from '../../support/home.js';

describe('data on the command line', () => {
  let test: TestHome;

  before(() => {
    test = new TestHome();
    test.write('data/rows.csv', '1,2\n');
    test.write(
      'data/rows.yml',
      'name: rows\nversion: 1.10\ntype: uri_file\npath: ./rows.csv\ntags: {year: 2024}\n',
    );
  });
  after(() => test.close());

  const json = <T>(...args: string[]): T => {
    const { stdout, stderr, status } = test.cli([...args, '--json']);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as T;
  };

  it('is created of a file and of options, listed and shown', () => {
    const file = path.join(test.project, 'data', 'rows.csv');
    const first = json<DataAsset>('data', 'create', '--file', 'data/rows.yml');
    assert.deepEqual(
      [first.name, first.version, first.type, first.path, first.tags],
      [...['rows', '1.10', 'uri_file', file], { year: '2024' }],
    );
    const second = json<DataAsset>(
      'data',
      'create',
      '--name',
      'rows',
      '--path',
      'data/rows.csv',
      '--tag',
      'a=b=c',
    );
    assert.deepEqual(
      [second.version, second.type, second.path, second.tags],
      ['1', 'uri_file', file, { a: 'b=c' }],
    );
    const versions = (...args: string[]) =>
      json<{ data: DataAsset[] }>('data', 'list', ...args).data.map(({ version }) => version);
    assert.deepEqual(versions(), ['1']);
    assert.deepEqual(versions('rows'), ['1', '1.10']);
    assert.deepEqual(json('data', 'show', 'rows:1.10'), first);
    assert.deepEqual(json('data', 'show', 'azureml:rows@latest'), second);
    assert.equal(test.cli(['data', 'archive', 'rows:1']).status, 0);
    assert.deepEqual(versions(), ['1.10']);
    assert.match(test.cli(['data']).stdout, /^NAME +VERSION +TYPE +CREATED +PATH\nrows +1\.10 +uri_file/);
  });

  it('has the version that is asked for', () => {
    const args = ['--name', 'numbered', '--version', '7', '--path', 'data/rows.csv'];
    assert.equal(json<DataAsset>('data', 'create', ...args).version, '7');
    const [own, short] = [test.cli(['--version']), test.cli(['-V'])];
    assert.equal(own.status, 0);
    assert.match(own.stdout, /^\d+\.\d+\.\d+/);
    assert.equal(short.stdout, own.stdout);
  });

  it('says what is wrong', () => {
    const fails = (args: string[], status: number, words: RegExp) => {
      const call = test.cli(['data', ...args]);
      assert.match(call.stderr, words);
      assert.equal(call.status, status);
    };
    fails(['create', '--file', 'data/rows.yml'], 1, /rows:1\.10 already exists/);
    fails(['create', '--file', 'none.yml'], 2, /none\.yml cannot be read/);
    fails(['create', '--name', 'x'], 2, /needs a name and a path/);
    fails(['create', '--name', 'a b', '--path', 'x'], 2, /“a b” cannot be the name/);
    fails(['show', 'none'], 1, /There is no data “none”/);
    fails(['list', 'none'], 1, /There is no data “none”/);
  });
});
