import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension } from './support.js';

interface Manifest {
  contributes: { commands: { command: string }[]; views: Record<string, { id: string }[]> };
}

describe('the extension', () => {
  before(() => extension().activate());

  it('registers exactly the commands that it contributes', async () => {
    const { contributes } = extension().packageJSON as Manifest;
    // The editor itself makes commands for each view and container.
    const views = Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id));
    const isOfView = (command: string) =>
      ['trainyard', ...views].includes(command.slice(0, command.lastIndexOf('.')));
    const contributed = contributes.commands.map(({ command }) => command);
    const all = await vscode.commands.getCommands(true);
    const registered = all.filter((command) => command.startsWith('trainyard.'));
    assert.deepEqual(
      contributed.filter((command) => !registered.includes(command)),
      [],
    );
    assert.deepEqual(
      registered.filter((command) => !contributed.includes(command) && !isOfView(command)),
      [],
    );
  });
});
