import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { ASK_FILE, PYTHONS_FOLDER, TOLD_FILE } from '../../../src/targets/shared/debugger-hook.js';
import {
  haveDebugger,
  listensIn,
  makeDebuggerFolder,
  pythonsIn,
  type Reach,
  undebugged,
} from '../../../src/targets/shared/debugger.js';

describe('what a job tells of its debugger', () => {
  let folder: string;
  const told = { pid: 7, python: '/usr/bin/python3', host: '127.0.0.1', port: 5678, waits: true };
  const tell = (what: unknown) => fs.writeFileSync(path.join(folder, TOLD_FILE), JSON.stringify(what));
  const begin = (pid: number, words: string[], seconds: number) => {
    const file = path.join(folder, PYTHONS_FOLDER, String(pid));
    fs.writeFileSync(file, words.join('\0'));
    fs.utimesSync(file, seconds, seconds);
  };

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-told-'));
    makeDebuggerFolder(folder);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('is believed when it is whole, and passed over when it is anything else', () => {
    assert.equal(listensIn(folder), undefined);
    tell(told);
    assert.deepEqual(listensIn(folder), told);
    for (const wrong of [null, [], 'x', {}, { ...told, port: 70_000 }, { ...told, python: 1 }]) {
      tell(wrong);
      assert.equal(listensIn(folder), undefined, JSON.stringify(wrong));
    }
    fs.writeFileSync(path.join(folder, TOLD_FILE), '{"pid": 7');
    assert.equal(listensIn(folder), undefined);
  });

  it('is not read through a link, which may lead to a file of the person', function () {
    if (process.platform === 'win32') return this.skip();
    const other = path.join(folder, 'other');
    fs.writeFileSync(other, JSON.stringify(told));
    fs.symlinkSync(other, path.join(folder, TOLD_FILE));
    assert.equal(listensIn(folder), undefined);
  });

  it('lists its Pythons in the order of their start', () => {
    begin(30, ['/py', 'python', 'first.py'], 100);
    begin(20, ['/py', 'python', 'second.py'], 200);
    fs.writeFileSync(path.join(folder, PYTHONS_FOLDER, 'junk'), 'x');
    assert.deepEqual(pythonsIn(folder), [
      { pid: 30, python: '/py', command: ['python', 'first.py'] },
      { pid: 20, python: '/py', command: ['python', 'second.py'] },
    ]);
  });

  it('ends a job that was to start under a debugger and could not with the reason, and no other', () => {
    const ended = { state: 'ended', endedAt: 1, exitCode: 1, cause: 'exit' } as const;
    tell({ error: "ModuleNotFoundError: No module named 'debugpy'", version: '3.12.1', atStart: true });
    const { cause, reason, hint } = undebugged(folder, ended);
    assert.equal(cause, 'spawn-failed');
    assert.equal(reason, 'The Python of the job (3.12.1) has no debugpy.');
    assert.match(hint ?? '', /pip install debugpy/);
    assert.deepEqual(undebugged(folder, { ...ended, exitCode: 0 }), { ...ended, exitCode: 0 });
    assert.equal(undebugged(folder, { ...ended, cause: 'cancelled' }).cause, 'cancelled');
    tell({ error: 'RuntimeError: no', version: '3.12.1', atStart: false });
    assert.deepEqual(undebugged(folder, ended), ended);
  });

  it('is asked for again when the process that had the debugger has ended', async () => {
    begin(7, ['/py', 'python', 'gone.py'], 100);
    begin(8, ['/py', 'python', 'train.py'], 200);
    tell(told);
    const asked: unknown[] = [];
    const reach: Reach = {
      folder,
      living: async (pythons) => pythons.filter(({ pid }) => pid === 8),
      signal: async ({ pid }) => {
        asked.push(pid, JSON.parse(fs.readFileSync(path.join(folder, ASK_FILE), 'utf8')));
        fs.rmSync(path.join(folder, ASK_FILE));
        tell({ ...told, pid: 8, port: 5679 });
      },
    };
    await haveDebugger(reach, { debugpy: '/libs/debugpy' });
    assert.deepEqual(asked, [8, { pid: 8, debugpy: '/libs/debugpy' }]);
    assert.equal(listensIn(folder)?.port, 5679);
    // Nobody is asked for one that is there.
    await haveDebugger(reach, {});
    await assert.rejects(haveDebugger(reach, { pid: 9 }), { code: 'CONFLICT' });
    assert.equal(asked.length, 2);
  });
});
