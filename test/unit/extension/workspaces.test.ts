import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type PlacedEvent, Workspaces } from '../../../src/extension/workspaces.js';
import { activateWorkspace, renameWorkspace } from '../../../src/workspace/configuration/changes.js';
import { changeList } from '../../../src/workspace/configuration/file.js';
import { withAdded, withRemoved, type WorkspaceEntry } from '../../../src/workspace/configuration/list.js';
import { openWorkspace, type Surroundings } from '../../../src/workspace/registry.js';
import { MemoryWorkspace } from '../../support/memory-workspace.js';
import { until } from '../../support/until.js';

const entry = (id: string, kind = 'local'): WorkspaceEntry => ({ id, name: id.toUpperCase(), kind });

describe('the workspaces of a window', () => {
  let home: string;
  let state: Map<string, unknown>;
  let errors: unknown[];
  let all: Workspaces;

  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-workspaces-'));
    state = new Map();
    errors = [];
  });
  afterEach(() => {
    all.dispose();
    fs.rmSync(home, { recursive: true, force: true });
  });

  const add = (...entries: WorkspaceEntry[]) =>
    changeList(home, (list) => entries.reduce((before, each) => withAdded(before, each), list));
  /** In memory; one of another kind is opened as the registry says. */
  const open = async (each: WorkspaceEntry, surroundings: Surroundings) =>
    each.kind === 'local'
      ? new MemoryWorkspace({ id: each.id, label: each.name })
      : openWorkspace(each, surroundings);
  async function start(): Promise<Workspaces> {
    all = new Workspaces({
      home,
      serverEntry: '/nowhere/server.js',
      credentialsOf: () => ({ get: () => Promise.resolve(undefined) }),
      state: {
        get: (key) => state.get(key),
        update: (key, value) => Promise.resolve(void state.set(key, value)),
      },
      open,
      onError: (error) => errors.push(error),
    });
    await all.load();
    return all;
  }
  const ids = () => all.all.map(({ id }) => id);

  it('are the one of this computer when there is no list', async () => {
    await start();
    assert.deepEqual(ids(), ['local']);
    assert.equal(all.active.id, 'local');
    assert.deepEqual(fs.readdirSync(home), []);
  });

  it('are found by what names them, and one that was removed is said to be', async () => {
    await add(entry('a'));
    await start();
    assert.equal(all.of({ workspace: 'a' }).label, 'A');
    assert.throws(() => all.of({ workspace: 'b' }), { code: 'NOT_FOUND' });
    assert.equal(all.labelOf('a'), 'A');
    assert.equal(all.labelOf('b'), 'b');
  });

  it('follow the list, and keep those that did not change', async () => {
    await add(entry('a'), entry('b'));
    await start();
    const [local, a] = all.all;
    let changes = 0;
    all.onDidChange(() => changes++);
    await renameWorkspace(home, 'b', 'Other');
    await until('the change', () => changes > 0);
    assert.equal(all.of({ workspace: 'b' }).label, 'Other');
    assert.equal(all.all[0], local);
    assert.equal(all.all[1], a);
    await changeList(home, (list) => withRemoved(list, 'a'));
    await all.reload();
    assert.deepEqual(ids(), ['local', 'b']);
  });

  it('are active as the list says until this window chooses', async () => {
    await add(entry('a'), entry('b'));
    await activateWorkspace(home, 'A');
    await start();
    assert.equal(all.active.id, 'a');
    await all.activate('b');
    assert.equal(all.active.id, 'b');
    assert.equal((await start()).active.id, 'b', 'after the window was loaded again');
    await changeList(home, (list) => withRemoved(list, 'b'));
    await all.reload();
    assert.equal(all.active.id, 'a', 'when the chosen one was removed');
    await assert.rejects(all.activate('b'), { code: 'NOT_FOUND' });
  });

  it('are listed with what keeps one of them from being opened, which takes nothing else down', async () => {
    await add(entry('a', 'of-later'), entry('b'));
    await start();
    assert.deepEqual(ids(), ['local', 'b']);
    const [, broken] = all.listed;
    assert.equal((broken?.error as { code?: string }).code, 'NOT_SUPPORTED');
    assert.throws(() => all.of({ workspace: 'a' }), { code: 'NOT_SUPPORTED' });
  });

  it('stay as they were when the list cannot be read any more, and say why', async () => {
    await add(entry('a'));
    await start();
    fs.writeFileSync(path.join(home, 'workspaces.json'), '{');
    await all.reload();
    assert.deepEqual(ids(), ['local', 'a']);
    assert.equal((all.problem as { code?: string }).code, 'BAD_REQUEST');
    assert.equal(errors.length, 1);
    fs.writeFileSync(path.join(home, 'workspaces.json'), '{"workspaces":[]}');
    await all.reload();
    assert.equal(all.problem, undefined);
    assert.deepEqual(ids(), ['local']);
  });

  it('tell events with the workspace that they are of, those of later ones, too, until nobody listens', async () => {
    await add(entry('a'), entry('b'));
    await start();
    const told: PlacedEvent[] = [];
    const some: PlacedEvent[] = [];
    const listening = all.onEvent((event) => told.push(event));
    all.onEvent(
      (event) => some.push(event),
      ({ id }) => id === 'a',
    );
    const memory = (id: string) => all.of({ workspace: id }) as MemoryWorkspace;
    memory('a').put('r', { experimentId: '1' });
    memory('a').changed('r', 'state');
    memory('b').tell({ type: 'models' });
    const changed = { type: 'run', runId: 'r', experimentId: '1', parts: ['state'], workspace: 'a' };
    assert.deepEqual(told, [changed, { type: 'models', workspace: 'b' }]);
    assert.deepEqual(some, [changed]);
    await add(entry('c'));
    await all.reload();
    memory('c').tell({ type: 'experiments' });
    assert.deepEqual(told.at(-1), { type: 'experiments', workspace: 'c' });
    const gone = memory('b');
    await changeList(home, (list) => withRemoved(list, 'b'));
    await all.reload();
    assert.equal(gone.listeners.size, 0);
    listening.dispose();
    assert.equal(memory('c').listeners.size, 0);
    assert.equal(memory('a').listeners.size, 1);
  });
});
