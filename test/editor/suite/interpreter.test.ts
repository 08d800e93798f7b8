import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { ended, folder, logOf, setting, submit, write } from './support.js';

describe('choosing an interpreter', () => {
  before(() => setting('submit.show', 'nothing'));
  after(() => setting('submit.show', undefined));

  /** Accepts the item that is `down` below the first, as soon as the list is there. */
  async function choose(script: vscode.Uri, down: number): Promise<string | undefined> {
    let isDone = false;
    const chosen = Promise.resolve(
      vscode.commands.executeCommand<string | undefined>('trainyard.chooseInterpreter', script),
    ).finally(() => (isDone = true));
    await sleep(1500);
    for (let i = 0; i < down; i++)
      await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
    while (!isDone) {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      await sleep(300);
    }
    return chosen;
  }

  it('is remembered for the folder, used by submits, and can be taken back', async () => {
    const script = await write('which.py', 'import sys\nprint(sys.argv[0])\n');
    const other = await write('other.py', '');
    // An environment whose Python says that it is the one.
    const python = path.join(folder().fsPath, 'picked', 'bin', 'python');
    fs.mkdirSync(path.dirname(python), { recursive: true });
    fs.writeFileSync(path.join(folder().fsPath, 'picked', 'pyvenv.cfg'), '');
    fs.writeFileSync(python, '#!/bin/sh\necho picked "$@"\n', { mode: 0o755 });
    assert.equal(await choose(script, 1), python);
    fs.rmSync(path.join(folder().fsPath, 'picked', 'pyvenv.cfg'));
    const run = await ended((await submit(other)).id);
    assert.equal(await logOf(run.id), 'picked other.py\n');
    assert.equal(await choose(script, 0), '');
    fs.rmSync(path.join(folder().fsPath, 'picked'), { recursive: true });
    const usual = await ended((await submit(script)).id);
    assert.equal(await logOf(usual.id), 'which.py\n');
  });

  it('says that it is gone, and submits nothing', async () => {
    const script = await write('gone-python.py', '');
    await setting('python', './no-such-python');
    try {
      assert.equal(await vscode.commands.executeCommand('trainyard.submit', script), undefined);
    } finally {
      await setting('python', undefined);
    }
  });
});
