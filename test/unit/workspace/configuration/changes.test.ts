import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { addWorkspace, removeWorkspace } from '../../../../src/workspace/configuration/changes.js';
import { readList } from '../../../../src/workspace/configuration/file.js';
import { openWorkspace, type Surroundings } from '../../../../src/workspace/registry.js';

describe('adding a workspace', () => {
  let folder: string;
  let surroundings: Surroundings;

  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-add-')));
    const credentials = { get: () => Promise.resolve(undefined) };
    surroundings = { home: path.join(folder, 'home'), serverEntry: '', credentials };
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const add = (name: string, settings = {}) =>
    addWorkspace({ name, kind: 'local', ...settings }, surroundings);
  const names = async () => (await readList(surroundings.home)).workspaces.map(({ name }) => name);

  it('refuses a folder that another workspace uses, by whatever path', async () => {
    const taken = path.join(folder, 'a', 'b');
    fs.mkdirSync(taken, { recursive: true });
    await add('First', { home: taken });
    const link = path.join(folder, 'link');
    fs.symlinkSync(taken, link, 'junction');
    const { home } = surroundings;
    for (const other of [
      taken,
      link,
      path.join(link, 'c', 'd'),
      path.join(folder, 'a'),
      folder,
      home,
      path.join(home, 'store'),
      path.join(home, 'workspaces'),
    ])
      await assert.rejects(add('Second', { home: other }), { code: 'BAD_REQUEST' }, other);
    assert.deepEqual(await names(), ['Local', 'First']);
  });

  it('takes folders beside those of others, and those that were put away', async () => {
    await add('One');
    await add('Two', { home: path.join(surroundings.home, 'removed-workspaces', 'two-a1b2') });
    await add('Three', { home: path.join(folder, 'home-2') });
    assert.deepEqual(await names(), ['Local', 'One', 'Two', 'Three']);
  });

  it('refuses a folder that cannot hold anything, and creates nothing', async () => {
    const file = path.join(folder, 'file');
    fs.writeFileSync(file, 'mine');
    await assert.rejects(add('File', { home: file }), { code: 'BAD_REQUEST' });
    await assert.rejects(add('Below', { home: path.join(file, 'x') }), { code: 'BAD_REQUEST' });
    await add('Later', { home: path.join(folder, 'not', 'yet') });
    assert.deepEqual(fs.readdirSync(folder).sort(), ['file', 'home']);
    assert.equal(fs.readFileSync(file, 'utf8'), 'mine');
  });

  it('is not hindered by another that is damaged', async () => {
    fs.mkdirSync(surroundings.home);
    const damaged = { id: 'x', name: 'X', kind: 'local', home: 'relative' };
    fs.writeFileSync(
      path.join(surroundings.home, 'workspaces.json'),
      JSON.stringify({ workspaces: [damaged] }),
    );
    await add('New', { home: path.join(folder, 'new') });
    assert.deepEqual((await readList(surroundings.home)).workspaces[1], damaged);
  });

  it('can be undone for one that is damaged, in one step', async () => {
    fs.mkdirSync(surroundings.home);
    const file = path.join(folder, 'file');
    fs.writeFileSync(file, 'mine');
    const workspaces = [
      { id: 'x', name: 'X', kind: 'local', home: 'relative' },
      { id: 'y', name: 'Y', kind: 'local', home: file },
    ];
    fs.writeFileSync(path.join(surroundings.home, 'workspaces.json'), JSON.stringify({ workspaces }));
    const y = await openWorkspace(workspaces[1]!, surroundings);
    await assert.rejects(y.runs({}), { code: 'BAD_REQUEST', message: `${file} is not a folder.` });
    for (const { id } of workspaces)
      assert.equal((await removeWorkspace(id, surroundings, { isBroken: true })).folder, undefined);
    assert.deepEqual(await names(), ['Local']);
    assert.equal(fs.readFileSync(file, 'utf8'), 'mine');
  });

  it('writes no secret that stands in an address', async () => {
    const server = { kind: 'mlflow', uri: 'https://example.com/mlflow/?token=hidden#/experiments/3' };
    assert.equal((await add('Server', server)).uri, 'https://example.com/mlflow');
    for (const uri of [
      'https://me:hidden@example.com',
      'me:hidden@example.com',
      'htps:/me:hidden@example.com',
    ])
      await assert.rejects(add('Other', { kind: 'mlflow', uri }), (error: Error) => {
        assert.ok(!error.message.includes('hidden'), error.message);
        return true;
      });
    const kept = fs.readFileSync(path.join(surroundings.home, 'workspaces.json'), 'utf8');
    assert.ok(!kept.includes('hidden'), kept);
  });

  // Root may write anywhere, and Windows has no such modes.
  if (process.platform !== 'win32' && process.getuid?.() !== 0)
    it('refuses a folder in which nothing can be written', async () => {
      fs.mkdirSync(path.join(folder, 'locked'), { mode: 0o500 });
      await assert.rejects(add('Locked', { home: path.join(folder, 'locked') }), { code: 'BAD_REQUEST' });
    });
});
