import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ended, logOf, setting, workspace, write } from './support.js';
import { until } from '../../support/until.js';

const python = process.env['TRAINYARD_TEST_DEBUGPY'];

describe('debugging a job', function () {
  this.timeout(120_000);
  before(async function () {
    if (!python) return this.skip();
    await setting('python', python);
    await setting('submit.show', 'nothing');
  });
  after(async () => {
    await setting('python', undefined);
    await setting('submit.show', undefined);
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  });

  it('submits a script, attaches the editor, and stops at a breakpoint of the folder', async () => {
    const script = await write('debugged.py', 'side = 6\narea = side * side\nprint(area)\n');
    const at = new vscode.SourceBreakpoint(new vscode.Location(script, new vscode.Position(1, 0)));
    vscode.debug.addBreakpoints([at]);
    const id = await vscode.commands.executeCommand<string>('trainyard.submitAndDebug', script);
    const session = await until('a session', () => vscode.debug.activeDebugSession);
    const frame = await until('a stop', () => {
      const item = vscode.debug.activeStackItem;
      return item instanceof vscode.DebugStackFrame && item;
    });
    const { stackFrames } = (await session.customRequest('stackTrace', { threadId: frame.threadId })) as {
      stackFrames: { line: number; source: { path: string } }[];
    };
    const [top] = stackFrames;
    // A remote window gives paths as addresses.
    assert.ok(top, 'It stopped nowhere.');
    assert.ok(top.source.path.endsWith(script.path), top.source.path);
    assert.equal(top.line, 2);
    assert.equal((await workspace().run(id)).state, 'running');
    await session.customRequest('continue', { threadId: frame.threadId });
    const run = await ended(id);
    assert.equal(run.state, 'finished', await logOf(id));
    assert.equal(await logOf(id), '36\n');
    await until('the end of the session', () => vscode.debug.activeDebugSession === undefined);
  });

  it('attaches again to a job that goes on after the first debugger left', async () => {
    const script = await write(
      'long.py',
      'import os, time\nwhile not os.path.exists("go"):\n    time.sleep(0.1)\nprint("went")\n',
    );
    const id = await vscode.commands.executeCommand<string>('trainyard.submitAndDebug', script);
    const first = await until('a session', () => vscode.debug.activeDebugSession);
    await vscode.debug.stopDebugging(first);
    await until('its end', () => vscode.debug.activeDebugSession === undefined);
    assert.equal((await workspace().run(id)).state, 'running');
    await vscode.commands.executeCommand('trainyard.run.attachDebugger', id);
    const second = await until('another session', () => vscode.debug.activeDebugSession);
    assert.notEqual(second.id, first.id);
    await vscode.debug.stopDebugging(second);
    await workspace().jobs.cancel(id);
    assert.equal((await ended(id)).state, 'cancelled');
  });

  it('attaches to a job that was submitted without a debugger', async () => {
    const script = await write(
      'running.py',
      'import time\nstep = 0\nwhile step >= 0:\n    step += 1\n    time.sleep(0.05)\n',
    );
    const id = await vscode.commands.executeCommand<string>('trainyard.submit', script);
    await until('it to run', async () => (await workspace().run(id)).state === 'running');
    vscode.debug.addBreakpoints([
      new vscode.SourceBreakpoint(new vscode.Location(script, new vscode.Position(3, 0))),
    ]);
    await until('its Python', async () => (await workspace().jobs.pythons!(id)).length > 0);
    await vscode.commands.executeCommand('trainyard.run.attachDebugger', id);
    const session = await until('a session', () => vscode.debug.activeDebugSession);
    const frame = await until('a stop', () => {
      const item = vscode.debug.activeStackItem;
      return item instanceof vscode.DebugStackFrame && item;
    });
    assert.equal(frame.session.id, session.id);
    await vscode.debug.stopDebugging(session);
    await workspace().jobs.cancel(id);
    assert.equal((await ended(id)).state, 'cancelled');
  });
});
