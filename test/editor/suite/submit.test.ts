import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { buildScriptJob } from '../../../src/job/build.js';
import { ended, folder, logOf, setting, submit, workspace, write } from './support.js';
import { until } from '../../support/until.js';

describe('submitting a script', () => {
  before(() => setting('submit.show', 'nothing'));
  after(() => setting('submit.show', undefined));

  it('gives a run with its log, exit code and command', async () => {
    const script = await write('hello.sh', 'echo hello from the job\nexit 3\n');
    const run = await ended((await submit(script)).id);
    assert.equal(run.state, 'failed');
    assert.equal(run.job?.exitCode, 3);
    assert.deepEqual(run.job?.command.slice(1), ['hello.sh']);
    let log = '';
    for await (const chunk of workspace().jobs.log(run.id, {})) log += Buffer.from(chunk).toString();
    assert.match(log, /hello from the job/);
  });

  it('names the experiment after the folder', async () => {
    const run = await submit(await write('quick.sh', 'true\n'));
    const experiment = (await workspace().experiments()).find(({ id }) => id === run.experimentId);
    assert.equal(experiment?.name, path.basename(folder().fsPath));
  });

  it('saves edits first, and keeps the code that ran when the file changes later', async () => {
    const script = await write('edited.sh', 'echo one\n');
    const editor = await vscode.window.showTextDocument(script);
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, 1, 0), 'echo two\n'));
    assert.ok(editor.document.isDirty);
    const run = await submit(script);
    assert.ok(!editor.document.isDirty);
    await write('edited.sh', 'echo three\n');
    assert.equal(Buffer.from(await workspace().code.read(run.id, 'edited.sh')).toString(), 'echo two\n');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('can be repeated, for the last script and for a run', async () => {
    const first = await ended((await submit(await write('again.sh', 'echo again\n'))).id);
    const again = await vscode.commands.executeCommand<string>('trainyard.submitAgain');
    const rerun = await vscode.commands.executeCommand<string>('trainyard.run.rerun', first.id);
    for (const id of [again, rerun]) {
      const run = await ended(id);
      assert.deepEqual(run.job?.command, first.job?.command);
      assert.equal(run.experimentId, first.experimentId);
      assert.equal(run.state, 'finished');
    }
  });

  it('runs again with all that the job of a run was submitted with', async () => {
    const script = await write('whole.sh', 'echo loss=$LEVEL "$@"\n');
    const root = folder().fsPath;
    const folders = { codeFolder: root, workingFolder: root };
    const asked = buildScriptJob({
      ...folders,
      script: script.fsPath,
      interpreter: '/bin/sh',
      args: ['two words', '--lr'],
      experiment: 'kept whole',
      displayName: 'by its own name',
      environmentVariables: { LEVEL: '7' },
      timeout: 600,
      metrics: [{ name: 'loss', regex: 'loss=(\\d+)' }],
      tags: { team: 'vision' },
    });
    const { jobs } = workspace();
    const first = await ended((await jobs.submit(asked)).id);
    // The script's own submits have other variables by now.
    await ended((await submit(script)).id);
    const id = await vscode.commands.executeCommand<string>('trainyard.run.rerun', first.id);
    const again = await ended(id);
    assert.equal(await logOf(id), 'loss=7 two words --lr\n');
    assert.equal(again.experimentId, first.experimentId);
    assert.equal(again.tags['team'], 'vision');
    assert.equal(again.metrics['loss']?.value, 7);
    assert.notEqual(again.name, 'by its own name');
    const { displayName: _, ...spec } = await jobs.spec(first.id);
    assert.deepEqual(await jobs.spec(id), spec);
    assert.equal(spec.timeout, 600);
  });

  it('is not repeated without a secret that the run had and nobody has stored', async () => {
    const script = await write('hidden.sh', 'echo $TOKEN\n');
    const root = folder().fsPath;
    const folders = { codeFolder: root, workingFolder: root };
    const asked = buildScriptJob({ ...folders, script: script.fsPath, interpreter: '/bin/sh' });
    const { jobs } = workspace();
    const first = await ended((await jobs.submit(asked, { secrets: { TOKEN: 'hush' } })).id);
    const before = (await workspace().runs({ limit: 1 })).runs[0]?.id;
    assert.equal(await vscode.commands.executeCommand('trainyard.run.rerun', first.id), undefined);
    assert.equal((await workspace().runs({ limit: 1 })).runs[0]?.id, before);
  });

  it('answers nothing for what is no script, and for one that is gone', async () => {
    const notes = await write('notes.txt', 'no script\n');
    assert.equal(await vscode.commands.executeCommand('trainyard.submit', notes), undefined);
    const gone = vscode.Uri.joinPath(folder(), 'gone.sh');
    assert.equal(await vscode.commands.executeCommand('trainyard.submit', gone), undefined);
  });

  it('can be cancelled', async () => {
    const { id } = await submit(await write('long.sh', 'sleep 60\n'));
    await until('the run to start', async () => (await workspace().run(id)).state === 'running');
    await vscode.commands.executeCommand('trainyard.run.cancel', id);
    assert.equal((await ended(id)).state, 'cancelled');
  });
});
