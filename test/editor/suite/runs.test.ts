import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ended, setting, submit, workspace, write } from './support.js';
import { until } from '../../support/until.js';

const runUri = (id: string, rest: string) =>
  vscode.Uri.from({ scheme: 'trainyard-run', path: `/${id}/${rest}` });

describe('the files of a run', () => {
  let id: string;

  before(async () => {
    await setting('submit.show', 'nothing');
    ({ id } = await ended((await submit(await write('files.sh', 'echo done\n'))).id));
  });

  it('list the code as folders and files', async () => {
    const entries = await vscode.workspace.fs.readDirectory(runUri(id, 'code'));
    assert.ok(entries.some(([name, type]) => name === 'files.sh' && type === vscode.FileType.File));
    const stat = await vscode.workspace.fs.stat(runUri(id, 'code/files.sh'));
    assert.equal(stat.size, 'echo done\n'.length);
  });

  it('open as read-only documents', async () => {
    const file = runUri(id, 'code/files.sh');
    assert.equal((await vscode.workspace.openTextDocument(file)).getText(), 'echo done\n');
    assert.equal(vscode.workspace.fs.isWritableFileSystem('trainyard-run'), false);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(file, Buffer.from('x')));
  });

  it('say so when there is no such file', async () => {
    for (const rest of ['files/none.txt', 'code/none.py', 'other/x'])
      await assert.rejects(async () => vscode.workspace.fs.stat(runUri(id, rest)), { code: 'FileNotFound' });
  });
});

describe('what is done with runs', () => {
  let id: string;
  const labels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));

  before(async () => {
    await setting('submit.show', 'nothing');
    ({ id } = await ended((await submit(await write('managed.sh', 'echo managed\n'))).id));
  });

  it('shows the log in a terminal named after the run, one for each', async () => {
    const { name } = await workspace().run(id);
    const named = () => vscode.window.terminals.filter((terminal) => terminal.name === name);
    await vscode.commands.executeCommand('trainyard.showLog', id);
    await vscode.commands.executeCommand('trainyard.showLog', id);
    assert.equal(named().length, 1);
    named()[0]?.dispose();
  });

  it('copies the id', async () => {
    await vscode.commands.executeCommand('trainyard.run.copyId', id);
    assert.equal(await vscode.env.clipboard.readText(), id);
  });

  it('shows what changed since, and the charts, in editor tabs', async () => {
    await write('managed.sh', 'echo managed, later\n');
    const { name } = await workspace().run(id);
    await vscode.commands.executeCommand('trainyard.run.showCodeChanges', id);
    await until('the changes', () => labels().some((label) => label.includes(name)));
    await vscode.commands.executeCommand('trainyard.showCharts', id);
    await until('the charts', () => labels().includes('Charts'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('deletes runs that have ended', async () => {
    await vscode.commands.executeCommand('trainyard.run.delete', id);
    assert.equal((await workspace().run(id)).lifecycle, 'deleted');
  });
});
