import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { RunLinks, runLink } from '../../../src/extension/links/run-links.js';
import { RunTerminalLinks } from '../../../src/extension/links/terminal-links.js';
import { homeOf, readDiscovery } from '../../../src/workspace/local/launch.js';
import { until } from '../../support/until.js';
import { ended, setting, submit, workspace, write } from './support.js';

const labels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
const workspaces = () => ({ all: [workspace()], of: () => workspace() });

describe('ways to a run', () => {
  let id: string;
  let name: string;
  let log: vscode.LogOutputChannel;

  before(async () => {
    await setting('submit.show', 'nothing');
    log = vscode.window.createOutputChannel('ways in', { log: true });
    ({ id, name } = await ended((await submit(await write('way.sh', 'echo way\n'))).id));
  });
  after(() => log.dispose());
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('by command: one panel, named after the run it shows', async () => {
    const other = await ended((await submit(await write('other.sh', 'echo other\n'))).id);
    await vscode.commands.executeCommand('trainyard.run.show', id);
    await until('the panel', () => labels().includes(name));
    await vscode.commands.executeCommand('trainyard.run.show', other.id);
    await until('the other run', () => labels().includes(other.name));
    assert.ok(!labels().includes(name));
  });

  it('by a link that was copied', async () => {
    await vscode.commands.executeCommand('trainyard.run.copyLink', id);
    const link = await vscode.env.clipboard.readText();
    assert.equal(link, runLink({ workspace: 'local', run: id }));
    await new RunLinks(workspaces(), log).handleUri(vscode.Uri.parse(link));
    await until('the panel', () => labels().includes(name));
  });

  it('by scripts and notebooks of one’s own, which are told of the server by what is copied', async () => {
    const server = readDiscovery(homeOf({}));
    await vscode.commands.executeCommand('trainyard.copyEnvironment', 'python');
    const lines = await vscode.env.clipboard.readText();
    assert.match(lines, new RegExp(`"MLFLOW_TRACKING_URI": "http://127.0.0.1:${server?.port}"`));
    assert.match(lines, new RegExp(`"MLFLOW_TRACKING_TOKEN": "${server?.token}"`));
    await vscode.commands.executeCommand('trainyard.copyEnvironment', 'sh');
    assert.match(await vscode.env.clipboard.readText(), /^export MLFLOW_TRACKING_URI='http/);
  });

  it('by links to charts, and none by links that lead nowhere', async () => {
    const links = new RunLinks(workspaces(), log);
    const follow = (rest: string) =>
      links.handleUri(vscode.Uri.parse(`${vscode.env.uriScheme}://trainyard.trainyard/${rest}`));
    await follow(`charts?runs=${id},gone`);
    await until('the charts', () => labels().includes('Charts'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const rest of ['run/gone', 'delete?runs=' + id, `compare?runs=${id}`]) await follow(rest);
    assert.deepEqual(labels(), []);
  });

  it('by what is printed in a terminal, of our own server and our own runs only', async () => {
    const tables: string[] = [];
    const links = new RunTerminalLinks(workspaces(), (experimentId) => tables.push(experimentId));
    const port = readDiscovery(homeOf({}))?.port ?? 0;
    const provide = (line: string) => links.provideTerminalLinks({ line });
    const page = `http://127.0.0.1:${port}/#/experiments/1`;
    const [link] = await provide(`🏃 View run ${name} at: ${page}/runs/${id}`);
    assert.equal(link?.length, `${page}/runs/${id}`.length);
    await links.handleTerminalLink(link!);
    await until('the panel', () => labels().includes(name));
    const [experiment] = await provide(`🧪 View experiment at: ${page}`);
    await links.handleTerminalLink(experiment!);
    assert.deepEqual(tables, ['1']);
    assert.equal((await provide(`Submitted ${name} (${id}) to local`)).length, 1);
    // As a job in a container knows the server.
    const [inside] = await provide(
      `🏃 View run ${name} at: http://172.18.0.1:4321/#/experiments/1/runs/${id}`,
    );
    assert.equal(inside?.runId, link?.runId);
    assert.deepEqual(await provide('🧪 View experiment at: http://172.18.0.1:4321/#/experiments/1'), []);
    assert.deepEqual(await provide(`nothing (${'0'.repeat(32)}) here`), []);
    assert.deepEqual(await provide(`http://127.0.0.1:${port + 1}/#/experiments/1`), []);
  });
});

describe('the lens above a script', () => {
  const lenses = async (script: vscode.Uri) => {
    await vscode.workspace.openTextDocument(script);
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      script,
    );
    return found.filter(({ command }) => command?.command.startsWith('trainyard.'));
  };

  before(async () => {
    await setting('submit.show', 'nothing');
    await setting('python', '/bin/sh');
  });
  after(async () => {
    await setting('python', undefined);
    await setting('codeLens', undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('offers to submit, then shows how the newest run of that script went', async () => {
    const text = "pass=1\nif __name__ == '__main__': echo; fi\n";
    const script = await write('lens.py', text);
    await vscode.window.showTextDocument(script);
    const [first, ...others] = await lenses(script);
    assert.equal(first?.command?.command, 'trainyard.submit');
    assert.equal(first?.range.start.line, 1);
    assert.deepEqual(others, []);
    const run = await ended((await submit(script)).id);
    const shown = await until('the lens of the run', async () =>
      (await lenses(script)).find(
        ({ command }) => command?.title.includes(run.name) && !/Running|Queued|Preparing/.test(command.title),
      ),
    );
    assert.match(shown.command?.title ?? '', /^Last run: .*, Failed \(now\)$/);
    assert.deepEqual(shown.command?.arguments, [run.id]);
  });

  it('is not above what is imported, and not when it is turned off', async () => {
    assert.deepEqual(await lenses(await write('module.py', 'def f():\n    return 1\n')), []);
    await setting('codeLens', false);
    const script = await write('quiet.py', "if __name__ == '__main__':\n    pass\n");
    assert.deepEqual(await lenses(script), []);
  });
});
