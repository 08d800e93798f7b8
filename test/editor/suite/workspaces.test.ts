import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import {
  activateWorkspace,
  addWorkspace,
  removeWorkspace,
  renameWorkspace,
} from '../../../src/workspace/configuration/changes.js';
import { homeOf, findServer, shutdown } from '../../../src/workspace/local/launch.js';
import { LocalWorkspace } from '../../../src/workspace/local/workspace.js';
import type { Surroundings } from '../../../src/workspace/registry.js';
import { runTooltip } from '../../../src/extension/views/run-tooltip.js';
import { parseRunKey } from '../../../src/workspace/run-ref.js';
import { ACTIVE_STATES } from '../../../src/workspace/types.js';
import { holds, until } from '../../support/until.js';
import { extension, folder, setting, submit, workspace, write } from './support.js';

const home = homeOf({});
const labels = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));

describe('several workspaces', () => {
  let surroundings: Surroundings;
  let team: string;

  before(async () => {
    await setting('submit.show', 'nothing');
    surroundings = {
      home,
      serverEntry: path.join(extension().extensionPath, 'dist/server.js'),
      credentials: { get: () => Promise.resolve(undefined) },
    };
    team = (await addWorkspace({ name: 'Team', kind: 'local' }, surroundings)).id;
    await vscode.commands.executeCommand('trainyard.refresh');
  });
  after(async () => {
    await activateWorkspace(home, 'local');
    await vscode.commands.executeCommand('trainyard.workspace.switch', 'local');
    for (const name of ['Team', 'Crew'])
      await removeWorkspace(name, surroundings).catch((error: unknown) => {
        if ((error as { code?: string }).code !== 'NOT_FOUND') throw error;
      });
    await vscode.commands.executeCommand('trainyard.refresh');
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const client = () =>
    new LocalWorkspace(
      { ...surroundings, home: path.join(home, 'workspaces', team) },
      { id: team, label: 'Team' },
    );
  const ended = (id: string) =>
    until(`run ${id} to end`, async () => {
      const run = await client().run(id);
      return ACTIVE_STATES.includes(run.state) ? undefined : run;
    });
  const submitTo = async (id: string, name: string, text: string) => {
    await vscode.commands.executeCommand('trainyard.workspace.switch', id);
    return vscode.commands.executeCommand<string>('trainyard.submit', await write(name, text));
  };

  it('get the jobs of the window that chose them, and no others', async () => {
    const key = await submitTo(team, 'team.sh', 'echo of the team > result.txt\necho done\n');
    const ref = parseRunKey(key);
    assert.equal(ref.workspace, team);
    const run = await ended(ref.run);
    assert.equal(run.state, 'finished');
    await assert.rejects(workspace().run(ref.run), { code: 'NOT_FOUND' });
    await vscode.commands.executeCommand('trainyard.workspace.switch', 'local');
    const own = await submit(await write('own.sh', 'echo own\n'));
    await assert.rejects(client().run(own.id), { code: 'NOT_FOUND' });
  });

  it('are where commands look for a run, whichever is active', async () => {
    const key = await submitTo(team, 'named.sh', 'echo text > result.txt\n');
    const { run: id } = parseRunKey(key);
    await ended(id);
    await vscode.commands.executeCommand('trainyard.workspace.switch', 'local');
    await vscode.commands.executeCommand('trainyard.run.copyLink', key);
    const link = await vscode.env.clipboard.readText();
    assert.equal(link, `${vscode.env.uriScheme}://trainyard.trainyard/run/${id}?workspace=${team}`);
    assert.deepEqual(
      (await client().files(id, '')).map(({ path: name }) => name),
      ['outputs'],
    );
    const file = vscode.Uri.from({
      scheme: 'trainyard-run',
      path: `/@${team}/${id}/files/outputs/result.txt`,
    });
    assert.equal((await vscode.workspace.openTextDocument(file)).getText(), 'text\n');
    const code = vscode.Uri.from({ scheme: 'trainyard-run', path: `/@${team}/${id}/code/named.sh` });
    assert.equal((await vscode.workspace.openTextDocument(code)).getText(), 'echo text > result.txt\n');
    await vscode.commands.executeCommand('trainyard.run.delete', key);
    await holds(async () => assert.equal((await client().run(id)).lifecycle, 'deleted'));
    await vscode.commands.executeCommand('trainyard.run.undelete', key);
    await holds(async () => assert.equal((await client().run(id)).lifecycle, 'active'));
  });

  it('have a link to the failing line of a run that leads to that run', async () => {
    const key = await submitTo(team, 'failing.sh', 'echo training\nno-such-program\n');
    const run = await ended(parseRunKey(key).run);
    await vscode.commands.executeCommand('trainyard.workspace.switch', 'local');
    const [, link = ''] =
      /\(command:trainyard\.run\.openFailure\?([^)]*)\)/.exec(runTooltip(run).value) ?? [];
    const args = JSON.parse(decodeURIComponent(link)) as unknown[];
    assert.deepEqual(args, [key]);
    await vscode.commands.executeCommand('trainyard.run.openFailure', ...args);
    const editor = vscode.window.activeTextEditor;
    assert.equal(path.basename(editor?.document.uri.fsPath ?? ''), 'failing.sh');
    assert.equal(editor?.selection.active.line, 1);
  });

  it('cancel their own jobs', async () => {
    const key = await submitTo(team, 'long.sh', 'sleep 600\n');
    const { run: id } = parseRunKey(key);
    await vscode.commands.executeCommand('trainyard.workspace.switch', 'local');
    await until('the job to run', async () => (await client().run(id)).state === 'running');
    await vscode.commands.executeCommand('trainyard.run.cancel', key);
    assert.equal((await ended(id)).state, 'cancelled');
  });

  it('follow the list that others change: a new name, and one that is gone', async () => {
    await renameWorkspace(home, 'Team', 'Crew');
    await vscode.commands.executeCommand('trainyard.refresh');
    const key = await submitTo(team, 'crew.sh', 'echo crew\n');
    const run = await ended(parseRunKey(key).run);
    await removeWorkspace('Crew', surroundings);
    await vscode.commands.executeCommand('trainyard.refresh');
    await vscode.commands.executeCommand('trainyard.run.show', key);
    assert.ok(!labels().includes(run.name), 'a run of a workspace that was removed is not shown');
    // Submits go to the workspace of this computer again.
    const own = await submit(await write('after.sh', 'echo after\n'));
    assert.equal((await workspace().run(own.id)).workspace, 'local');
    assert.ok(folder());
    const server = await findServer(path.join(home, 'workspaces', team));
    if (server) await shutdown(server);
    assert.equal(server, undefined);
  });
});
