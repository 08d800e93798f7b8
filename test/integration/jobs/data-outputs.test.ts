import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../../../src/base/errors.js';
import type { CommandJob } from '../../../src/job/spec.js';
import { TestHome } from '../../support/home.js';

describe('outputs of jobs', () => {
  let test: TestHome;

  before(() => {
    test = new TestHome();
  });
  after(() => test.close());

  const submit = (script: string, outputs: CommandJob['outputs'], more: Partial<CommandJob> = {}) =>
    test.workspace.jobs.submit({
      kind: 'command',
      codeFolder: test.project,
      workingFolder: '',
      command: [
        'sh',
        '-ec',
        script,
        'sh',
        ...Object.keys(outputs ?? {}).map((key) => `\${{outputs.${key}}}`),
      ],
      outputs,
      target: 'local',
      experiment: 'outputs',
      environmentVariables: {},
      tags: {},
      ...more,
    });

  it('become data by the next version or the one that is given, which other jobs read', async () => {
    const write = 'echo "$0$1" > /dev/null; echo a > "$1/a.txt"; echo 7 > "$2"';
    const outputs = {
      rows: { type: 'uri_folder', name: 'rows' },
      score: { type: 'uri_file', name: 'score', version: 'v1' },
    } as const;
    const first = await submit(write, outputs);
    const ended = await test.ended(first.id);
    assert.deepEqual([ended.state, ended.job?.reason], ['finished', undefined]);
    const rows = await test.workspace.data.get('rows');
    assert.deepEqual(
      [rows.version, rows.type, rows.path, rows.runId],
      ['1', 'uri_folder', `runs:/${first.id}/outputs/rows`, first.id],
    );
    assert.equal(
      (await test.workspace.data.get('score', 'v1')).path,
      `runs:/${first.id}/outputs/score/score`,
    );
    await assert.rejects(submit(write, outputs), (error) => TrainyardError.is(error, 'CONFLICT'));

    const reader = await submit(
      'cat "$1/a.txt" "$2"',
      {},
      {
        command: ['sh', '-ec', 'cat "$1/a.txt" "$2"', 'sh', '${{inputs.rows}}', '${{inputs.score}}'],
        inputs: {
          rows: { type: 'uri_folder', path: 'azureml:rows@latest' },
          score: { type: 'uri_file', path: 'azureml:score:v1' },
        },
      },
    );
    assert.equal((await test.ended(reader.id)).state, 'finished');
    assert.equal(await test.log(reader.id), 'a\n7\n');
  });

  it('become versions of a model, which other jobs read', async () => {
    const { id } = await submit('echo w > "$1/w.bin"', { net: { type: 'custom_model', name: 'net' } });
    assert.equal((await test.ended(id)).job?.reason, undefined);
    assert.deepEqual(
      (await test.workspace.registry.versions('net')).map(({ version, runId }) => [version, runId]),
      [['1', id]],
    );
    for (const uri of ['azureml:net:1', 'azureml:net@latest', 'models:/net/1']) {
      const reader = await submit(
        '',
        {},
        {
          command: ['sh', '-ec', 'cat "$1/w.bin"', 'sh', '${{inputs.net}}'],
          inputs: { net: { type: 'custom_model', path: uri } },
        },
      );
      assert.equal((await test.ended(reader.id)).state, 'finished', uri);
      assert.equal(await test.log(reader.id), 'w\n');
    }
  });

  it('are copied to a folder', async () => {
    const to = path.join(test.root, 'copied');
    const { id } = await submit('mkdir "$1/b"; echo a > "$1/b/a.txt"; echo 7 > "$2"', {
      rows: { type: 'uri_folder', path: `${to}/\${{name}}/\${{output_name}}` },
      score: { type: 'uri_file', path: path.join(to, 'score.txt') },
    });
    assert.deepEqual((await test.ended(id)).job?.reason, undefined);
    assert.equal(fs.readFileSync(path.join(to, id, 'rows', 'b', 'a.txt'), 'utf8'), 'a\n');
    assert.equal(fs.readFileSync(path.join(to, 'score.txt'), 'utf8'), '7\n');
  });

  it('of a job that fails, or that writes nothing, are not registered', async () => {
    const outputs = { rows: { type: 'uri_folder', name: 'none' } } as const;
    const failing = await submit('echo a > "$1/a.txt"; exit 3', outputs);
    assert.equal((await test.ended(failing.id)).state, 'failed');
    const empty = await test.ended((await submit('true', outputs)).id);
    assert.equal(empty.state, 'finished');
    assert.match(empty.job?.reason ?? '', /The output rows: The job wrote nothing there/);
    await assert.rejects(test.workspace.data.get('none'), (error) => TrainyardError.is(error, 'NOT_FOUND'));
  });

  it('cannot be called what nobody could name', async () => {
    for (const output of [
      { type: 'uri_folder', name: 'a b' },
      { type: 'uri_folder', version: '1' },
      { type: 'uri_folder', name: 'a', version: 'latest' },
      { type: 'custom_model', name: 'a/b' },
      { type: 'uri_folder', path: 'relative' },
      { type: 'uri_folder', path: 'https://example.com/a' },
    ] as const)
      await assert.rejects(submit('true', { out: output }), (error) =>
        TrainyardError.is(error, 'BAD_REQUEST'),
      );
  });
});
