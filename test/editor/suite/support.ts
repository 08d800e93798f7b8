import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import { LocalWorkspace } from '../../../src/workspace/local/workspace.js';
import { ACTIVE_STATES, type Run } from '../../../src/workspace/types.js';
import { until } from '../../support/until.js';

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('trainyard.trainyard');
  assert.ok(found, 'The extension is not installed.');
  return found;
}

let client: LocalWorkspace | undefined;

/** A client of its own to the server that the extension uses: TRAINYARD_HOME names both the same one. */
export function workspace(): LocalWorkspace {
  assert.ok(process.env['TRAINYARD_HOME'], 'TRAINYARD_HOME must name a scratch folder.');
  return (client ??= new LocalWorkspace({
    serverEntry: path.join(extension().extensionPath, 'dist/server.js'),
  }));
}

export function folder(): vscode.Uri {
  const first = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(first, 'The suites need a folder.');
  return first;
}

/** Writes a file into the folder that is open. */
export async function write(name: string, text: string): Promise<vscode.Uri> {
  const uri = vscode.Uri.joinPath(folder(), name);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  return uri;
}

/** Submits with the command that menus use; answers the run as it is then. */
export async function submit(script: vscode.Uri): Promise<Run> {
  const id = await vscode.commands.executeCommand<string>('trainyard.submit', script);
  assert.ok(id, 'The script was not submitted.');
  return workspace().run(id);
}

export async function ended(id: string): Promise<Run> {
  return until(`run ${id} to end`, async () => {
    const run = await workspace().run(id);
    return ACTIVE_STATES.includes(run.state) ? undefined : run;
  });
}

export async function setting(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('trainyard').update(key, value, vscode.ConfigurationTarget.Global);
}

export async function logOf(id: string): Promise<string> {
  let log = '';
  for await (const chunk of workspace().jobs.log(id, {})) log += Buffer.from(chunk).toString();
  return log;
}
