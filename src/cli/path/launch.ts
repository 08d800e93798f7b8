/**
 * The script that the `trainyard` command in the PATH runs: `launch.mjs EXTENSION NODE ARGS…`. It is copied outside the
 * extension to survive updates, and runs on any Node, so that it can search for a better one.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { problemOfNode } from '../../base/node-floor.js';
import { EDITOR_NODE } from './launcher.js';
import { newestInstalled } from './newest.js';

const [program = '', script = '', extension = '', editorNode = '', ...args] = process.argv;
const found = newestInstalled(extension);
const problem = found && problemOfNode(process.versions.node, found.nodeFloor);
if (!found) {
  process.stderr.write(
    'trainyard: The Trainyard extension is not installed any more.\n' +
      'Install it again, or delete this command.\n',
  );
  process.exitCode = 1;
} else if (problem === undefined) {
  process.env[EDITOR_NODE] = editorNode;
  process.argv = [program, found.cli, ...args];
  await import(pathToFileURL(found.cli).href);
} else if (process.execPath !== editorNode && fs.existsSync(editorNode)) {
  runWith(editorNode);
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

/** The same with the editor's own Node. */
function runWith(node: string): void {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const child = spawn(node, ['--', script, extension, node, ...args], { env, stdio: 'inherit' });
  // A terminal sends signals to both processes; the child decides what to do.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? os.constants.signals[signal] : 1);
  });
  child.on('error', (error) => {
    process.stderr.write(`trainyard: ${node} cannot be started: ${error.message}\n`);
    process.exitCode = 1;
  });
}
