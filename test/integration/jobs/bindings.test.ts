import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../../../src/base/errors.js';
import type { CommandJob } from '../../../src/job/spec.js';
import { TestHome } from '../../support/home.js';

describe('what a job reads and writes, by name', () => {
  let test: TestHome;
  let data: string;

  before(async () => {
    test = new TestHome();
    data = path.join(test.root, 'data');
    fs.mkdirSync(data);
    fs.writeFileSync(path.join(data, 'a b.csv'), '1,2\n');
  });
  after(() => test.close());

  const spec = (command: string[], more: Partial<CommandJob>): CommandJob => ({
    kind: 'command',
    codeFolder: test.project,
    workingFolder: '',
    command,
    target: 'local',
    experiment: 'bindings',
    environmentVariables: {},
    tags: {},
    ...more,
  });

  it('is put into the command, and its outputs are kept by their names', async () => {
    const script = [
      'test "$AZURE_ML_INPUT_rows" = "$1" && test "$AZURE_ML_OUTPUT_model" = "$3" && test "$3" = "$TRAINYARD_OUTPUT/model"',
      'cat "$1"; echo "$2"; echo weights > "$3/w.bin"; echo 7 > "$4"',
    ].join('\n');
    const words = ['${{inputs.rows}}', 'lr=${{inputs.lr}}', '${{outputs.model}}', '${{ outputs.score }}'];
    const run = await test.workspace.jobs.submit(
      spec(['bash', '-e', '-c', script, 'bash', ...words], {
        parameters: { lr: '0.1' },
        inputs: { rows: { type: 'uri_file', path: path.join(data, 'a b.csv') } },
        outputs: { model: { type: 'uri_folder' }, score: { type: 'uri_file' } },
      }),
    );
    const ended = await test.ended(run.id);
    assert.equal(await test.log(run.id), '1,2\nlr=0.1\n');
    assert.equal(ended.state, 'finished');
    const files = async (folder: string) =>
      (await test.workspace.files(run.id, folder)).map((file) => file.path);
    assert.deepEqual(await files('outputs/model'), ['outputs/model/w.bin']);
    assert.deepEqual(await files('outputs/score'), ['outputs/score/score']);
  });

  it('must be there', async () => {
    const gone = path.join(data, 'gone.csv');
    await assert.rejects(
      test.workspace.jobs.submit(spec(['true'], { inputs: { rows: { type: 'uri_file', path: gone } } })),
      (error) => TrainyardError.is(error, 'NOT_FOUND') && error.message.includes(gone),
    );
  });

  it('is refused where a process cannot have it, before anything is kept', async () => {
    const refused: [Partial<CommandJob>, RegExp][] = [
      [{ environment: { kind: 'image', image: 'python:3.12' } }, /python:3\.12.*containers/],
      [{ environment: { kind: 'asset', name: 'none', version: '1' } }, /no environment none:1/],
      [{ resources: { cpus: 1, memory: 2 ** 30 } }, /CPUs and memory/],
      [{ resources: { instanceCount: 2 } }, /wants 2/],
      [{ network: 'off' }, /network/],
    ];
    for (const [more, message] of refused)
      await assert.rejects(test.workspace.jobs.submit(spec(['true'], more)), message);
    const { runs } = await test.workspace.runs({});
    assert.equal(runs.filter(({ state }) => state !== 'finished').length, 0);
  });
});
