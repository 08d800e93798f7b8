import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { serverEntry } from './context.js';
import { print, printJson } from './output.js';
import { installCommand, type System, uninstallCommand } from './path/install.js';
import { EDITOR_NODE } from './path/launcher.js';

interface Flags {
  folder?: string;
  json?: boolean;
}

export function addInstallPath(program: Command): void {
  const command = (name: string, what: string) =>
    program
      .command(name)
      .description(what)
      .option('--folder <folder>', 'default: ~/.local/bin, or a folder for programs of your own in the PATH')
      .option('--json', 'print JSON');
  command('install-path', 'put the trainyard command into the PATH').action(install);
  command('uninstall-path', 'remove the trainyard command from the PATH').action(uninstall);
}

function install({ folder, json }: Flags): void {
  const dist = path.dirname(serverEntry);
  const found = installCommand(
    {
      launchFile: path.join(dist, 'launch.js'),
      extension: path.dirname(dist),
      // Inside the editor this is the editor itself; a Node in the PATH may disappear.
      editorNode: process.env[EDITOR_NODE] || process.execPath,
    },
    system(),
    folder && path.resolve(folder),
  );
  if (json) return printJson(found);
  print(`Installed ${found.command}.`);
  if (found.shadowedBy !== undefined) print(`But your shell finds ${found.shadowedBy} first.`);
  if (found.addToPath !== undefined)
    print(`Its folder is not in your PATH. Add it, and open a new terminal:\n  ${found.addToPath}`);
}

function uninstall({ folder, json }: Flags): void {
  const removed = uninstallCommand(system(), folder && path.resolve(folder));
  if (json) printJson({ removed });
  else
    print(
      removed.length === 0 ? 'The trainyard command is not installed.' : `Removed ${removed.join(', ')}.`,
    );
}

function system(): System {
  return { platform: process.platform, env: process.env, userHome: os.homedir() };
}
