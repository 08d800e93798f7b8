import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { folder, write } from './support.js';
import { until } from '../../support/until.js';

const SCHEMA = '$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\n';

/** The problems of a file, once there are any, or after a while. */
const problemsOf = (uri: vscode.Uri) =>
  until('problems', () => {
    const found = ours(uri);
    return found.length > 0 && found;
  });
const ours = (uri: vscode.Uri) =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Trainyard');
/** Where `|` is in a text, and the text without it. */
function cursor(text: string): { text: string; line: number; character: number } {
  const before = text.slice(0, text.indexOf('|')).split('\n');
  return { text: text.replace('|', ''), line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}
async function open(name: string, text: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(await write(name, text));
  await vscode.window.showTextDocument(document);
  return document;
}
async function offered(name: string, marked: string): Promise<string[]> {
  const { text, line, character } = cursor(marked);
  const { uri } = await open(name, text);
  const at = new vscode.Position(line, character);
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    uri,
    at,
  );
  return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
}

describe('job files in the editor', () => {
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('tells what is wrong at the exact place, and forgets it when it is right', async () => {
    const document = await open(
      'wrong.yml',
      `${SCHEMA}command: python a.py\ncomptue: local\nenvironment: azureml:x:1\n`,
    );
    const problem = (await problemsOf(document.uri)).find(({ code }) => code === 'unknown-field');
    assert.deepEqual(problem?.range, new vscode.Range(2, 0, 2, 7));
    assert.equal(problem?.severity, vscode.DiagnosticSeverity.Error);
    assert.match(problem?.message ?? '', /Did you mean “compute”\?/);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem?.range,
    );
    const fix = actions.find(({ title }) => title === 'Change to “compute”');
    assert.ok(fix?.edit, JSON.stringify(actions));
    await vscode.workspace.applyEdit(fix.edit);
    assert.match(document.getText(), /^compute: local$/m);
    await until('the problem to go', () => !ours(document.uri).some(({ code }) => code === 'unknown-field'));
  });

  it('underlines a file that is not there, and links one that is', async () => {
    await write('there.yml', 'name: env\n');
    const document = await open(
      'files.yml',
      `${SCHEMA}command: python a.py\ncode: ./no-such-folder\nenvironment: ./there.yml\n`,
    );
    const problem = (await problemsOf(document.uri)).find(({ code }) => code === 'missing-file');
    assert.equal(problem?.range.start.line, 2);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      document.uri,
    );
    const file = vscode.Uri.joinPath(folder(), 'there.yml');
    assert.ok(
      links.some(({ target }) => target?.path === file.path),
      JSON.stringify(links),
    );
  });

  it('says what a field is', async () => {
    const { uri } = await open('hover.yml', `${SCHEMA}command: python a.py\nenvironment: azureml:x:1\n`);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      uri,
      new vscode.Position(1, 2),
    );
    const text = hovers
      .flatMap(({ contents }) => contents.map((one) => (one as vscode.MarkdownString).value))
      .join();
    assert.match(text, /\*\*command\*\*\n\n\w+/);
  });

  it('completes keys, values and paths', async () => {
    const keys = await offered('keys.yml', `${SCHEMA}command: x\nexper|`);
    assert.ok(keys.includes('experiment_name'), keys.join());
    assert.ok(!keys.includes('command'), 'what is there is not offered again');
    const types = await offered('types.yml', `${SCHEMA}command: x\ninputs:\n  data:\n    type: |`);
    assert.ok(types.includes('uri_folder'), types.join());
    await write('scripts/train.py', '');
    const folders = await offered('code.yml', `${SCHEMA}command: x\ncode: ./|`);
    assert.ok(folders.includes('./scripts'), folders.join());
  });

  it('leaves other YAML alone', async () => {
    const others = [
      await open('compose.yml', 'services:\n  web:\n    command: x\n    enviroment: y\n'),
      await open(
        'pipeline.yml',
        '$schema: https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json\njobs: 1\n',
      ),
      await open('ci.yaml', 'on: push\njobs: { a: { runs-on: x } }\n'),
    ];
    const mine = await open('mine.yml', `${SCHEMA}comand: x\n`);
    await problemsOf(mine.uri);
    for (const { uri } of others) assert.deepEqual(ours(uri), []);
    const words = await offered('compose.yml', 'services:\n  exper|');
    assert.ok(!words.includes('experiment_name'), words.join());
  });

  it('takes files that the setting names', async () => {
    const document = await open('jobs/small.yml', 'comand: x\n');
    const configuration = vscode.workspace.getConfiguration('trainyard');
    await configuration.update('jobFiles', ['jobs/*.yml'], vscode.ConfigurationTarget.Workspace);
    try {
      await problemsOf(document.uri);
    } finally {
      await configuration.update('jobFiles', undefined, vscode.ConfigurationTarget.Workspace);
    }
    await until('no problems', () => ours(document.uri).length === 0);
  });
});
