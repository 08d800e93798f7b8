import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { findServer } from '../../../src/workspace/local/launch.js';
import type { LineageGraph } from '../../../src/lineage/graph.js';
import type { Run } from '../../../src/workspace/types.js';
import type { Seed } from '../../contract/workspace.js';
import { TestHome } from '../../support/home.js';
import { mlflowSeed } from '../../support/mlflow-seed.js';

type Answer = LineageGraph & { start: string; problems: string[] };

describe('lineage on the command line', () => {
  let test: TestHome;
  let seed: Seed;
  let run: Run;

  before(async function () {
    this.timeout(240_000);
    test = new TestHome();
    test.write('rows.csv', '1,2\n');
    const { workspace } = test;
    await workspace.data.create({
      name: 'rows',
      type: 'uri_file',
      path: path.join(test.project, 'rows.csv'),
    });
    const server = await findServer(test.home);
    assert.ok(server);
    seed = mlflowSeed(`http://127.0.0.1:${server.port}`, { authorization: `Bearer ${server.token}` });
    run = await workspace.jobs.submit({
      kind: 'command',
      codeFolder: test.project,
      workingFolder: '',
      command: [
        ...[
          'sh',
          '-ec',
          'cat "$1" > "$2/clean.csv"; echo w > "$3/w.bin"; echo 7 > "$TRAINYARD_OUTPUT/score.txt"',
        ],
        ...['sh', '${{inputs.rows}}', '${{outputs.clean}}', '${{outputs.net}}'],
      ],
      inputs: { rows: { type: 'uri_file', path: 'azureml:rows:1' } },
      outputs: {
        clean: { type: 'uri_folder', name: 'clean' },
        net: { type: 'custom_model', name: 'net' },
      },
      target: 'local',
      experiment: 'lineage',
      displayName: 'train it',
      environmentVariables: {},
      tags: {},
    });
    const ended = await test.ended(run.id);
    assert.deepEqual([ended.state, ended.job?.reason], ['finished', undefined]);
    const model = await seed.loggedModel(ended.experimentId, run.id, 'logged net');
    await workspace.registry.register({ modelId: model }, 'prod');
  });
  after(() => test.close());

  const ask = (...args: string[]): Answer => {
    const { stdout, stderr, status } = test.cli(['lineage', ...args, '--json']);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as Answer;
  };
  const names = ({ nodes }: LineageGraph, kind: string) =>
    nodes.flatMap((node) => (node.kind === kind ? [node.name] : []));

  it('leads from a run up to commit, code and data, and down to what it made', () => {
    const answer = ask(run.id);
    assert.equal(answer.start, `run:local/${run.id}`);
    assert.deepEqual(names(answer, 'commit'), [test.git('rev-parse', 'HEAD').slice(0, 10)]);
    assert.equal(names(answer, 'code').length, 1);
    assert.deepEqual(names(answer, 'job'), ['train it']);
    assert.deepEqual(names(answer, 'data').sort(), ['clean:1', 'rows:1']);
    assert.deepEqual(names(answer, 'logged model'), ['logged net']);
    assert.deepEqual(names(answer, 'model version').sort(), ['net 1', 'prod 1']);
    assert.deepEqual(names(answer, 'file').sort(), [
      'outputs/clean/clean.csv',
      'outputs/net/w.bin',
      'outputs/score.txt',
    ]);
    assert.deepEqual(answer.problems, []);
    const up = ask(run.id, '--up');
    assert.deepEqual(names(up, 'data'), ['rows:1']);
    assert.deepEqual(names(up, 'file'), []);
    assert.deepEqual(names(ask(run.id, '--up', '--depth', '1'), 'commit'), []);
  });

  it('finds a copy of a file by its content, and says what to do about one that nobody knows', () => {
    const copy = path.join(test.root, 'a copy of it.bin');
    fs.writeFileSync(copy, 'w\n');
    const answer = ask(copy);
    assert.deepEqual(names(answer, 'run'), ['train it']);
    assert.deepEqual(names(answer, 'model version'), ['net 1']);
    assert.deepEqual(names(answer, 'data'), ['rows:1']);
    fs.writeFileSync(copy, 'another');
    const call = test.cli(['lineage', copy]);
    assert.equal(call.status, 1);
    assert.match(
      call.stderr,
      /No workspace knows where .*a copy of it\.bin comes from\.\n.*trainyard data create/,
    );
    const folder = test.cli(['lineage', test.project]);
    assert.match(folder.stderr, /is a folder\.\nGive one of its files/);
  });

  it('leads from data down, and from a version up through its logged model', () => {
    const down = ask('data:rows:1', '--down');
    assert.deepEqual(names(down, 'run'), ['train it']);
    assert.deepEqual(names(down, 'commit'), []);
    const up = ask('models:/prod/1', '--up');
    assert.deepEqual(names(up, 'logged model'), ['logged net']);
    assert.deepEqual(names(up, 'data'), ['rows:1']);
    assert.deepEqual(names(ask('clean:1', '--up'), 'data').sort(), ['clean:1', 'rows:1']);
    assert.match(test.cli(['lineage', 'rows:9']).stderr, /has no data and no model rows:9/);
  });

  it('prints a tree', () => {
    const { stdout } = test.cli(['lineage', 'prod:1', '--up']);
    assert.match(
      stdout,
      /^prod 1 \(model version\)\nCame of\n {2}logged net \(logged model, m-[0-9a-f]+\)\n {4}train it \(run, finished/,
    );
    assert.match(stdout, /\n {8}rows:1 \(data, .*rows\.csv\)/);
  });
});
