import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Datastore } from '../../../src/workspace/types.js';
import { TestHome } from '../../support/home.js';

describe('trainyard datastore', () => {
  let test: TestHome;

  before(() => {
    test = new TestHome();
  });
  after(() => test.close());

  const json = <T>(...args: string[]) => {
    const call = test.cli(['datastore', ...args, '--json']);
    assert.equal(call.status, 0, call.stderr);
    return JSON.parse(call.stdout) as T;
  };

  it('creates, lists, shows and removes', () => {
    const disk = json<Datastore>('create', '--name', 'disk', '--type', 'folder', '--path', 'some data');
    assert.deepEqual(disk.place, {
      kind: 'folder',
      path: path.join(fs.realpathSync(test.project), 'some data'),
    });
    const args = [
      '--type',
      's3',
      '--bucket',
      'rows',
      '--prefix',
      '/a/',
      '--secret-env',
      'KEYS',
      '--tag',
      'a=b=c',
    ];
    const bucket = json<Datastore>('create', '--name', 'bucket', ...args);
    assert.deepEqual(
      [bucket.place, bucket.secretEnv, bucket.tags],
      [{ kind: 's3', bucket: 'rows', prefix: 'a' }, 'KEYS', { a: 'b=c' }],
    );
    const lake = ['--type', 'azure_data_lake_gen2', '--account', 'acc', '--container', 'fs'];
    assert.deepEqual(json<Datastore>('create', '--name', 'lake', ...lake).place, {
      kind: 'azure_data_lake_gen2',
      filesystem: 'fs',
      account: 'acc',
      endpoint: 'https://acc.dfs.core.windows.net',
    });
    assert.deepEqual(
      json<{ datastores: Datastore[] }>('list').datastores.map(({ name }) => name),
      ['bucket', 'disk', 'lake'],
    );
    assert.deepEqual(json('show', 'bucket'), bucket);
    assert.match(
      test.cli(['datastore']).stdout,
      /^NAME +TYPE +CREATED +PLACE\nbucket +s3 .* s3:\/\/rows\/a\n/,
    );
    assert.match(test.cli(['datastore', 'show', 'bucket']).stdout, /in the variable KEYS/);
    assert.equal(test.cli(['datastore', 'remove', 'lake']).status, 0);
    assert.equal(json<{ datastores: Datastore[] }>('list').datastores.length, 2);
  });

  it('reads files of Azure ML, and writes their keys nowhere', () => {
    test.write(
      'blob.yml',
      [
        '$schema: https://azuremlschemas.azureedge.net/latest/azureBlob.schema.json',
        ...['name: blob', 'type: azure_blob', 'account_name: acc', 'container_name: con'],
        'credentials: {account_key: dmVyeS1zZWNyZXQ=}',
      ].join('\n'),
    );
    const call = test.cli(['datastore', 'create', '--file', 'blob.yml']);
    assert.equal(call.status, 0, call.stderr);
    assert.match(call.stdout, /Created blob\..*\n.*is not stored/);
    assert.doesNotMatch(JSON.stringify(json('show', 'blob')), /dmVyeS1zZWNyZXQ/);
    for (const file of fs.readdirSync(test.home, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const text = fs.readFileSync(path.join(file.parentPath, file.name), 'latin1');
      assert.ok(!text.includes('dmVyeS1zZWNyZXQ'), file.name);
    }
  });

  it('says what is wrong', () => {
    const fails = (args: string[], status: number, words: RegExp) => {
      const call = test.cli(['datastore', ...args]);
      assert.match(call.stderr, words);
      assert.equal(call.status, status);
    };
    fails(['show', 'none'], 1, /There is no datastore “none”/);
    fails(['remove', 'none'], 1, /There is no datastore “none”/);
    fails(['create', '--name', 'a'], 2, /needs a name and a type/);
    fails(['create', '--name', 'a', '--type', 's3'], 2, /needs --bucket/);
    fails(['create', '--name', 'a', '--type', 'ftp'], 2, /folder, s3/);
    fails(
      ['create', '--name', 'a', '--type', 's3', '--bucket', 'b', '--secret-env', 'k:s'],
      2,
      /not the name of an/,
    );
  });

  it('is not removed while a job uses it', async () => {
    fs.mkdirSync(path.join(test.root, 'used'));
    await test.workspace.datastores.create({
      name: 'used',
      place: { kind: 'folder', path: path.join(test.root, 'used') },
    });
    await test.workspace.data.create({
      name: 'within',
      type: 'uri_folder',
      path: 'azureml://datastores/used/paths/',
    });
    const uses = [
      'inputs: {x: {type: uri_folder, path: "azureml:within:1"}}',
      'outputs: {y: {type: uri_folder, path: "azureml://datastores/used/paths/out"}}',
    ];
    for (const use of uses) {
      test.write('use.yml', `command: sleep 120\n${use}\n`);
      const submitted = test.cli(['submit', 'use.yml', '--json']);
      assert.equal(submitted.status, 0, submitted.stderr);
      const { id, name } = JSON.parse(submitted.stdout) as { id: string; name: string };
      const refused = test.cli(['datastore', 'remove', 'used']);
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, new RegExp(`used by jobs that have not ended: ${name}\\.[^]*cancel them`));
      await test.workspace.jobs.cancel(id);
      await test.ended(id);
    }
    assert.equal(test.cli(['datastore', 'remove', 'used']).status, 0);
  });

  it('has folders that jobs read in place', async () => {
    fs.mkdirSync(path.join(test.root, 'disk/a'), { recursive: true });
    fs.writeFileSync(path.join(test.root, 'disk/a/rows ü.csv'), '1,2\n');
    await test.workspace.datastores.create({
      name: 'place',
      place: { kind: 'folder', path: path.join(test.root, 'disk') },
    });
    const data = await test.workspace.data.create({
      name: 'rows',
      type: 'uri_folder',
      path: 'azureml://datastores/place/paths/a',
    });
    const submit = (input: string, type: 'uri_file' | 'uri_folder') =>
      test.workspace.jobs.submit({
        kind: 'command',
        codeFolder: test.project,
        workingFolder: '',
        command: ['sh', '-c', 'cat "$0" || ls "$0"; echo "$0"', '${{inputs.rows}}'],
        inputs: { rows: { type, path: input } },
        target: 'local',
        experiment: 'data',
        environmentVariables: {},
        tags: {},
      });
    const file = await submit('azureml://datastores/place/paths/a/rows ü.csv', 'uri_file');
    assert.equal((await test.ended(file.id)).state, 'finished');
    assert.equal(await test.log(file.id), `1,2\n${path.join(test.root, 'disk/a/rows ü.csv')}\n`);
    const folder = await submit(`azureml:${data.name}:${data.version}`, 'uri_folder');
    assert.equal((await test.ended(folder.id)).state, 'finished');
    assert.match(await test.log(folder.id), /^rows ü\.csv$/m);
    await assert.rejects(submit('azureml://datastores/place/paths/none', 'uri_file'), /does not exist/);
    await assert.rejects(
      submit('azureml://datastores/none/paths/a', 'uri_file'),
      /There is no datastore “none”/,
    );
    await assert.rejects(
      submit('azureml://datastores/place/paths/../secret', 'uri_file'),
      /cannot be read here/,
    );
  });

  it('runs job files that name the default datastore of Azure ML, and says how to add it', async () => {
    const disk = path.join(test.root, 'default');
    fs.mkdirSync(disk);
    fs.writeFileSync(path.join(disk, 'rows.csv'), '1,2\n');
    test.write(
      'default.yml',
      [
        '$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json',
        'command: cat ${{inputs.rows}} > ${{outputs.copy}}/rows.csv',
        'inputs:',
        '  rows: {type: uri_file, path: "azureml://datastores/workspaceblobstore/paths/rows.csv"}',
        'outputs:',
        '  copy: {type: uri_folder, path: "azureml://datastores/${{default_datastore}}/paths/out"}',
      ].join('\n'),
    );
    const refused = test.cli(['submit', 'default.yml']);
    assert.notEqual(refused.status, 0);
    assert.match(
      refused.stderr,
      /no datastore “workspaceblobstore”[^]*datastore create --name workspaceblobstore/,
    );
    json('create', '--name', 'workspaceblobstore', '--type', 'folder', '--path', disk);
    const call = test.cli(['submit', 'default.yml', '--json']);
    assert.equal(call.status, 0, call.stderr);
    const { id } = JSON.parse(call.stdout) as { id: string };
    const ended = await test.ended(id);
    assert.equal(ended.state, 'finished', ended.job?.reason);
    assert.equal(fs.readFileSync(path.join(disk, 'out/rows.csv'), 'utf8'), '1,2\n');
  });

  it('has folders that outputs are written to, and once more when that failed', async () => {
    const disk = path.join(test.root, 'target');
    await test.workspace.datastores.create({ name: 'target', place: { kind: 'folder', path: disk } });
    fs.writeFileSync(disk, 'not a folder');
    const { id } = await test.workspace.jobs.submit({
      kind: 'command',
      codeFolder: test.project,
      workingFolder: '',
      command: ['sh', '-c', 'echo 1 > "$0/x y"', '${{outputs.rows}}'],
      outputs: { rows: { type: 'uri_folder', path: 'azureml://datastores/target' } },
      target: 'local',
      experiment: 'data',
      environmentVariables: {},
      tags: {},
    });
    const ended = await test.ended(id);
    assert.equal(ended.state, 'finished');
    assert.match(ended.job?.reason ?? '', /^These outputs were not registered or copied: The output rows: /);
    const failing = test.cli(['run', 'keep-outputs', id]);
    assert.equal(failing.status, 1);
    assert.match(failing.stdout, /The output rows: It was not copied to/);
    fs.rmSync(disk);
    const call = test.cli(['run', 'keep-outputs', id]);
    assert.equal(call.status, 0, call.stderr);
    assert.equal(fs.readFileSync(path.join(disk, 'azureml', id, 'rows', 'x y'), 'utf8'), '1\n');
    const run = await test.workspace.run(id);
    assert.equal(run.job?.reason, undefined);
    assert.equal(run.tags['trainyard.output.rows'], `azureml://datastores/target/paths/azureml/${id}/rows`);
  });
});
