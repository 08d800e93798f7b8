import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { type TrainyardError } from '../../../../src/base/errors.js';
import { changeList, readList, watchList } from '../../../../src/workspace/configuration/file.js';
import { completeList, withAdded } from '../../../../src/workspace/configuration/list.js';
import { until } from '../../../support/until.js';

describe('workspaces.json', () => {
  let home: string;
  let file: string;

  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-list-'));
    file = path.join(home, 'workspaces.json');
  });
  afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

  const add = (id: string) => changeList(home, (list) => withAdded(list, { id, name: id, kind: 'local' }));
  const problem = async (action: Promise<unknown>) =>
    action.then(
      () => undefined,
      (error: unknown) => error as TrainyardError,
    );

  it('need not be there', async () => {
    assert.deepEqual(await readList(path.join(home, 'nowhere')), completeList({}));
    assert.deepEqual(fs.readdirSync(home), []);
  });

  it('keeps what was added, with fields that this version does not know', async () => {
    fs.writeFileSync(
      file,
      JSON.stringify({ later: true, workspaces: [{ id: 'a', name: 'A', kind: 'later', colour: 'red' }] }),
    );
    await add('b');
    const list = await readList(home);
    assert.equal((list as unknown as { later?: boolean }).later, true);
    assert.deepEqual(list.workspaces[1], { id: 'a', name: 'A', kind: 'later', colour: 'red' });
    assert.deepEqual(
      list.workspaces.map(({ id }) => id),
      ['local', 'a', 'b'],
    );
    if (process.platform !== 'win32') assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  });

  for (const [what, text] of [
    ['cut off', '{ "workspaces": ['],
    ['empty', ''],
    ['another thing', '[]'],
    ['without a name', '{ "workspaces": [{ "id": "a", "kind": "local" }] }'],
    ['with a path as id', '{ "workspaces": [{ "id": "../a", "name": "A", "kind": "local" }] }'],
    ['with the folder above as id', '{ "workspaces": [{ "id": "..", "name": "A", "kind": "local" }] }'],
    [
      'with an id twice',
      '{ "workspaces": [{"id":"a","name":"A","kind":"local"},{"id":"a","name":"B","kind":"local"}] }',
    ],
  ] as const)
    it(`is left as it is when it is ${what}, with a clear error`, async () => {
      fs.writeFileSync(file, text);
      for (const action of [() => readList(home), () => add('b')]) {
        const error = await problem(action());
        assert.equal(error?.code, 'BAD_REQUEST');
        assert.ok(error?.message.includes(file), error?.message);
      }
      assert.equal(fs.readFileSync(file, 'utf8'), text);
      assert.deepEqual(fs.readdirSync(home), ['workspaces.json']);
    });

  it('may begin with a byte order mark', async () => {
    fs.writeFileSync(file, '\uFEFF{ "workspaces": [{ "id": "a", "name": "A", "kind": "local" }] }');
    assert.equal((await readList(home)).workspaces[1]?.name, 'A');
  });

  it('loses nothing when several processes change it at once', async () => {
    const script = `
      import { changeList } from ${JSON.stringify(path.resolve('src/workspace/configuration/file.ts'))};
      import { withAdded } from ${JSON.stringify(path.resolve('src/workspace/configuration/list.ts'))};
      const [home, own] = process.argv.slice(-2);
      for (let i = 0; i < 10; i++)
        await changeList(home, (list) => withAdded(list, { id: own + i, name: own + i, kind: 'local' }));
    `;
    const program = path.join(home, 'add.mts');
    fs.writeFileSync(program, script);
    const children = ['a', 'b', 'c'].map((own) =>
      spawn(process.execPath, ['--import', 'tsx', program, home, own], {
        stdio: 'inherit',
      }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
    assert.deepEqual(codes, [0, 0, 0]);
    const { workspaces } = await readList(home);
    assert.equal(workspaces.length, 31);
    assert.deepEqual(
      fs.readdirSync(home).filter((name) => name.includes('lock')),
      [],
    );
  }).timeout(120_000);

  it('can be changed after a process was killed while it had it locked', async () => {
    fs.writeFileSync(`${file}.lock`, 'of one that was killed');
    const longAgo = new Date(Date.now() - 60_000);
    fs.utimesSync(`${file}.lock`, longAgo, longAgo);
    await add('a');
    assert.equal((await readList(home)).workspaces.length, 2);
    assert.deepEqual(fs.readdirSync(home), ['workspaces.json']);
  });

  it('tells of changes by anybody, from before it is there', async () => {
    let changes = 0;
    const watching = watchList(home, () => changes++);
    try {
      await add('a');
      await until('the first change', () => changes >= 1);
      await add('b');
      await until('the second change', () => changes >= 2);
    } finally {
      watching.dispose();
    }
  }).timeout(60_000);
});
