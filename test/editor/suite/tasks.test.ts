import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { write } from './support.js';
import { until } from '../../support/until.js';

describe('a task of tasks.json', () => {
  const tasks = [
    { label: 'as a list', type: 'trainyard', script: 'task.sh', args: ['7'] },
    { label: 'as a line', type: 'trainyard', script: 'task.sh', args: '0' },
    { label: 'without a script', type: 'trainyard', script: 'missing.sh' },
  ];

  before(async () => {
    await write('task.sh', 'exit $1\n');
    await write('.vscode/tasks.json', JSON.stringify({ version: '2.0.0', tasks }));
    await until('the tasks', async () => (await vscode.tasks.fetchTasks()).length >= tasks.length);
  });

  async function exitCode(label: string): Promise<number | undefined> {
    const code = new Promise<number | undefined>((resolve) => {
      const listening = vscode.tasks.onDidEndTaskProcess((event) => {
        if (event.execution.task.name !== label) return;
        listening.dispose();
        resolve(event.exitCode);
      });
    });
    await vscode.commands.executeCommand('workbench.action.tasks.runTask', label);
    return code;
  }

  it('ends with the exit code of the script, and hands it its arguments', async () => {
    assert.equal(await exitCode('as a list'), 7);
    assert.equal(await exitCode('as a line'), 0);
  });

  it('fails when the script is missing', async () => {
    assert.equal(await exitCode('without a script'), 1);
  });
});
