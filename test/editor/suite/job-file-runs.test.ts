import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from '../../support/until.js';
import { ended, folder, logOf, setting, workspace, write } from './support.js';

const run = (uri: vscode.Uri, more?: object) =>
  vscode.commands.executeCommand<string | undefined>('trainyard.submitJobFile', uri, more);
const lensesOf = (uri: vscode.Uri) =>
  vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 20);
const newestId = async () => (await workspace().runs({ limit: 1 })).runs[0]?.id;

describe('running a job file from the editor', () => {
  before(() => setting('submit.show', 'nothing'));
  after(async () => {
    await setting('submit.show', undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('submits what the file says, and the run names the file', async () => {
    const uri = await write(
      'jobs/echo.yml',
      'command: sh -c "echo lr is ${{inputs.lr}}"\ncode: ..\ncompute: local\nexperiment_name: of the file\ninputs: { lr: 0.5 }\n',
    );
    const id = await run(uri);
    assert.ok(id);
    const ofFile = await ended(id);
    assert.equal(await logOf(id), 'lr is 0.5\n');
    assert.equal(ofFile.tags['trainyard.jobFile'], uri.fsPath);
    const experiment = (await workspace().experiments()).find(({ name }) => name === 'of the file');
    assert.equal(ofFile.experimentId, experiment?.id);
  });

  it('saves edits first, and repeats it with Submit Again', async () => {
    const uri = await write('edited.yml', 'command: echo one\ncompute: local\n');
    const editor = await vscode.window.showTextDocument(uri);
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, 1, 0), 'command: echo two\n'));
    const id = await run(uri);
    assert.ok(id && !editor.document.isDirty);
    await ended(id);
    assert.equal(await logOf(id), 'two\n');
    const again = await vscode.commands.executeCommand<string>('trainyard.submitAgain');
    assert.notEqual(again, id);
    await ended(again);
    assert.equal(await logOf(again), 'two\n');
  });

  it('opens a wrong file at its first error, and submits nothing', async () => {
    const uri = await write(
      'wrong-run.yml',
      'command: echo x\ncompute: local\nlimits: { timeout: soon }\ncod: .\n',
    );
    const before = await newestId();
    assert.equal(await run(uri), undefined);
    const { activeTextEditor } = vscode.window;
    assert.equal(activeTextEditor?.document.uri.fsPath, uri.fsPath);
    assert.equal(activeTextEditor?.selection.start.line, 2);
    assert.equal(await newestId(), before);
  });

  it('opens the file of an environment that is wrong', async () => {
    const environment = await write('env-wrong.yml', 'name: x\nimagee: python:3.12\n');
    const uri = await write('with-env.yml', 'command: echo x\nenvironment: file:./env-wrong.yml\n');
    assert.equal(await run(uri), undefined);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, environment.fsPath);
  });

  it('answers nothing for what is no job', async () => {
    const before = await newestId();
    const pipeline = await write(
      'pipeline-run.yml',
      '$schema: https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json\njobs: {}\n',
    );
    for (const uri of [
      pipeline,
      await write('notes.md', '# no job\n'),
      vscode.Uri.joinPath(folder(), 'gone.yml'),
    ])
      assert.equal(await run(uri), undefined, uri.fsPath);
    assert.equal(await newestId(), before);
  });

  it('has buttons above the first line of a job, and the newest run when there is one', async () => {
    const uri = await write('lens.yml', '# a comment\n\ncommand: echo x\ncompute: local\n');
    await vscode.window.showTextDocument(uri);
    const titles = async () => (await lensesOf(uri)).map(({ command }) => command?.title ?? '');
    const lenses = await until('the buttons', async () => {
      const found = await lensesOf(uri);
      return found.length > 0 && found;
    });
    assert.deepEqual(
      lenses.map(({ command, range }) => [command?.title, range.start.line]),
      [
        ['Run', 2],
        ['Run on…', 2],
      ],
    );
    const { command } = lenses[0] ?? {};
    const id = await vscode.commands.executeCommand<string>(
      command?.command ?? '',
      ...(command?.arguments ?? []),
    );
    const { name } = await ended(id);
    await until('the newest run', async () => {
      await vscode.commands.executeCommand('trainyard.refresh');
      return (await titles()).some((title) => title.startsWith(`Last run: ${name}`));
    });
  });

  it('has none for other YAML, nor where a person turned them off', async () => {
    const other = await write('compose-lens.yml', 'services:\n  web:\n    command: x\n');
    const mine = await write('mine-lens.yml', 'command: echo x\ncompute: local\n');
    for (const uri of [other, mine]) await vscode.window.showTextDocument(uri);
    await until('the buttons', async () => (await lensesOf(mine)).length > 0);
    assert.deepEqual(await lensesOf(other), []);
    await setting('codeLens', false);
    try {
      assert.deepEqual(await lensesOf(mine), []);
    } finally {
      await setting('codeLens', undefined);
    }
  });

  it('runs each entry point of an MLproject', async () => {
    const uri = await write(
      'project/MLproject',
      `name: of the project
entry_points:
  main:
    parameters: { word: { type: string, default: main } }
    command: echo {word}
  other:
    command: echo other
  open:
    parameters: { needed: float }
    command: echo {needed}
`,
    );
    const document = await vscode.window.showTextDocument(uri);
    assert.equal(document.document.languageId, 'yaml');
    const lenses = await until('the buttons', async () => {
      const found = await lensesOf(uri);
      return found.length > 0 && found;
    });
    assert.deepEqual(
      lenses.filter(({ command }) => command?.title === 'Run').map(({ range }) => range.start.line),
      [2, 5, 7],
    );
    const log = async (id: string | undefined) => {
      assert.ok(id);
      await ended(id);
      return logOf(id);
    };
    assert.equal(await log(await run(uri)), 'main\n');
    assert.equal(await log(await run(uri, { entryPoint: 'other' })), 'other\n');
    // A value that whoever submits it must give is no mistake in the file.
    const ours = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Trainyard');
    assert.deepEqual(ours, []);
  });

  it('underlines data and targets that are not there', async () => {
    const data = workspace().data;
    await data.create({ name: 'there', type: 'uri_folder', path: folder().fsPath });
    const uri = await write(
      'names.yml',
      `command: echo x
compute: nowhere
inputs:
  a: { type: uri_folder, path: "azureml:there:1" }
  b: { type: uri_folder, path: "azureml:gone:1" }
`,
    );
    await vscode.window.showTextDocument(uri);
    const missing = () => vscode.languages.getDiagnostics(uri).filter(({ code }) => code === 'missing-name');
    await until('the problems', () => missing().length > 0);
    assert.deepEqual(
      missing().map(({ range, message }) => [range.start.line, message]),
      [
        [1, 'The active workspace has no target “nowhere”.'],
        [4, 'The active workspace has no data asset “azureml:gone:1”.'],
      ],
    );
  });
});
