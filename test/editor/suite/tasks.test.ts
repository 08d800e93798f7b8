import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ended, logOf, workspace, write } from './support.js';
import { until } from '../../support/until.js';

describe('a task of tasks.json', () => {
  const tasks = [
    { label: 'as a list', type: 'trainyard', script: 'task.sh', args: ['7'] },
    { label: 'as a line', type: 'trainyard', script: 'task.sh', args: '0' },
    { label: 'a module', type: 'trainyard', module: 'taskpkg.train', args: '5', envFile: true },
    { label: 'code', type: 'trainyard', code: 'import sys; sys.exit(4)', launcher: 'python -O' },
    { label: 'two things', type: 'trainyard', code: '1', script: 'task.sh' },
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

  it('runs a module of the folder with the variables of .env, and code through a launcher', async () => {
    await write('src/taskpkg/__init__.py', '');
    await write('.env', 'ADD=1\n');
    const text =
      'import os, sys\nfrom . import __name__\nsys.exit(int(sys.argv[1]) + int(os.environ["ADD"]))\n';
    await write('src/taskpkg/train.py', text);
    assert.equal(await exitCode('a module'), 6);
    const [run] = (await workspace().runs({ limit: 1 })).runs;
    assert.deepEqual(run?.job?.command.slice(1), ['-m', 'taskpkg.train', '5']);
    assert.equal(run?.code?.script, 'src/taskpkg/train.py');
    assert.deepEqual(run?.job?.environmentVariables, { PYTHONPATH: 'src' });
    const rerun = vscode.commands.executeCommand<string>('trainyard.run.rerun', run?.id);
    const again = await ended(await rerun);
    assert.deepEqual(again.job?.command, run?.job?.command);
    // The package is found again; the secret of the file is not the run's to repeat.
    assert.match(await logOf(again.id), /KeyError: 'ADD'/);
    assert.equal(await exitCode('code'), 4);
    assert.equal(await exitCode('two things'), 1);
  });

  it('fails when the script is missing', async () => {
    assert.equal(await exitCode('without a script'), 1);
  });
});
